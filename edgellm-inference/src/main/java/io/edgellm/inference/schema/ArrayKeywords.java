package io.edgellm.inference.schema;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads the keywords about arrays. */
final class ArrayKeywords {
  static final Set<String> ITEMS =
      Set.of("items", "additionalItems", "prefixItems", "unevaluatedItems");
  static final Set<String> CONTAINS = Set.of("contains", "minContains", "maxContains");
  static final Set<String> NAMES = names();

  private final SchemaDocument document;
  private final SchemaNode node;
  private final Fields fields;

  ArrayKeywords(SchemaDocument document, SchemaNode node) {
    this.document = document;
    this.node = node;
    this.fields = new Fields(node);
  }

  private static Set<String> names() {
    Set<String> names = new HashSet<>(Set.of("minItems", "maxItems", "uniqueItems"));
    names.addAll(ITEMS);
    names.addAll(CONTAINS);
    return Set.copyOf(names);
  }

  ValueSet read(String keyword) {
    if (ITEMS.contains(keyword)) {
      return arrays(items());
    }
    if (CONTAINS.contains(keyword)) {
      return contains();
    }
    return switch (keyword) {
      case "minItems" -> ofLength(fields.count(keyword).orElseThrow(), ArrayShape.UNBOUNDED);
      case "maxItems" -> ofLength(0, fields.count(keyword).orElseThrow());
      default -> fields.flag("uniqueItems") ? arrays(ArrayShape.withUniqueItems()) : ValueSet.ALL;
    };
  }

  private static ValueSet arrays(ArrayShape shape) {
    return ValueSet.ALL.withArrays(List.of(shape));
  }

  private static ValueSet ofLength(int min, int max) {
    return min > max ? ValueSet.ALL.withArrays(List.of()) : arrays(ArrayShape.ofLength(min, max));
  }

  /** Until draft 2019-09 {@code items} was what {@code prefixItems} is now, if it was an array. */
  private ArrayShape items() {
    boolean older = fields.value("items").map(JsonNode::isArray).orElse(false);
    if (older && fields.has("prefixItems")) {
      throw fields.refusal("items", "beside \"prefixItems\" it is a schema; correct it.");
    }
    if (!older && fields.has("additionalItems")) {
      throw fields.refusal("additionalItems", "without an array as \"items\" it has no meaning.");
    }
    String first = older ? "items" : "prefixItems";
    String rest = older ? "additionalItems" : "items";
    List<Conjunction> prefix = new ArrayList<>();
    for (JsonNode item : fields.elements(first)) {
      prefix.add(document.child(node, first, item));
    }
    Optional<Conjunction> further =
        fields.value(rest).map(schema -> document.child(node, rest, schema));
    return ArrayShape.of(prefix, further.orElseGet(this::unevaluated));
  }

  private Conjunction unevaluated() {
    return Unevaluated.of(document, node, "unevaluatedItems", Set.of("contains"));
  }

  private ValueSet contains() {
    Optional<JsonNode> schema = fields.value("contains");
    if (schema.isEmpty()) {
      return ValueSet.ALL;
    }
    Conjunction contained = document.child(node, "contains", schema.get());
    int min = fields.count("minContains").orElse(1);
    int max = fields.count("maxContains").orElse(ArrayShape.UNBOUNDED);
    if (contained.isTrue()) {
      return ofLength(min, max);
    }
    if (min == 0 && max == ArrayShape.UNBOUNDED) {
      return ValueSet.ALL;
    }
    if (contained.isFalse()) {
      return min == 0 ? ValueSet.ALL : ValueSet.ALL.withArrays(List.of());
    }
    throw fields.refusal(
        "contains",
        "items are written one after the other, and none is known to be the one; describe the"
            + " items by \"prefixItems\" or \"items\", or check it afterwards.");
  }
}
