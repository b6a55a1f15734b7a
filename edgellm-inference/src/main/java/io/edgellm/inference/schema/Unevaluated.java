package io.edgellm.inference.schema;

import java.util.Collection;
import java.util.List;
import java.util.Set;

/**
 * Reads {@code unevaluatedItems} and {@code unevaluatedProperties}. Where no other schema describes
 * the same value, they say what {@code items} and {@code additionalProperties} say.
 */
final class Unevaluated {
  private Unevaluated() {}

  /**
   * @param others keywords beside which it is not known either what is unevaluated
   */
  static Conjunction of(
      SchemaDocument document, SchemaNode node, String keyword, Set<String> others) {
    Fields fields = new Fields(node);
    if (!fields.has(keyword)) {
      return Conjunction.TRUE;
    }
    Conjunction values = document.child(node, keyword, node.json().get(keyword));
    boolean alone =
        List.of(Keywords.IN_PLACE, others).stream()
            .flatMap(Collection::stream)
            .noneMatch(fields::has);
    if (alone || values.isTrue()) {
      return values;
    }
    throw fields.refusal(
        keyword,
        "what is unevaluated depends on which of several schemas hold; give each of them"
            + " \"additionalProperties\" or \"items\".");
  }
}
