package io.edgellm.trust;

import io.edgellm.model.EdgeLlmException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A model, a signature or a key was not trusted. */
public final class TrustException extends EdgeLlmException {
  private static final long serialVersionUID = 1L;

  private final Reason reason;

  /** Why something is not trusted. */
  public enum Reason {
    /** The signature or the manifest is absent. */
    MISSING,
    /** The signature file, its payload or a key is not in the form it must have. */
    MALFORMED,
    /** The signature does not verify. */
    BAD_SIGNATURE,
    /** The signature verifies, but nobody who may sign this model line made it. */
    UNTRUSTED_SIGNER,
    /** A file differs from what was signed. */
    TAMPERED,
    /** A file is there that was not signed, or one that was signed is absent. */
    UNEXPECTED_FILES,
    /** Manifest and signature, or manifest and request, speak of different things. */
    MISMATCH,
    /** The release holds, or refers to, something that is not part of a model, such as code. */
    FORBIDDEN,
    /** What somebody must attest of the release is not attested. */
    NOT_ATTESTED,
    /** The repository's metadata does not list the release, or there is none on this device. */
    NOT_CURRENT,
    /** The metadata that lists the release, or the certificate of its signer, has expired. */
    EXPIRED,
    /** The policy needs something that this application does not have. */
    UNSUPPORTED,
    /** A file could not be read. */
    UNREADABLE
  }

  /**
   * @param reason why
   * @param message what is wrong, and what to do about it
   * @param subject the path or key, or null
   */
  public TrustException(Reason reason, String message, @Nullable String subject) {
    this(reason, message, subject, null);
  }

  /**
   * @param reason why
   * @param message what is wrong, and what to do about it
   * @param subject the path or key, or null
   * @param cause what led to it, or null
   */
  public TrustException(
      Reason reason, String message, @Nullable String subject, @Nullable Throwable cause) {
    super(message, subject, cause);
    this.reason = Objects.requireNonNull(reason);
  }

  @Override
  public Reason reason() {
    return reason;
  }
}
