package io.edgellm.inference.schema;

import com.fasterxml.jackson.databind.JsonNode;
import io.edgellm.inference.automaton.IllegalPatternException;
import io.edgellm.llm.InferenceException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Works out which values the schemas of a document allow, each schema once. Keywords are read in
 * the order in which they stand, so that properties keep the order of their first appearance.
 */
final class SchemaValues {
  /** Keywords that mean something only together. */
  private static final List<Set<String>> TOGETHER =
      List.of(
          ArrayKeywords.ITEMS,
          ArrayKeywords.CONTAINS,
          ObjectKeywords.MEMBERS,
          Set.of("if", "then", "else"));

  /** A chain of references or alternatives that is longer is refused; it takes stack. */
  private static final int DEEPEST = 256;

  /**
   * Patterns of a document together; each is bounded on its own, and making one takes up to half a
   * second.
   */
  private static final int MOST_STATES = 150_000;

  private final SchemaDocument document;
  private int states;
  private final Map<SchemaNode, ValueSet> known = new HashMap<>();
  private final Map<Conjunction, ValueSet> knownConjunctions = new HashMap<>();
  private final Set<SchemaNode> underWay = new HashSet<>();

  /** A schema was needed to work out itself. */
  private static final class EndlessSchemaException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient SchemaNode node;

    EndlessSchemaException(SchemaNode node) {
      super("a schema refers to itself");
      this.node = node;
    }
  }

  SchemaValues(SchemaDocument document) {
    this.document = document;
  }

  /**
   * @throws InferenceException INVALID_CONSTRAINT if a grammar cannot enforce one of the keywords,
   *     or the schema refers to itself without an item or a property in between
   */
  ValueSet of(Conjunction schemas) {
    try {
      return work(schemas);
    } catch (EndlessSchemaException e) {
      throw Refusal.of(
          e.node,
          Keywords.inPlace(e.node.json()),
          "the schema refers to itself without an item or a property in between; leave that out.");
    }
  }

  /** Returns the values, or nothing if they depend on what is being worked out. */
  Optional<ValueSet> ifKnown(Conjunction schemas) {
    try {
      return Optional.of(work(schemas));
    } catch (EndlessSchemaException e) {
      return Optional.empty();
    }
  }

  /** Returns the values as part of working out others. */
  ValueSet work(Conjunction schemas) {
    ValueSet values = knownConjunctions.get(schemas);
    if (values == null) {
      values = intersection(schemas);
      knownConjunctions.put(schemas, values);
    }
    return values;
  }

  private ValueSet intersection(Conjunction schemas) {
    ValueSet values = schemas.isFalse() ? ValueSet.NONE : ValueSet.ALL;
    for (Conjunction.Part part : schemas.parts()) {
      ValueSet of = work(part.node());
      values = bounded(part.node(), values, part.negated() ? complement(part.node(), of) : of);
    }
    return values;
  }

  private static ValueSet bounded(SchemaNode node, ValueSet values, ValueSet others) {
    try {
      return values.intersect(others);
    } catch (ValueSet.TooManyShapesException | IllegalPatternException e) {
      throw tooLarge(node, e);
    }
  }

  private static InferenceException tooLarge(SchemaNode node, RuntimeException e) {
    return Refusal.tooLarge(
        node.pointer(), e.getMessage() + " Take fewer or simpler schemas there.");
  }

  private static ValueSet complement(SchemaNode node, ValueSet values) {
    return values
        .complement()
        .orElseThrow(
            () ->
                Refusal.of(
                    node,
                    "not",
                    "what does not fulfil this schema cannot be described; say what is allowed."));
  }

  private void spend(SchemaNode node, int more) {
    states += more;
    if (states > MOST_STATES) {
      throw Refusal.tooLarge(
          node.pointer(),
          "up to here its patterns and lengths take more than "
              + MOST_STATES
              + " states together; take fewer or simpler ones.");
    }
  }

  private ValueSet work(SchemaNode node) {
    ValueSet values = known.get(node);
    if (values != null) {
      return values;
    }
    if (!underWay.add(node)) {
      throw new EndlessSchemaException(node);
    }
    if (underWay.size() > DEEPEST) {
      underWay.remove(node);
      throw Refusal.tooLarge(
          node.pointer(), "more than " + DEEPEST + " schemas refer to each other; shorten that.");
    }
    try {
      values = read(node);
      spend(node, values.strings().states());
      known.put(node, values);
      return values;
    } catch (ValueSet.TooManyShapesException | IllegalPatternException e) {
      throw tooLarge(node, e);
    } finally {
      underWay.remove(node);
    }
  }

  private ValueSet read(SchemaNode node) {
    ValueSet values = ValueSet.ALL;
    for (String keyword : keywords(node)) {
      values = values.intersect(of(node, keyword));
    }
    return values;
  }

  /**
   * Returns the keywords of a schema in their order; of those that are read together, the first.
   */
  static List<String> keywords(SchemaNode node) {
    List<String> keywords = new ArrayList<>();
    Set<Set<String>> read = new HashSet<>();
    node.json()
        .fieldNames()
        .forEachRemaining(
            keyword -> {
              if (read.add(group(keyword))) {
                keywords.add(keyword);
              }
            });
    return keywords;
  }

  private static Set<String> group(String keyword) {
    return TOGETHER.stream()
        .filter(group -> group.contains(keyword))
        .findFirst()
        .orElse(Set.of(keyword));
  }

  /** Returns what one keyword allows, together with those that it is read together with. */
  ValueSet of(SchemaNode node, String keyword) {
    if (NumberKeywords.NAMES.contains(keyword)) {
      return NumberKeywords.read(node, keyword);
    }
    if (StringKeywords.NAMES.contains(keyword)) {
      return StringKeywords.read(node, keyword);
    }
    if (ArrayKeywords.NAMES.contains(keyword)) {
      return new ArrayKeywords(document, node).read(keyword);
    }
    if (ObjectKeywords.NAMES.contains(keyword)) {
      return new ObjectKeywords(document, this, node).read(keyword);
    }
    return switch (keyword) {
      case "type" -> Types.read(node);
      case "const", "enum" -> new Constants(document, node).read(keyword);
      case "$ref" -> work(document.reference(node));
      case "allOf" -> allOf(node);
      case "anyOf" -> anyOf(node);
      case "oneOf" -> new ExclusiveChoice(this, node).read(children(node, keyword));
      case "not" -> not(node);
      case "if", "then", "else" -> conditional(node);
      default -> ValueSet.ALL;
    };
  }

  /** Returns the schemas that {@code allOf}, {@code anyOf} or {@code oneOf} names. */
  List<Conjunction> children(SchemaNode node, String keyword) {
    Fields fields = new Fields(node);
    List<Conjunction> children =
        fields.elements(keyword).stream()
            .map(schema -> document.child(node, keyword, schema))
            .toList();
    if (children.isEmpty()) {
      throw fields.refusal(keyword, "it has no schemas; give it some, or leave it out.");
    }
    return children;
  }

  private ValueSet allOf(SchemaNode node) {
    ValueSet values = ValueSet.ALL;
    for (Conjunction child : children(node, "allOf")) {
      values = values.intersect(work(child));
    }
    return values;
  }

  private ValueSet anyOf(SchemaNode node) {
    ValueSet values = ValueSet.NONE;
    for (Conjunction child : children(node, "anyOf")) {
      values = values.union(work(child));
    }
    return values;
  }

  private ValueSet not(SchemaNode node) {
    return work(document.child(node, "not", node.json().get("not")))
        .complement()
        .orElseThrow(
            () ->
                Refusal.of(
                    node,
                    "not",
                    "what does not fulfil it cannot be described; say what is allowed."));
  }

  private ValueSet conditional(SchemaNode node) {
    Fields fields = new Fields(node);
    if (!fields.has("if") || !(fields.has("then") || fields.has("else"))) {
      return ValueSet.ALL;
    }
    ValueSet condition = work(document.child(node, "if", node.json().get("if")));
    ValueSet otherwise =
        condition
            .complement()
            .orElseThrow(
                () ->
                    Refusal.of(
                        node,
                        "if",
                        "what does not fulfil it cannot be described; write the cases as"
                            + " \"anyOf\"."));
    return condition
        .intersect(consequence(node, "then"))
        .union(otherwise.intersect(consequence(node, "else")));
  }

  private ValueSet consequence(SchemaNode node, String keyword) {
    JsonNode schema = node.json().get(keyword);
    return schema == null ? ValueSet.ALL : work(document.child(node, keyword, schema));
  }
}
