package io.edgellm.trust.oms;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A signature, a key or a model directory is not what it must be; the areas above turn it into
 * their own exceptions and verdicts.
 *
 * <p>Messages quote what strangers wrote. They are cut to a length that a log can bear, and hold no
 * control characters that could forge another line of it.
 */
public final class OmsFault extends Exception {
  private static final long serialVersionUID = 1L;

  /** What kind of fault it is. */
  public enum Kind {
    /** A bundle, a payload or a key is not in the form it must have. */
    MALFORMED,
    /** Well formed, but of a kind that this implementation does not know. */
    UNSUPPORTED,
    /** The signature does not verify. */
    BAD_SIGNATURE,
    /** Nobody who is trusted made the signature. */
    UNTRUSTED_SIGNER,
    /** The signature does not count at the time of its verification: too late, or too early. */
    EXPIRED,
    /** A file differs from what was signed. */
    TAMPERED,
    /** A file is there that was not signed, one that was signed is absent, or it is no file. */
    UNEXPECTED_FILES,
    /** A file could not be read. */
    UNREADABLE
  }

  private static final int MAX_LENGTH = 600;

  // Controls, line separators, and what turns the direction of a text.
  private static final Pattern UNPRINTABLE =
      Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}]");

  private final Kind kind;
  private final @Nullable String subject;

  /**
   * @param kind what kind of fault it is
   * @param message the sentence that says what is wrong, and what to do about it
   * @param subject the file, field or key that it is about, or null
   */
  public OmsFault(Kind kind, String message, @Nullable String subject) {
    this(kind, message, subject, null);
  }

  /**
   * @param kind what kind of fault it is
   * @param message the sentence that says what is wrong, and what to do about it
   * @param subject the file, field or key that it is about, or null
   * @param cause what led to it, or null
   */
  public OmsFault(Kind kind, String message, @Nullable String subject, @Nullable Throwable cause) {
    super(printable(message), cause);
    this.kind = kind;
    this.subject = subject == null ? null : printable(subject);
  }

  private static String printable(String text) {
    String cut = text.length() <= MAX_LENGTH ? text : text.substring(0, MAX_LENGTH) + "…";
    return UNPRINTABLE.matcher(cut).replaceAll("?");
  }

  static OmsFault malformed(String message, @Nullable String subject) {
    return new OmsFault(Kind.MALFORMED, message, subject);
  }

  static OmsFault malformed(String message, Throwable cause) {
    return new OmsFault(Kind.MALFORMED, message, null, cause);
  }

  /** Returns the kind of the fault. */
  public Kind kind() {
    return kind;
  }

  /** Returns the sentence that says what is wrong. */
  public String sentence() {
    return String.valueOf(getMessage());
  }

  /** Returns the file, field or key that it is about, or null. */
  public @Nullable String subject() {
    return subject;
  }
}
