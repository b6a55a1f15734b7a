package io.edgellm.inference.template;

/**
 * A word of a template.
 *
 * @param kind what it is
 * @param text the characters; of a string and of data, what they mean
 * @param at its offset in the source
 */
record Token(Kind kind, String text, int at) {

  /** What a token is. */
  enum Kind {
    /** Text outside of all marks. */
    DATA,
    /** Opens an expression. */
    VARIABLE_BEGIN,
    /** Closes an expression. */
    VARIABLE_END,
    /** Opens a statement. */
    BLOCK_BEGIN,
    /** Closes a statement. */
    BLOCK_END,
    /** An identifier or keyword. */
    NAME,
    /** A string literal. */
    STRING,
    /** A whole number. */
    INTEGER,
    /** A number with a fraction or exponent. */
    FLOAT,
    /** An operator or bracket. */
    OPERATOR,
    /** The end of the template. */
    END
  }

  boolean isName(String name) {
    return kind == Kind.NAME && text.equals(name);
  }

  boolean isOperator(String operator) {
    return kind == Kind.OPERATOR && text.equals(operator);
  }

  /** Names the token in an error. */
  String described() {
    return switch (kind) {
      case END -> "the end of the template";
      case DATA -> "text";
      case STRING -> "a string";
      default -> "'" + text + "'";
    };
  }
}
