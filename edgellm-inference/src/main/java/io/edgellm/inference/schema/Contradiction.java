package io.edgellm.inference.schema;

import com.fasterxml.jackson.databind.JsonNode;
import io.edgellm.llm.InferenceException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Says why nothing can satisfy a schema: which required part has no value, and which of its
 * keywords contradict each other, as few of them as do.
 */
final class Contradiction {
  private static final int LONGEST_QUOTE = 60;

  private final SchemaDocument document;
  private final SchemaValues schemas;
  private final Satisfiability satisfiability;
  private final Set<Conjunction> visited = new HashSet<>();

  /** One keyword and what it allows. */
  private record Demand(String text, String place, ValueSet values) {}

  Contradiction(SchemaDocument document, SchemaValues schemas, Satisfiability satisfiability) {
    this.document = document;
    this.schemas = schemas;
    this.satisfiability = satisfiability;
  }

  /** Returns the refusal of schemas that have no value. */
  InferenceException of(Conjunction unsatisfiable) {
    if (unsatisfiable.isFalse()) {
      return Refusal.contradiction("#", "it is false; say what is allowed.");
    }
    Conjunction schemas = unsatisfiable;
    while (visited.add(schemas)) {
      ValueSet values = this.schemas.of(schemas);
      if (values.isEmpty()) {
        return conflict(schemas);
      }
      Optional<Conjunction> cause = cause(values);
      if (cause.isEmpty()) {
        return Refusal.contradiction(
            place(schemas),
            "it needs more members than may occur; allow more, or lower" + " \"minProperties\".");
      }
      schemas = cause.get();
    }
    return Refusal.contradiction(
        place(schemas),
        "each of its values would hold another one of the same kind, without end; make that"
            + " optional, or allow null in its place.");
  }

  private static String place(Conjunction schemas) {
    return schemas.parts().get(0).node().pointer();
  }

  /** Returns an item or member without which there is no value, and which has none itself. */
  private Optional<Conjunction> cause(ValueSet values) {
    for (ObjectShape shape : values.objects()) {
      for (String name : shape.required()) {
        if (!satisfiability.isSatisfiable(shape.member(name))) {
          return Optional.of(shape.member(name));
        }
      }
    }
    return values.arrays().stream()
        .map(shape -> shape.item(satisfiability.mostItems(shape)))
        .filter(item -> !item.isFalse())
        .findFirst();
  }

  private InferenceException conflict(Conjunction schemas) {
    Map<String, Demand> demands = new LinkedHashMap<>();
    for (Conjunction.Part part : schemas.parts()) {
      if (part.negated()) {
        ValueSet values =
            this.schemas.of(Conjunction.not(new Conjunction.Part(part.node(), false)));
        add(demands, new Demand("not this", part.node().pointer(), values));
      } else {
        collect(part.node(), demands, new HashSet<>());
      }
    }
    List<Demand> conflict = fewest(new ArrayList<>(demands.values()));
    String texts = conflict.stream().map(Demand::text).collect(Collectors.joining(" and "));
    boolean one = conflict.size() == 1;
    return Refusal.contradiction(
        place(schemas),
        texts + (one ? " allows no value" : " contradict each other") + "; correct the schema.");
  }

  private void collect(SchemaNode node, Map<String, Demand> demands, Set<SchemaNode> seen) {
    if (!seen.add(node)) {
      return;
    }
    for (String keyword : SchemaValues.keywords(node)) {
      List<Conjunction> inner =
          switch (keyword) {
            case "$ref" -> List.of(document.reference(node));
            case "allOf" -> schemas.children(node, keyword);
            default -> List.of();
          };
      for (Conjunction child : inner) {
        child.parts().forEach(part -> collect(part.node(), demands, seen));
      }
      if (inner.isEmpty() || inner.contains(Conjunction.FALSE)) {
        String text = "\"" + keyword + "\": " + quote(node.json().path(keyword));
        String place = node.pointer() + SchemaNode.step(keyword);
        add(demands, new Demand(text, place, schemas.of(node, keyword)));
      }
    }
  }

  private static void add(Map<String, Demand> demands, Demand demand) {
    if (!demand.values.equals(ValueSet.ALL)) {
      demands.put(demand.place, demand);
    }
  }

  private static String quote(JsonNode value) {
    String text = value.toString();
    return text.length() <= LONGEST_QUOTE ? text : text.substring(0, LONGEST_QUOTE) + "…";
  }

  /** Leaves out each demand without which the others contradict each other still. */
  private static List<Demand> fewest(List<Demand> demands) {
    List<Demand> left = new ArrayList<>(demands);
    for (Demand demand : demands) {
      List<Demand> without = new ArrayList<>(left);
      without.remove(demand);
      if (contradict(without)) {
        left = without;
      }
    }
    return left;
  }

  private static boolean contradict(List<Demand> demands) {
    ValueSet values = ValueSet.ALL;
    for (Demand demand : demands) {
      values = values.intersect(demand.values);
    }
    return values.isEmpty();
  }
}
