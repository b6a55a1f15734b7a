package io.edgellm.release;

import io.edgellm.model.ModelVersion;
import io.edgellm.model.ReleaseManifest;
import java.util.Collection;
import java.util.Comparator;

/**
 * Keeps the rollback indexes of a line in the order of its versions. A device that kept a version
 * refuses every one with a lower index, so that a newer version with a lower one would reach no
 * device that is up to date, and an older version with a higher one would keep the newer ones from
 * all that took it. {@link ReleasePublisher} and {@link io.edgellm.release.tuf.TufPublisher} ask
 * it.
 */
public final class RollbackOrder {
  /** By how much an index may be above the highest one of the line: what is more is a mistake. */
  public static final long LARGEST_STEP = 1_000_000;

  private static final Comparator<ModelVersion> PRECEDENCE = ModelVersion.precedence();

  private RollbackOrder() {}

  /**
   * Refuses a release whose index does not fit.
   *
   * @param release the new one
   * @param published the manifests of the published versions of its line
   * @throws ReleaseException with {@code ROLLBACK_INDEX} if the index is lower than that of a lower
   *     version, higher than that of a higher version, or more than {@link #LARGEST_STEP} above all
   */
  public static void require(ReleaseManifest release, Collection<ReleaseManifest> published) {
    long index = release.rollbackIndex();
    for (ReleaseManifest other : published) {
      int order = PRECEDENCE.compare(other.version(), release.version());
      if (order < 0 && other.rollbackIndex() > index) {
        throw refused(
            release,
            "that of the lower version " + other.version() + " is " + other.rollbackIndex(),
            "devices that kept that one would refuse this: take at least that index");
      } else if (order > 0 && other.rollbackIndex() < index) {
        throw refused(
            release,
            "that of the higher version " + other.version() + " is " + other.rollbackIndex(),
            "devices that keep this one would refuse that: take at most that index");
      }
    }
    requireStep(release, published);
  }

  private static void requireStep(ReleaseManifest release, Collection<ReleaseManifest> published) {
    if (published.isEmpty()) {
      return;
    }
    long highest = published.stream().mapToLong(ReleaseManifest::rollbackIndex).max().orElseThrow();
    if (release.rollbackIndex() - LARGEST_STEP > highest) {
      throw refused(
          release,
          "the highest of the line is " + highest,
          "a step of more than " + LARGEST_STEP + " could never be taken back: take a lower index");
    }
  }

  private static ReleaseException refused(ReleaseManifest release, String others, String why) {
    return new ReleaseException(
        ReleaseException.Reason.ROLLBACK_INDEX,
        "The rollback index of '"
            + release.title()
            + "' is "
            + release.rollbackIndex()
            + ", "
            + others
            + ", and "
            + why
            + ".",
        release.version().toString());
  }
}
