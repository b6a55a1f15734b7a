package io.edgellm.store;

import io.edgellm.internal.io.Disk;
import io.edgellm.model.ReleaseManifest;
import io.edgellm.trust.VerificationReceipt;
import java.io.IOException;
import java.nio.file.Path;
import java.util.UUID;

/**
 * The receipt beside an installed version, replaced as a whole.
 *
 * <p>The new one is written in the staging directory and not beside the old one: what a crash
 * leaves there is removed when the store is opened, and a file too many beside a signed version
 * would keep it from being verified. Writers hold the store lock.
 */
final class ReceiptFile {
  private final StoreAccess access;

  ReceiptFile(StoreAccess access) {
    this.access = access;
  }

  /** Replaces the receipt; it is durable when this returns. */
  void replace(Path version, VerificationReceipt receipt) throws IOException {
    Disk disk = access.disk();
    Path staging = access.layout().staging();
    Path written = staging.resolve(UUID.randomUUID().toString());
    try {
      disk.write(written, receipt.toJson());
      disk.force(written);
      disk.makeReadOnly(written);
      disk.move(written, version.resolve(ReleaseManifest.RECEIPT_FILE_NAME));
    } catch (IOException e) {
      throw removing(e, written);
    }
    disk.forceDirectory(version);
    disk.forceDirectory(staging);
  }

  private IOException removing(IOException failure, Path written) {
    try {
      access.disk().delete(written);
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
    return failure;
  }
}
