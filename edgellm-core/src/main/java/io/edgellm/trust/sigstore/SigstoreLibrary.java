package io.edgellm.trust.sigstore;

import io.edgellm.model.Sha256;
import io.edgellm.trust.oms.Octets;
import java.time.Instant;
import java.util.List;

/**
 * What is asked of sigstore-java, and the one door to it: no other type of this package mentions
 * {@link SigstoreJava}, so that the others load without the library.
 *
 * <p>Every method throws {@link SigstoreException} and nothing else. Implementations are immutable
 * and thread-safe.
 */
interface SigstoreLibrary {

  /**
   * Opens the library.
   *
   * @throws SigstoreException with {@code MISSING_DEPENDENCY}, or {@code BAD_TRUST_ROOT}
   */
  static SigstoreLibrary open(SigstoreTrustRoot root) {
    try {
      return SigstoreJava.open(root);
    } catch (LinkageError e) {
      throw missing(e);
    }
  }

  static SigstoreException missing(LinkageError e) {
    return new SigstoreException(
        SigstoreException.Reason.MISSING_DEPENDENCY,
        "sigstore-java is not there: add dev.sigstore:sigstore-java 2.0.0 to the application,"
            + " because its policy has keyless signers or a log of signatures.",
        String.valueOf(e.getMessage()),
        e);
  }

  /** Verifies certificate, signature, log entry and time stamps of a keyless bundle. */
  void verifyKeyless(SignedBundle bundle, Sha256 artifact, List<KeylessIdentity> trusted);

  /** Verifies that an entry is in its log, and the time that the log promised. */
  void verifyLogEntry(LogEntry entry);

  /** Verifies a time stamp (RFC 3161) over a signature, and returns its time. */
  Instant verifyTimestamp(Octets timestamp, Octets signature);
}
