package io.edgellm.inference.grammar;

import io.edgellm.inference.automaton.ByteAutomaton;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * What stands on the right-hand side of a grammar's rule: a set of sequences of symbols, where a
 * symbol is a byte or a control token. Immutable values.
 *
 * <p>A control token is one symbol, known by its content; it is never spelled by bytes, and bytes
 * never become one.
 */
public sealed interface Expression {
  /**
   * Exactly the UTF-8 bytes of a text.
   *
   * @param text the text; nothing but the empty sequence if it is empty
   */
  record Bytes(String text) implements Expression {
    /** Refuses what has no UTF-8. */
    public Bytes {
      if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
        throw new IllegalArgumentException(
            "A text of a grammar has half of a surrogate pair; take it out.");
      }
    }
  }

  /**
   * One byte of a set.
   *
   * @param of the values; with none of them the expression matches nothing
   */
  record OneOf(ByteSet of) implements Expression {}

  /**
   * One expression after the other.
   *
   * @param parts in their order; nothing but the empty sequence if there are none
   */
  record Sequence(List<Expression> parts) implements Expression {
    /** Copies the list. */
    public Sequence {
      parts = List.copyOf(parts);
    }
  }

  /**
   * One of several.
   *
   * @param of the alternatives; without any it matches nothing
   */
  record Choice(List<Expression> of) implements Expression {
    /** Copies the list. */
    public Choice {
      of = List.copyOf(of);
    }
  }

  /**
   * The same several times over.
   *
   * @param of what
   * @param min how often at least
   * @param max how often at most; {@link #UNBOUNDED} if there is no bound
   */
  record Repeat(Expression of, int min, int max) implements Expression {
    /** Stands for no upper bound. */
    public static final int UNBOUNDED = -1;

    /** Refuses bounds that contradict each other. */
    public Repeat {
      Objects.requireNonNull(of);
      if (min < 0 || (max != UNBOUNDED && max < min)) {
        throw new IllegalArgumentException("Nothing repeats " + min + " to " + max + " times.");
      }
    }
  }

  /**
   * What another rule, or the same, says.
   *
   * @param name the rule's name
   */
  record Rule(String name) implements Expression {
    /** Refuses null. */
    public Rule {
      Objects.requireNonNull(name);
    }
  }

  /**
   * A finite automaton over bytes.
   *
   * @param automaton the automaton
   */
  record Finite(ByteAutomaton automaton) implements Expression {
    /** Refuses null. */
    public Finite {
      Objects.requireNonNull(automaton);
    }
  }

  /**
   * Exactly one control token, one of these.
   *
   * @param tokens their contents, for example {@code </tool_call>}; the model's end-of-answer
   *     tokens may be among them
   */
  record Control(Set<String> tokens) implements Expression {
    /** Copies the set. */
    public Control {
      tokens = Set.copyOf(tokens);
    }
  }

  /**
   * Exactly one control token, but none of these, and never an end-of-answer token.
   *
   * @param except the contents of those that do not match
   */
  record OtherControl(Set<String> except) implements Expression {
    /** Copies the set. */
    public OtherControl {
      except = Set.copyOf(except);
    }
  }

  /** Returns what matches the UTF-8 bytes of a text. */
  static Expression bytes(String text) {
    return new Bytes(text);
  }

  /** Returns what matches one byte of a set. */
  static Expression oneOf(ByteSet set) {
    return new OneOf(set);
  }

  /** Returns what matches one byte, 0 to 255, of a range with both ends. */
  static Expression range(int from, int to) {
    return new OneOf(ByteSet.range(from, to));
  }

  /** Returns what matches any byte at all. */
  static Expression anyByte() {
    return new OneOf(ByteSet.ALL);
  }

  /** Returns what matches nothing but the empty sequence. */
  static Expression empty() {
    return new Sequence(List.of());
  }

  /** Returns one after the other. */
  static Expression sequence(Expression... parts) {
    return new Sequence(List.of(parts));
  }

  /** Returns one of several. */
  static Expression choice(Expression... of) {
    return new Choice(List.of(of));
  }

  /** Returns it or nothing. */
  static Expression optional(Expression of) {
    return new Repeat(of, 0, 1);
  }

  /** Returns it any number of times, or not at all. */
  static Expression zeroOrMore(Expression of) {
    return new Repeat(of, 0, Repeat.UNBOUNDED);
  }

  /** Returns it once or more often. */
  static Expression oneOrMore(Expression of) {
    return new Repeat(of, 1, Repeat.UNBOUNDED);
  }

  /** Returns it so many times; {@link Repeat#UNBOUNDED} as max is no bound. */
  static Expression repeat(Expression of, int min, int max) {
    return new Repeat(of, min, max);
  }

  /** Returns what the rule of that name matches. */
  static Expression rule(String name) {
    return new Rule(name);
  }

  /** Returns what the automaton accepts. */
  static Expression finite(ByteAutomaton automaton) {
    return new Finite(automaton);
  }

  /** Returns one control token of these contents. */
  static Expression control(String... tokens) {
    return new Control(Set.of(tokens));
  }

  /** Returns one control token of any other content. */
  static Expression otherControl(String... except) {
    return new OtherControl(Set.of(except));
  }
}
