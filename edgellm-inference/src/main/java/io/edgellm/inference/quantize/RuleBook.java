package io.edgellm.inference.quantize;

import io.edgellm.inference.quantize.QuantizationException.Reason;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/** Applies the rules of a recipe: the first that matches decides, and each must decide once. */
final class RuleBook {
  private final QuantizationRecipe recipe;
  private final Set<NodeRule> unused;

  RuleBook(QuantizationRecipe recipe) {
    this.recipe = recipe;
    this.unused = new LinkedHashSet<>(recipe.rules());
  }

  /** Returns the rule that decides about a node. */
  Optional<NodeRule> ruleFor(Candidate candidate) {
    Optional<NodeRule> first =
        recipe.rules().stream().filter(rule -> candidate.isSelectedBy(rule.nodes())).findFirst();
    first.ifPresent(unused::remove);
    return first;
  }

  void refuseUnused() {
    for (NodeRule rule : unused) {
      throw new QuantizationException(
          Reason.INVALID_RECIPE,
          "The rule for "
              + rule.nodes()
              + " decides about no MatMul with a constant weight; check the name, and the rules"
              + " before it.",
          rule.nodes().toString());
    }
  }
}
