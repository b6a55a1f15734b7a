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
 */
public final class VerifiedModel implements LoadableModel {
  private final Path directory;
  private final ReleaseManifest manifest;
  private final VerificationReceipt receipt;

  VerifiedModel(Path directory, ReleaseManifest manifest, VerificationReceipt receipt) {
    this.directory = directory;
    this.manifest = manifest;
    this.receipt = receipt;
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

  @Override
  public String toString() {
    return "VerifiedModel[" + title() + " at " + directory + "]";
  }
}
