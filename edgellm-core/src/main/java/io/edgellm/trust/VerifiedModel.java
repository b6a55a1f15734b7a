package io.edgellm.trust;

import io.edgellm.model.ReleaseManifest;
import java.nio.file.Path;

/**
 * A model directory whose signature, signer and every byte were checked against a policy.
 *
 * <p>Only this package makes one, as the content of a {@link Verdict.Verified}; the store
 * activates, and the engine opens in production, nothing else. Immutable.
 *
 * <p>It speaks of the directory at the time of the check. Who can write to the device's disk
 * afterwards is outside of what this type promises; the store makes the files read-only.
 *
 * <p>A verified model may be loaded. Whether it may be activated where it was not before is its
 * {@link #admission()}: who signed does not change with time, what is current does.
 */
public final class VerifiedModel implements LoadableModel {
  private final Path directory;
  private final ReleaseManifest manifest;
  private final VerificationReceipt receipt;
  private final Admission admission;

  VerifiedModel(
      Path directory, ReleaseManifest manifest, VerificationReceipt receipt, Admission admission) {
    this.directory = directory;
    this.manifest = manifest;
    this.receipt = receipt;
    this.admission = admission;
  }

  @Override
  public Path directory() {
    return directory;
  }

  @Override
  public String title() {
    return manifest.title();
  }

  /** Returns the verified manifest. */
  public ReleaseManifest manifest() {
    return manifest;
  }

  @Override
  public VerificationReceipt receipt() {
    return receipt;
  }

  /** Returns whether it may be activated as a new version, as of the time of the check. */
  public Admission admission() {
    return admission;
  }

  /**
   * Requires that it may be activated as a new version.
   *
   * @throws TrustException with {@code NOT_CURRENT}, {@code EXPIRED}, {@code NOT_ATTESTED}, or
   *     {@code MALFORMED} attestations
   */
  public void requireAdmitted() {
    if (admission instanceof Admission.Refused refused) {
      throw new TrustException(refused.reason(), refused.message(), title());
    }
  }

  @Override
  public String toString() {
    return "VerifiedModel[" + title() + " at " + directory + "]";
  }
}
