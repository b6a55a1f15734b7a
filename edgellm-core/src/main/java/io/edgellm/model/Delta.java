package io.edgellm.model;

/**
 * A shorter way to one file of a release, for a device that has another file.
 *
 * <p>It stands in the manifest and is covered by its signature. It is an offer only: whatever a
 * device makes of it is held against the chunk digests of the target.
 *
 * @param base the digest of the file that the device has
 * @param target the digest of a file of the release
 * @param file the delta itself, in the format {@code edelta v1}; it is not a file of the model
 */
public record Delta(Sha256 base, Sha256 target, Artifact file) {
  /** Refuses what leads nowhere, and a file that is no delta. */
  public Delta {
    if (base.equals(target)) {
      throw refused(file, "leads from a file to itself: leave it out");
    }
    if (file.role() != Artifact.Role.DELTA) {
      throw refused(file, "has the role '" + file.role().label() + "': give it the role 'delta'");
    }
  }

  private static ModelException refused(Artifact file, String what) {
    return new ModelException(
        ModelException.Reason.INVALID_VALUE,
        "The delta '" + file.path() + "' " + what + ".",
        file.path());
  }
}
