package io.edgellm.store;

import io.edgellm.internal.io.ProcessLocks;
import io.edgellm.model.ModelVersion;
import io.edgellm.model.ReleaseManifest;
import io.edgellm.trust.ModelVerifier;
import io.edgellm.trust.Verdict;
import io.edgellm.trust.VerificationReceipt;
import java.io.IOException;
import java.nio.file.Path;

/**
 * The right to read an installed version: until it is closed, no thread and no process removes that
 * version. It outlives the closing of its store; if the process dies, the system ends it.
 *
 * <p>Thread-safe.
 */
public final class Lease implements AutoCloseable {
  private final StoredModel model;
  private final ProcessLocks.Held lock;

  Lease(StoredModel model, ProcessLocks.Held lock) {
    this.model = model;
    this.lock = lock;
  }

  /**
   * Returns the directory of the version itself, which stays the same whatever is activated
   * meanwhile: opening two files through it never mixes two versions.
   */
  public Path directory() {
    return model.directory();
  }

  /** Returns which version it is. */
  public ModelVersion version() {
    return model.version();
  }

  /** Returns the manifest. */
  public ReleaseManifest manifest() {
    return model.manifest();
  }

  /** Returns the receipt of the installation. */
  public VerificationReceipt receipt() {
    return model.receipt();
  }

  /**
   * Verifies the files as they are on the disk now. The verified model may be used until this lease
   * is closed.
   */
  public Verdict verify(ModelVerifier verifier) {
    return verifier.verify(model.directory());
  }

  /** Lets the version be removed. Closing twice does nothing. */
  @Override
  public void close() {
    try {
      lock.close();
    } catch (IOException e) {
      throw StoreException.of(e, "ending a lease", model.directory());
    }
  }
}
