package io.edgellm.internal.yaml;

import org.jspecify.annotations.Nullable;

/**
 * A document is not what its reader expects. The message begins with line and column and says what
 * to do, for instance {@code 3:5: 'signers[0].name' is missing: add it.}
 */
public final class YamlFault extends Exception {
  private static final long serialVersionUID = 1L;

  /** What kind of fault it is. */
  public enum Kind {
    /** No YAML, or YAML with something that is not accepted here. */
    SYNTAX,
    /** A field is unknown, missing, or not what it must be. */
    CONTENT,
    /** The library that reads YAML is not there. */
    MISSING_LIBRARY
  }

  private final Kind kind;
  private final transient YamlPlace place;

  YamlFault(Kind kind, YamlPlace place, String sentence, @Nullable Throwable cause) {
    super(place.line() + ":" + place.column() + ": " + sentence, cause);
    this.kind = kind;
    this.place = place;
  }

  /** Returns the kind of the fault. */
  public Kind kind() {
    return kind;
  }

  /** Returns where it is. */
  public YamlPlace place() {
    return place;
  }
}
