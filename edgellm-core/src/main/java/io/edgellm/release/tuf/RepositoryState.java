package io.edgellm.release.tuf;

import io.edgellm.internal.json.JsonFault;
import io.edgellm.internal.json.JsonFields;
import io.edgellm.internal.tuf.RoleName;
import io.edgellm.release.ReleaseException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The metadata that a device would see, by role; empty before a repository is created. It is what
 * stands in the files, verified by nobody.
 */
record RepositoryState(Map<String, MetadataDocument> documents) {
  static final RepositoryState EMPTY = new RepositoryState(Map.of());

  private static final Map<String, Duration> USUAL_VALIDITY =
      Map.of(
          RoleName.ROOT, TufPlan.ROOT_VALIDITY,
          RoleName.TARGETS, TufPlan.TARGETS_VALIDITY,
          RoleName.SNAPSHOT, TufPlan.SNAPSHOT_VALIDITY,
          RoleName.TIMESTAMP, TufPlan.TIMESTAMP_VALIDITY);

  RepositoryState {
    documents = Map.copyOf(documents);
  }

  /** Reads the newest root, and from the timestamp on what belongs together. */
  static RepositoryState load(RepositoryFiles files) {
    try {
      Map<String, MetadataDocument> documents = new HashMap<>();
      for (long n = 1; ; n++) {
        Optional<byte[]> root = files.read(files.metadata(RoleName.fileName(RoleName.ROOT, n)));
        if (root.isEmpty()) {
          break;
        }
        documents.put(RoleName.ROOT, MetadataDocument.parse(RoleName.ROOT, root.get()));
      }
      Optional<byte[]> timestamp =
          files.read(files.metadata(RoleName.fileName(RoleName.TIMESTAMP)));
      // The first root is the last file of a creation.
      if (!documents.isEmpty() && timestamp.isPresent()) {
        loadBelow(files, MetadataDocument.parse(RoleName.TIMESTAMP, timestamp.get()), documents);
      }
      return new RepositoryState(documents);
    } catch (JsonFault e) {
      throw damaged(e);
    }
  }

  private static void loadBelow(
      RepositoryFiles files, MetadataDocument timestamp, Map<String, MetadataDocument> documents)
      throws JsonFault {
    documents.put(RoleName.TIMESTAMP, timestamp);
    JsonFields listed = timestamp.fields().object("meta").object("snapshot.json");
    MetadataDocument snapshot = load(files, RoleName.SNAPSHOT, listed.integer("version"));
    documents.put(RoleName.SNAPSHOT, snapshot);
    for (Map.Entry<String, JsonFields> e : snapshot.fields().objectMap("meta").entrySet()) {
      String role = e.getKey().replaceFirst("\\.json$", "");
      documents.put(role, load(files, role, e.getValue().integer("version")));
    }
  }

  private static MetadataDocument load(RepositoryFiles files, String role, long version)
      throws JsonFault {
    String name = RoleName.fileName(role, version);
    byte[] json =
        files
            .read(files.metadata(name))
            .orElseThrow(
                () ->
                    new ReleaseException(
                        ReleaseException.Reason.MISSING,
                        "The repository has no '"
                            + name
                            + "', which it names as current: restore the file.",
                        name));
    return MetadataDocument.parse(role, json);
  }

  private static ReleaseException damaged(JsonFault fault) {
    return new ReleaseException(
        ReleaseException.Reason.UNTRUSTED,
        "The repository's metadata is malformed ("
            + fault.path()
            + ": "
            + fault.getMessage()
            + "): restore it from where it is served.",
        fault.path(),
        fault);
  }

  boolean isEmpty() {
    return documents.isEmpty();
  }

  Optional<MetadataDocument> document(String role) {
    return Optional.ofNullable(documents.get(role));
  }

  /**
   * @throws ReleaseException with {@code MISSING}
   */
  TufRole requireRole(String name) {
    return role(name)
        .orElseThrow(
            () ->
                new ReleaseException(
                    ReleaseException.Reason.MISSING,
                    "Nobody signs for '"
                        + name
                        + "' in this repository: create it, or delegate the line first.",
                    name));
  }

  long version(String role) {
    return document(role).map(MetadataDocument::version).orElse(0L);
  }

  /** Returns this state with other versions of some roles. */
  RepositoryState with(Collection<MetadataDocument> changed) {
    Map<String, MetadataDocument> next = new HashMap<>(documents);
    changed.forEach(document -> next.put(document.role(), document));
    return new RepositoryState(next);
  }

  /** Returns who signs for a role, if anybody does. */
  Optional<TufRole> role(String name) {
    try {
      return USUAL_VALIDITY.containsKey(name) ? topLevel(name) : delegated(name);
    } catch (JsonFault e) {
      throw damaged(e);
    }
  }

  private Optional<TufRole> topLevel(String name) throws JsonFault {
    Optional<MetadataDocument> root = document(RoleName.ROOT);
    if (root.isEmpty()) {
      return Optional.empty();
    }
    JsonFields content = root.get().fields();
    return Optional.of(
        RoleEntries.read(
            content,
            content.object("roles").object(name),
            USUAL_VALIDITY.getOrDefault(name, TufPlan.ROOT_VALIDITY)));
  }

  private Optional<TufRole> delegated(String name) throws JsonFault {
    Optional<MetadataDocument> targets = document(RoleName.TARGETS);
    if (targets.isEmpty() || !targets.get().fields().has("delegations")) {
      return Optional.empty();
    }
    JsonFields delegations = targets.get().fields().object("delegations");
    if (!delegations.has("roles")) {
      return Optional.empty();
    }
    for (JsonFields entry : delegations.objects("roles")) {
      if (entry.text("name").equals(name)) {
        return Optional.of(RoleEntries.read(delegations, entry, TufRole.LINE_VALIDITY));
      }
    }
    return Optional.empty();
  }

  /**
   * Returns who must sign the next version of a role: those whom the state says after the change,
   * and for a root those before it, too.
   */
  static List<TufRole> signersOf(String role, RepositoryState before, RepositoryState after) {
    List<TufRole> quorums = new ArrayList<>();
    if (role.equals(RoleName.ROOT)) {
      before.role(role).ifPresent(quorums::add);
    }
    quorums.add(after.requireRole(role));
    return List.copyOf(quorums);
  }

  /** Returns all keys with which a signature is useful, by their ids. */
  static Map<String, TufKey> usefulKeys(
      String role, RepositoryState before, RepositoryState after) {
    Map<String, TufKey> keys = new TreeMap<>();
    before.role(role).ifPresent(r -> r.keys().forEach(k -> keys.put(k.id(), k)));
    signersOf(role, before, after).forEach(r -> r.keys().forEach(k -> keys.put(k.id(), k)));
    return keys;
  }
}
