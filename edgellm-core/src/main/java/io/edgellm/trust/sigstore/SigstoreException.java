package io.edgellm.trust.sigstore;

import io.edgellm.internal.json.JsonFault;
import io.edgellm.model.EdgeLlmException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A bundle, an attestation or a trusted root was refused.
 *
 * <p>Messages quote what strangers wrote. They are cut to a length that a log can bear, and hold no
 * control characters that could forge another line of it.
 */
public final class SigstoreException extends EdgeLlmException {
  private static final long serialVersionUID = 1L;
  private static final int MAX_LENGTH = 600;

  private final Reason reason;

  /** Why something was refused. */
  public enum Reason {
    /** A bundle or an attestation is not in the form that it must have, or too large. */
    MALFORMED,
    /** Well formed, but of a kind that this version does not verify. */
    UNSUPPORTED,
    /** A signature, a certificate or the proof of a log does not verify. */
    BAD_SIGNATURE,
    /** Nobody who is trusted signed. */
    UNTRUSTED_SIGNER,
    /** No trusted time says that the signer's certificate and the log were valid. */
    BAD_TIME,
    /** Something else was signed than what is to be verified. */
    MISMATCH,
    /** An attestation is genuine, and does not say what the policy demands. */
    UNMET,
    /** The pinned trusted root is unusable. */
    BAD_TRUST_ROOT,
    /** A file cannot be read. */
    UNREADABLE,
    /** sigstore-java is needed and not there. */
    MISSING_DEPENDENCY
  }

  SigstoreException(Reason reason, String message, @Nullable String subject) {
    this(reason, message, subject, null);
  }

  SigstoreException(
      Reason reason, String message, @Nullable String subject, @Nullable Throwable cause) {
    super(printable(message), subject == null ? null : printable(subject), cause);
    this.reason = Objects.requireNonNull(reason);
  }

  static SigstoreException malformed(String message, @Nullable String subject) {
    return new SigstoreException(Reason.MALFORMED, message, subject);
  }

  static SigstoreException unreadable(String what, JsonFault fault) {
    return new SigstoreException(
        Reason.MALFORMED,
        what + " is malformed at " + fault.path() + ": " + fault.getMessage() + ".",
        fault.path(),
        fault);
  }

  private static String printable(String text) {
    String cut = text.length() <= MAX_LENGTH ? text : text.substring(0, MAX_LENGTH) + "…";
    return cut.replaceAll("\\p{Cntrl}", "?");
  }

  @Override
  public Reason reason() {
    return reason;
  }
}
