package io.edgellm.publish;

import io.edgellm.model.ModelId;
import io.edgellm.model.RepositoryPaths;
import io.edgellm.publish.PublishTarget.Document;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What tells of the releases of a line: the plain index, and the targets of the update metadata.
 *
 * @param line which line
 * @param index the plain index as it shall be; none if the line has no release yet
 * @param before the one that is there
 * @param newTargets files of targets that are not there, by their paths in the repository
 * @param listedTargets the paths of all targets that the metadata shall list
 */
record LineListing(
    ModelId line,
    Optional<byte[]> index,
    Optional<Document> before,
    Map<String, byte[]> newTargets,
    Set<String> listedTargets) {

  String path() {
    return RepositoryPaths.index(line);
  }

  boolean isIndexNew() {
    return index.isPresent() && before.filter(there -> there.isSame(index.get())).isEmpty();
  }

  boolean isNew() {
    return isIndexNew() || !newTargets.isEmpty();
  }
}
