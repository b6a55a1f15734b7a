package io.edgellm.release.tuf;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.edgellm.model.ModelId;
import io.edgellm.model.ModelVersion;
import io.edgellm.model.ReleaseManifest;
import io.edgellm.model.Sha256;
import io.edgellm.release.ReleaseException;
import io.edgellm.release.ReleaseIndex;
import io.edgellm.release.RollbackOrder;
import io.edgellm.trust.SignedRelease;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The releases that the role of one model line vouches for, while they are changed. */
final class LineTargets {
  private final RepositoryFiles files;
  private final ModelId line;
  private final ObjectNode targets;
  private final Map<String, byte[]> newFiles;

  /**
   * @param content of the role
   * @param newFiles takes the files of new targets, by path with the hash in the name
   */
  LineTargets(
      RepositoryFiles files, ModelId line, ObjectNode content, Map<String, byte[]> newFiles) {
    this.files = files;
    this.line = line;
    this.targets = content.withObject("targets");
    this.newFiles = newFiles;
  }

  /**
   * Refuses a release that is not in the directory as it is.
   *
   * @throws ReleaseException with {@code MISSING} or {@code EXISTS}
   */
  void requireWritten(SignedRelease release) {
    ModelVersion version = release.manifest().version();
    requireWritten(ReleaseManifest.FILE_NAME, release.manifestJson(), version);
    requireWritten(ReleaseManifest.SIGNATURE_FILE_NAME, release.signature(), version);
  }

  private void requireWritten(String name, byte[] bytes, ModelVersion version) {
    String path = ModelLine.path(line, version) + name;
    if (files.read(files.plain(path)).isEmpty()) {
      throw new ReleaseException(
          ReleaseException.Reason.MISSING,
          "'"
              + path
              + "' is not in this directory: let a ReleasePublisher write the release first.",
          version.toString());
    }
    requireSameIfWritten(path, bytes, version);
  }

  private void requireSameIfWritten(String path, byte[] bytes, ModelVersion version) {
    if (files.read(files.plain(path)).filter(b -> !Arrays.equals(b, bytes)).isPresent()) {
      throw new ReleaseException(
          ReleaseException.Reason.EXISTS,
          "'"
              + path
              + "' was published with other bytes: a version never changes, choose a new one.",
          version.toString());
    }
  }

  /**
   * Adds a release.
   *
   * @throws ReleaseException with {@code EXISTS} if its version is there with other bytes, {@code
   *     ROLLBACK_INDEX} if its index does not fit those of the listed versions, {@code MISSING} if
   *     the manifest of one of these is
   */
  void add(SignedRelease release) {
    ModelVersion version = release.manifest().version();
    String path = ModelLine.path(line, version);
    requireSameIfWritten(path + ReleaseManifest.FILE_NAME, release.manifestJson(), version);
    requireSameIfWritten(path + ReleaseManifest.SIGNATURE_FILE_NAME, release.signature(), version);
    if (!targets.has(path + ReleaseManifest.FILE_NAME)) {
      RollbackOrder.require(release.manifest(), listedManifests());
    }
    put(path + ReleaseManifest.FILE_NAME, release.manifestJson());
    put(path + ReleaseManifest.SIGNATURE_FILE_NAME, release.signature());
    release
        .attestations()
        .ifPresent(bytes -> put(path + ReleaseManifest.ATTESTATIONS_FILE_NAME, bytes));
  }

  /** Returns the manifests that the role vouches for, whatever else lies in the directory. */
  private List<ReleaseManifest> listedManifests() {
    return listed().stream().map(entry -> ReleaseManifest.fromJson(manifestJson(entry))).toList();
  }

  private byte[] manifestJson(ReleaseIndex.Entry entry) {
    String path = ModelLine.path(line, entry.version()) + ReleaseManifest.FILE_NAME;
    String place = ModelLine.repositoryPath(path, entry.manifest().hex());
    return Optional.ofNullable(newFiles.get(place))
        .or(() -> files.read(files.target(place)))
        .or(() -> files.read(files.plain(path)))
        .filter(json -> Sha256.of(json).equals(entry.manifest()))
        .orElseThrow(
            () ->
                new ReleaseException(
                    ReleaseException.Reason.MISSING,
                    "The repository has no 'targets/"
                        + place
                        + "' as its line lists it: restore the file.",
                    place));
  }

  private void put(String path, byte[] bytes) {
    String sha256 = Sha256.of(bytes).hex();
    requireSame(path, sha256);
    targets.putObject(path).put("length", bytes.length).putObject("hashes").put("sha256", sha256);
    newFiles.put(ModelLine.repositoryPath(path, sha256), bytes);
  }

  private void requireSame(String path, String sha256) {
    boolean manifest = path.endsWith("/" + ReleaseManifest.FILE_NAME);
    String known = targets.path(path).path("hashes").path("sha256").asText(sha256);
    if (manifest && !known.equals(sha256)) {
      throw new ReleaseException(
          ReleaseException.Reason.EXISTS,
          "'" + path + "' has other bytes in the repository: choose a new version.",
          path);
    }
  }

  void remove(ModelVersion version) {
    String path = ModelLine.path(line, version);
    boolean removed = false;
    for (Iterator<String> names = targets.fieldNames(); names.hasNext(); ) {
      if (names.next().startsWith(path)) {
        names.remove();
        removed = true;
      }
    }
    if (!removed) {
      throw new ReleaseException(
          ReleaseException.Reason.MISSING,
          "'" + line + " " + version + "' is not in the repository: look at the index of the line.",
          version.toString());
    }
  }

  /** Writes the list of versions, which follows from the targets. */
  void writeIndex() {
    putIndex(new ReleaseIndex(line, listed()).toJson());
  }

  private List<ReleaseIndex.Entry> listed() {
    Pattern manifest =
        Pattern.compile(
            Pattern.quote(ModelLine.path(line))
                + "([^/]+)/"
                + Pattern.quote(ReleaseManifest.FILE_NAME));
    List<ReleaseIndex.Entry> entries = new ArrayList<>();
    for (Map.Entry<String, JsonNode> target : targets.properties()) {
      Matcher m = manifest.matcher(target.getKey());
      if (m.matches()) {
        entries.add(
            new ReleaseIndex.Entry(
                ModelVersion.parse(m.group(1)),
                new Sha256(target.getValue().path("hashes").path("sha256").asText())));
      }
    }
    return entries;
  }

  private void putIndex(byte[] json) {
    String path = ModelLine.indexPath(line);
    targets.remove(path);
    put(path, json);
  }
}
