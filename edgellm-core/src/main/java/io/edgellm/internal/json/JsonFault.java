package io.edgellm.internal.json;

import org.jspecify.annotations.Nullable;

/** A document is not what its reader expects; each area turns it into its own exception. */
public final class JsonFault extends Exception {
  private static final long serialVersionUID = 1L;

  /** What kind of fault it is. */
  public enum Kind {
    /** Not JSON, too large, too deep, a field twice, or a value of the wrong type. */
    MALFORMED,
    /** A field that the reader does not know. */
    UNKNOWN_FIELD,
    /** A field that must be there is not. */
    MISSING_FIELD
  }

  private final Kind kind;
  private final String path;

  /**
   * @param kind what kind of fault it is
   * @param path where it is
   * @param message what is wrong, without the end of a sentence
   * @param cause what led to it, or null
   */
  public JsonFault(Kind kind, String path, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.kind = kind;
    this.path = path;
  }

  /** Returns the kind of the fault. */
  public Kind kind() {
    return kind;
  }

  /** Returns where it is: a field path such as {@code files[2].size}, or line and column. */
  public String path() {
    return path;
  }
}
