package io.edgellm.publish;

import io.edgellm.internal.json.JsonFault;
import io.edgellm.internal.json.JsonFields;
import io.edgellm.internal.json.StrictJson;
import io.edgellm.internal.tuf.RoleName;
import io.edgellm.model.ModelId;
import io.edgellm.model.Sha256;
import io.edgellm.release.ReleaseException;
import io.edgellm.transfer.SourceTufRepository;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The update metadata of a repository that belongs together, as it stands in its files. It is read
 * to find out what must be copied, and verified by nobody here.
 *
 * @param roots how many roots there are
 * @param timestamp the timestamp; nothing if there is no update metadata yet
 * @param timestampVersion its version, or 0
 * @param versions those of snapshot, targets and lines that are current, by role
 * @param targets the digests of all targets, by their paths without the hash in the name
 */
record MetadataState(
    long roots,
    Optional<byte[]> timestamp,
    long timestampVersion,
    Map<String, Long> versions,
    Map<String, Sha256> targets) {
  /** More than any of our files of metadata has; a limit against endless answers. */
  static final int MAX_BYTES = 16 << 20;

  static final String TIMESTAMP = path(RoleName.fileName(RoleName.TIMESTAMP));

  /** What the paths of targets begin with. */
  static final String LINES = "models/";

  private static final String JSON = ".json";

  /** Where files come from. */
  @FunctionalInterface
  interface Files {
    Optional<byte[]> read(String path);
  }

  static String path(String fileName) {
    return SourceTufRepository.METADATA + fileName;
  }

  static String path(String role, long version) {
    return path(RoleName.fileName(role, version));
  }

  /**
   * Reads the newest root, and from the timestamp on what belongs together.
   *
   * @param where for people
   * @throws ReleaseException with {@code MISSING} or {@code UNTRUSTED} if it contradicts itself
   */
  static MetadataState read(Files files, String where) {
    long roots = 0;
    while (files.read(path(RoleName.ROOT, roots + 1)).isPresent()) {
      roots++;
    }
    Optional<byte[]> timestamp = files.read(TIMESTAMP);
    if (timestamp.isEmpty()) {
      return new MetadataState(roots, timestamp, 0, Map.of(), Map.of());
    }
    try {
      Map<String, Long> versions = new LinkedHashMap<>();
      Map<String, Sha256> targets = new TreeMap<>();
      JsonFields current = signed(timestamp.get());
      versions.putAll(listed(current));
      long snapshot = versions.getOrDefault(RoleName.SNAPSHOT, 0L);
      versions.putAll(listed(require(files, RoleName.SNAPSHOT, snapshot, where)));
      for (Map.Entry<String, Long> role : Map.copyOf(versions).entrySet()) {
        if (!role.getKey().equals(RoleName.SNAPSHOT)) {
          targets(require(files, role.getKey(), role.getValue(), where), targets);
        }
      }
      return new MetadataState(roots, timestamp, current.integer("version"), versions, targets);
    } catch (JsonFault e) {
      throw new ReleaseException(
          ReleaseException.Reason.UNTRUSTED,
          "The update metadata of '"
              + where
              + "' cannot be read ("
              + e.getMessage()
              + "): restore it from a copy of the repository.",
          where,
          e);
    }
  }

  static JsonFields signed(byte[] json) throws JsonFault {
    return JsonFields.of(StrictJson.parse(json)).object("signed");
  }

  private static Map<String, Long> listed(JsonFields signed) throws JsonFault {
    Map<String, Long> versions = new TreeMap<>();
    for (Map.Entry<String, JsonFields> file : signed.objectMap("meta").entrySet()) {
      String name = file.getKey();
      versions.put(
          name.endsWith(JSON) ? name.substring(0, name.length() - JSON.length()) : name,
          file.getValue().integer("version"));
    }
    return versions;
  }

  private static JsonFields require(Files files, String role, long version, String where)
      throws JsonFault {
    String path = path(role, version);
    return signed(
        files
            .read(path)
            .orElseThrow(
                () ->
                    new ReleaseException(
                        ReleaseException.Reason.MISSING,
                        "'"
                            + where
                            + "' has no '"
                            + path
                            + "', which its metadata names as current: restore the file.",
                        path)));
  }

  private static void targets(JsonFields signed, Map<String, Sha256> into) throws JsonFault {
    if (!signed.has("targets")) {
      return;
    }
    for (Map.Entry<String, JsonFields> target : signed.objectMap("targets").entrySet()) {
      into.put(target.getKey(), new Sha256(target.getValue().object("hashes").text("sha256")));
    }
  }

  boolean isEmpty() {
    return timestamp.isEmpty();
  }

  /** Returns the model lines that have targets. */
  Set<ModelId> lines() {
    return targets.keySet().stream()
        .filter(target -> target.startsWith(LINES) && target.indexOf('/', LINES.length()) > 0)
        .map(target -> target.substring(LINES.length(), target.indexOf('/', LINES.length())))
        .map(ModelId::new)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  long version(String role) {
    return versions.getOrDefault(role, 0L);
  }

  /** Returns where a target is kept: with its hash in the name. */
  static String targetPath(String target, Sha256 digest) {
    int name = target.lastIndexOf('/') + 1;
    return SourceTufRepository.TARGETS
        + target.substring(0, name)
        + digest.hex()
        + "."
        + target.substring(name);
  }
}
