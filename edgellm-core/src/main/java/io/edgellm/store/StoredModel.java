package io.edgellm.store;

import io.edgellm.model.ModelId;
import io.edgellm.model.ModelVersion;
import io.edgellm.model.ReleaseManifest;
import io.edgellm.trust.VerificationReceipt;
import java.nio.file.Path;

/**
 * An installed version. It was verified when it was installed; who wants to load it takes a {@link
 * Lease}, so that it stays, and verifies it again.
 *
 * @param directory where its files stand
 * @param manifest what it is
 * @param receipt how it was verified at installation
 */
public record StoredModel(Path directory, ReleaseManifest manifest, VerificationReceipt receipt) {

  /** Returns the model line. */
  public ModelId model() {
    return manifest.model();
  }

  /** Returns the version. */
  public ModelVersion version() {
    return manifest.version();
  }
}
