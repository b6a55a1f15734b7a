package io.edgellm.publish;

import io.edgellm.model.Artifact;
import io.edgellm.model.ModelId;
import io.edgellm.publish.PublishTarget.Document;
import io.edgellm.publish.PushListener.PushEvent;
import io.edgellm.release.ReleaseException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/**
 * What has to go, in the order in which it goes.
 *
 * @param blobs files of releases
 * @param skippedBytes the bytes of those that are there
 * @param papers of releases that are new there, or of which more is attested
 * @param newReleases the titles of releases that are new there
 * @param listings what tells of releases, by line
 * @param metadata update metadata of which each file has its version in its name, by path
 * @param roots new roots, by version
 * @param timestamp the new timestamp, if there is one
 */
record PushPlan(
    List<Blob> blobs,
    long skippedBytes,
    List<ReleasePapers> papers,
    List<String> newReleases,
    List<LineListing> listings,
    SortedMap<String, byte[]> metadata,
    SortedMap<Long, byte[]> roots,
    Optional<Timestamp> timestamp) {

  /**
   * A file of a release.
   *
   * @param line which line wants it
   * @param artifact what it is
   * @param file where it is
   */
  record Blob(ModelId line, Artifact artifact, Path file) {}

  /**
   * What makes everything current.
   *
   * @param next the new one
   * @param before the one that is there
   */
  record Timestamp(Document next, Optional<Document> before) {}

  long sendBytes() {
    return blobs.stream().mapToLong(blob -> blob.artifact().sizeBytes()).sum();
  }

  boolean isEmpty() {
    return blobs.isEmpty()
        && papers.isEmpty()
        && listings.isEmpty()
        && metadata.isEmpty()
        && roots.isEmpty()
        && timestamp.isEmpty();
  }

  PushEvent.Planned event() {
    return new PushEvent.Planned(newReleases.size(), blobs.size(), sendBytes(), skippedBytes);
  }

  static ReleaseException changed(Artifact blob) {
    return new ReleaseException(
        ReleaseException.Reason.CHANGED,
        "The blob of '"
            + blob.path()
            + "' is not what its name says: delete it, and publish the release there again.",
        blob.sha256().hex());
  }
}
