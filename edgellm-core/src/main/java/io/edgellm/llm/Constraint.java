package io.edgellm.llm;

import java.util.List;
import java.util.Objects;

/**
 * What an answer has to be like. The engine lets the model write nothing else: an answer under a
 * constraint ends within the request's number of tokens and meets it. Reasoning before the answer
 * is free.
 *
 * <p>An engine refuses what it cannot enforce with {@link
 * InferenceException.Reason#INVALID_CONSTRAINT}; it ignores nothing.
 */
public sealed interface Constraint {

  /** Where JSON may have white space. */
  enum Whitespace {
    /** Nowhere: the shortest text. */
    NONE,
    /** One space after each comma and colon, as Python's json module writes. */
    SPACED,
    /** A short run wherever JSON allows it, so that a model may indent as it learned. */
    FLEXIBLE
  }

  /**
   * JSON that is valid by a schema. Objects have their properties in the order of the schema.
   *
   * @param schema by which
   * @param whitespace where white space may stand
   */
  record Schema(JsonSchema schema, Whitespace whitespace) implements Constraint {
    /** Refuses nulls. */
    public Schema {
      Objects.requireNonNull(schema);
      Objects.requireNonNull(whitespace);
    }
  }

  /**
   * Any JSON: one object or array.
   *
   * @param whitespace where white space may stand
   */
  record AnyJson(Whitespace whitespace) implements Constraint {
    /** Refuses nulls. */
    public AnyJson {
      Objects.requireNonNull(whitespace);
    }
  }

  /**
   * Text that a regular expression matches as a whole.
   *
   * @param pattern in the syntax of ECMA-262
   */
  record Regex(String pattern) implements Constraint {
    /** Refuses null. */
    public Regex {
      Objects.requireNonNull(pattern);
    }
  }

  /**
   * One of a few texts.
   *
   * @param texts at least one, none empty
   */
  record Choice(List<String> texts) implements Constraint {
    /** Copies the list. */
    public Choice {
      texts = List.copyOf(texts);
      if (texts.isEmpty() || texts.contains("")) {
        throw new IllegalArgumentException("A choice is among texts, at least one, none empty.");
      }
    }
  }

  /** Returns JSON that is valid by a schema, with white space as the model likes. */
  static Constraint schema(JsonSchema schema) {
    return new Schema(schema, Whitespace.FLEXIBLE);
  }

  /** Returns any JSON object or array, with white space as the model likes. */
  static Constraint json() {
    return new AnyJson(Whitespace.FLEXIBLE);
  }

  /** Returns text that a regular expression of ECMA-262 matches as a whole. */
  static Constraint regex(String pattern) {
    return new Regex(pattern);
  }

  /** Returns one of these texts. */
  static Constraint choice(String... texts) {
    return new Choice(List.of(texts));
  }
}
