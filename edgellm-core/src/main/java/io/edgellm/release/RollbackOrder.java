package io.edgellm.release;

import io.edgellm.model.ModelVersion;
import io.edgellm.model.ReleaseManifest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;

/**
 * Keeps the rollback index of a line from going down. A device that kept a version refuses every
 * one with a lower index, so that a newer version with a lower one would reach no device that is up
 * to date.
 */
final class RollbackOrder {
  private static final Comparator<ModelVersion> PRECEDENCE = ModelVersion.precedence();

  private RollbackOrder() {}

  /**
   * @param versions the directories of the published versions of the line
   */
  static void require(ReleaseManifest release, List<Path> versions) throws IOException {
    for (Path version : versions) {
      ReleaseManifest published =
          ReleaseManifest.fromJson(Files.readAllBytes(version.resolve(ReleaseManifest.FILE_NAME)));
      if (PRECEDENCE.compare(published.version(), release.version()) < 0
          && published.rollbackIndex() > release.rollbackIndex()) {
        throw new ReleaseException(
            ReleaseException.Reason.ROLLBACK_INDEX,
            "The rollback index of '"
                + release.title()
                + "' is "
                + release.rollbackIndex()
                + ", that of the lower version "
                + published.version()
                + " is "
                + published.rollbackIndex()
                + ", and devices that kept that one would refuse this: take at least that index.",
            release.version().toString());
      }
    }
  }
}
