package io.edgellm.inference.quantize;

import io.edgellm.inference.quantize.QuantizationException.Reason;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What a {@link StaticQuantizer} does.
 *
 * @param activations what activations are rounded to
 * @param perChannel whether weights have a scale for each output instead of one for the matrix
 * @param operators the types of nodes whose inputs and outputs are rounded, of {@link #SUPPORTED}
 * @param keep names of nodes that stay in fp32; {@code *} stands for any run of characters
 */
public record StaticRecipe(
    ActivationType activations,
    boolean perChannel,
    SortedSet<String> operators,
    List<String> keep) {

  /** The operators that can be rounded. */
  public static final SortedSet<String> SUPPORTED =
      sorted(
          Set.of(
              "Add",
              "Concat",
              "Flatten",
              "Gather",
              "Gemm",
              "MatMul",
              "Mul",
              "Reshape",
              "Sigmoid",
              "Slice",
              "Softmax",
              "Split",
              "Squeeze",
              "Transpose",
              "Unsqueeze"));

  /**
   * The matrix products and what only moves numbers: nearly all of the work and of the memory. Sums
   * of residuals, norms and the softmax stay in fp32.
   */
  public static final SortedSet<String> PRODUCTS =
      sorted(
          Set.of(
              "Concat",
              "Flatten",
              "Gemm",
              "MatMul",
              "Reshape",
              "Slice",
              "Split",
              "Squeeze",
              "Transpose",
              "Unsqueeze"));

  /**
   * @throws QuantizationException with {@code INVALID_RECIPE} if there is no such operator
   */
  public StaticRecipe {
    Objects.requireNonNull(activations);
    operators = sorted(operators);
    keep = List.copyOf(keep);
    for (String operator : operators) {
      if (!SUPPORTED.contains(operator)) {
        throw new QuantizationException(
            Reason.INVALID_RECIPE,
            operator + " cannot be rounded; the operators that can are " + SUPPORTED + ".",
            operator);
      }
    }
  }

  /**
   * Returns a recipe for {@link #PRODUCTS} with a scale for each output, without exceptions.
   *
   * @param activations what activations are rounded to
   */
  public static StaticRecipe of(ActivationType activations) {
    return new StaticRecipe(activations, true, PRODUCTS, List.of());
  }

  /**
   * Returns this recipe for other operators.
   *
   * @param others the types of nodes
   */
  public StaticRecipe withOperators(Set<String> others) {
    return new StaticRecipe(activations, perChannel, sorted(others), keep);
  }

  /**
   * Returns this recipe with one more exception.
   *
   * @param nodes names, with {@code *} for any run of characters
   */
  public StaticRecipe keeping(String nodes) {
    List<String> more = new ArrayList<>(keep);
    more.add(nodes);
    return new StaticRecipe(activations, perChannel, operators, more);
  }

  /** Returns this recipe with one scale for each matrix. */
  public StaticRecipe perTensor() {
    return new StaticRecipe(activations, false, operators, keep);
  }

  private static SortedSet<String> sorted(Set<String> names) {
    return Collections.unmodifiableSortedSet(new TreeSet<>(names));
  }
}
