package io.edgellm.inference.grammar;

import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A grammar cannot be used. Who made it of something that a person wrote turns this into an error
 * that says where.
 */
public final class GrammarException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final Reason reason;
  private final String message;
  private final @Nullable String rule;

  /** Why. */
  public enum Reason {
    /** A rule refers to one that nobody defined. */
    UNDEFINED_RULE,
    /** A rule is defined twice. */
    DUPLICATE_RULE,
    /** A rule matches nothing that ends. */
    ENDLESS_RULE,
    /** A rule begins with itself. */
    LEFT_RECURSION,
    /** The grammar has more states than are allowed. */
    TOO_LARGE,
    /** A text has more readings at once than are followed. */
    TOO_AMBIGUOUS,
    /** A text nests deeper than is followed. */
    TOO_DEEP,
    /** The symbols that are there cannot spell a single text of the grammar. */
    UNSPELLABLE
  }

  /**
   * @param reason why
   * @param message what is wrong, and what to do about it
   * @param rule the rule that it is about, or null
   */
  public GrammarException(Reason reason, String message, @Nullable String rule) {
    super(message);
    this.message = message;
    this.reason = Objects.requireNonNull(reason);
    this.rule = rule;
  }

  @Override
  public String getMessage() {
    return message;
  }

  /** Returns why. */
  public Reason reason() {
    return reason;
  }

  /** Returns the rule that it is about. */
  public Optional<String> rule() {
    return Optional.ofNullable(rule);
  }
}
