package io.edgellm.store;

import io.edgellm.model.ModelException;
import io.edgellm.model.ModelId;
import io.edgellm.model.ModelVersion;
import io.edgellm.model.ReleaseManifest;
import io.edgellm.model.Sha256;
import io.edgellm.trust.SignedRelease;
import io.edgellm.trust.TrustException;
import io.edgellm.trust.VerificationReceipt;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Manifest, signature, attestations and receipt beside the files of an installed version. */
final class Papers {
  static final Set<String> NAMES =
      Set.of(
          ReleaseManifest.FILE_NAME,
          ReleaseManifest.SIGNATURE_FILE_NAME,
          ReleaseManifest.ATTESTATIONS_FILE_NAME,
          ReleaseManifest.RECEIPT_FILE_NAME);

  private static final int MAX_RECEIPT_BYTES = 4 << 20;

  private Papers() {}

  /**
   * Reads the manifest.
   *
   * @throws ModelException if it is none
   */
  static ReleaseManifest manifest(Path version) throws IOException {
    return ReleaseManifest.fromJson(
        PlainFile.read(
            version.resolve(ReleaseManifest.FILE_NAME), SignedRelease.MAX_MANIFEST_BYTES));
  }

  /**
   * Reads the receipt.
   *
   * @throws TrustException if it is none
   */
  static VerificationReceipt receipt(Path version) throws IOException {
    return VerificationReceipt.fromJson(
        PlainFile.read(version.resolve(ReleaseManifest.RECEIPT_FILE_NAME), MAX_RECEIPT_BYTES));
  }

  /** Reads the manifest, if it is one of this version. */
  static Optional<ReleaseManifest> manifest(Path directory, ModelId model, ModelVersion version) {
    try {
      return Optional.of(manifest(directory))
          .filter(m -> m.model().equals(model) && m.version().equals(version));
    } catch (IOException | ModelException e) {
      return Optional.empty();
    }
  }

  /**
   * Returns the names of the papers that are damaged, as far as that is to be known without the
   * keys of a policy: manifest, signature and receipt must speak of the same bytes. Whether the
   * signature is genuine, only a verifier says.
   */
  static List<String> damaged(Path directory, ModelId model, ModelVersion version) {
    List<String> damaged = new ArrayList<>();
    Optional<Sha256> signed = Optional.empty();
    if (manifest(directory, model, version).isEmpty()) {
      damaged.add(ReleaseManifest.FILE_NAME);
    } else {
      try {
        signed = Optional.of(SignedRelease.read(directory).rootDigest());
      } catch (TrustException e) {
        damaged.add(paper(e));
      }
    }
    if (!isReceiptOf(directory, signed)) {
      damaged.add(ReleaseManifest.RECEIPT_FILE_NAME);
    }
    return damaged;
  }

  /** The manifest can be read: only if it is not what was signed may the fault be its own. */
  private static String paper(TrustException fault) {
    if (fault.reason() == TrustException.Reason.TAMPERED) {
      return ReleaseManifest.FILE_NAME;
    }
    return fault.subject().orElse("").endsWith(ReleaseManifest.ATTESTATIONS_FILE_NAME)
        ? ReleaseManifest.ATTESTATIONS_FILE_NAME
        : ReleaseManifest.SIGNATURE_FILE_NAME;
  }

  private static boolean isReceiptOf(Path directory, Optional<Sha256> signed) {
    try {
      VerificationReceipt receipt = receipt(directory);
      return signed.isEmpty()
          || receipt.method().equals(VerificationReceipt.DEVELOPMENT)
          || receipt.rootDigest().equals(signed.get());
    } catch (IOException | TrustException e) {
      return false;
    }
  }
}
