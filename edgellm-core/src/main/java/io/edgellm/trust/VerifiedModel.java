package io.edgellm.trust;

import io.edgellm.model.ReleaseManifest;
import java.nio.file.Path;
import java.util.function.Supplier;

/**
 * A model directory whose signature, signer and every byte were checked against a policy.
 *
 * <p>Only this package makes one, as the content of a {@link Verdict.Verified}; the store
 * activates, and the engine opens in production, nothing else. Immutable.
 *
 * <p>It speaks of the directory at the time of the check. Who can write to the device's disk
 * afterwards is outside of what this type promises; the store makes the files read-only.
 *
 * <p>A verified model may be loaded. Whether it may be activated where it was not before changes
 * with time: {@link #admission()} is what the check found, {@link #requireAdmitted()} asks anew.
 */
public final class VerifiedModel implements LoadableModel {
  private final Path directory;
  private final ReleaseManifest manifest;
  private final VerificationReceipt receipt;
  private final Admission admission;
  private final Supplier<Admission> again;

  /**
   * @param again checks the same papers once more, at the time of the call
   */
  VerifiedModel(
      Path directory,
      ReleaseManifest manifest,
      VerificationReceipt receipt,
      Admission admission,
      Supplier<Admission> again) {
    this.directory = directory;
    this.manifest = manifest;
    this.receipt = receipt;
    this.admission = admission;
    this.again = again;
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

  /**
   * Returns whether it might be activated as a new version at the time of the check. It stays the
   * same; {@link #requireAdmitted()} tells what holds now.
   */
  public Admission admission() {
    return admission;
  }

  /**
   * Requires that it may be activated as a new version now, however long ago it was verified. The
   * papers that were verified (signature, certificate, attestations) are checked once more, and so
   * is what this device knows of the update repository; no file is read again, and nothing is
   * fetched. Waits where {@link CurrentReleases#admit} does.
   *
   * @return why it may
   * @throws TrustException with {@code NOT_CURRENT}, {@code EXPIRED}, {@code NOT_ATTESTED}, or
   *     {@code MALFORMED} attestations
   */
  public Admission requireAdmitted() {
    Admission now = again.get();
    if (now instanceof Admission.Refused refused) {
      throw new TrustException(refused.reason(), refused.message(), title());
    }
    return now;
  }

  @Override
  public String toString() {
    return "VerifiedModel[" + title() + " at " + directory + "]";
  }
}
