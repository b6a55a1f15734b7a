package io.edgellm.inference.quantize;

import io.edgellm.inference.quantize.QuantizationException.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * What a quantization does: one format for every MatMul with a constant weight, and rules for the
 * exceptions. The first rule that matches a node decides.
 *
 * <pre>{@code
 * QuantizationRecipe recipe =
 *     QuantizationRecipe.of(new BlockFormat(4, 32, true))
 *         .with(new NodeRule.KeepFloat("*lm_head*"));
 * }</pre>
 *
 * @param format how weights are stored where no rule says otherwise
 * @param accuracyLevel what the matrix product computes in, as ONNX Runtime's MatMulNBits numbers
 *     it: 0 unset, 1 fp32, 2 fp16, 3 bf16, 4 int8. Level 4 decodes 3.5 to 4 times faster than 0 and
 *     1 on CPUs, and its error is far below that of four-bit weights
 * @param rules the exceptions, in order
 */
public record QuantizationRecipe(BlockFormat format, int accuracyLevel, List<NodeRule> rules) {
  /** The accuracy level of {@link #of}: int8 activations. */
  public static final int INT8_ACTIVATIONS = 4;

  /**
   * @throws QuantizationException with {@code INVALID_RECIPE} if there is no such accuracy level
   */
  public QuantizationRecipe {
    Objects.requireNonNull(format);
    rules = List.copyOf(rules);
    if (accuracyLevel < 0 || accuracyLevel > INT8_ACTIVATIONS) {
      throw new QuantizationException(
          Reason.INVALID_RECIPE,
          "The accuracy level is from 0 (unset) to 4 (int8), not " + accuracyLevel + ".",
          "accuracyLevel");
    }
  }

  /**
   * Returns a recipe without exceptions that computes with int8 activations.
   *
   * @param format how weights are stored
   */
  public static QuantizationRecipe of(BlockFormat format) {
    return new QuantizationRecipe(format, INT8_ACTIVATIONS, List.of());
  }

  /**
   * Returns this recipe with one more exception, after those it has.
   *
   * @param rule the exception
   */
  public QuantizationRecipe with(NodeRule rule) {
    List<NodeRule> more = new ArrayList<>(rules);
    more.add(rule);
    return new QuantizationRecipe(format, accuracyLevel, more);
  }

  /**
   * Returns this recipe with another accuracy level.
   *
   * @param level from 0 to 4
   */
  public QuantizationRecipe withAccuracyLevel(int level) {
    return new QuantizationRecipe(format, level, rules);
  }
}
