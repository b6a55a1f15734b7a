package io.edgellm.inference.quantize;

import io.edgellm.inference.quantize.QuantizationException.Reason;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a quantization does: one format for every MatMul with a constant weight, and rules for the
 * exceptions. The first rule that matches a node decides.
 *
 * <pre>{@code
 * QuantizationRecipe recipe =
 *     QuantizationRecipe.of(new BlockFormat(4, 32, true))
 *         .with(new NodeRule.UseFormat(new NodeSelector.LastMatMul(), new BlockFormat(8, 32, true)))
 *         .with(new NodeRule.KeepFloat("*router*"));
 * }</pre>
 *
 * @param format how weights are stored where no rule says otherwise
 * @param method how the scales of blocks are found
 * @param accuracyLevel what the matrix product computes in, as ONNX Runtime's MatMulNBits numbers
 *     it: 0 unset, 1 fp32, 2 fp16, 3 bf16, 4 int8. Level 4 decodes 3.5 to 4 times faster than 0 and
 *     1 on CPUs, and its error is far below that of four-bit weights
 * @param embedding how the table that tokens are looked up in is stored, or null to leave it in
 *     fp32
 * @param rules the exceptions, in order
 * @param base a quantized model whose scales are taken where the weights fit them, so that codes
 *     that did not change stay the same bytes; or null
 * @param shards whether the weights lie in one file for each block of the network, as {@code
 *     io.edgellm.inference.shard} lays them out, or all in one
 */
public record QuantizationRecipe(
    WeightFormat format,
    BlockMethod method,
    int accuracyLevel,
    @Nullable BlockFormat embedding,
    List<NodeRule> rules,
    @Nullable Path base,
    boolean shards) {
  /** The accuracy level of {@link #of}: int8 activations. */
  public static final int INT8_ACTIVATIONS = 4;

  /**
   * @throws QuantizationException with {@code INVALID_RECIPE} if there is no such accuracy level
   */
  public QuantizationRecipe {
    Objects.requireNonNull(format);
    Objects.requireNonNull(method);
    rules = List.copyOf(rules);
    if (accuracyLevel < 0 || accuracyLevel > INT8_ACTIVATIONS) {
      throw new QuantizationException(
          Reason.INVALID_RECIPE,
          "The accuracy level is from 0 (unset) to 4 (int8), not " + accuracyLevel + ".",
          "accuracyLevel");
    }
  }

  /**
   * Returns a recipe without exceptions that rounds to nearest, computes with int8 activations,
   * leaves the embedding in fp32 and writes one file of weights.
   *
   * @param format how weights are stored
   */
  public static QuantizationRecipe of(WeightFormat format) {
    return new QuantizationRecipe(
        format, BlockMethod.ROUND_TO_NEAREST, INT8_ACTIVATIONS, null, List.of(), null, false);
  }

  /**
   * Returns this recipe with one more exception, after those it has.
   *
   * @param rule the exception
   */
  public QuantizationRecipe with(NodeRule rule) {
    List<NodeRule> more = new ArrayList<>(rules);
    more.add(rule);
    return new QuantizationRecipe(format, method, accuracyLevel, embedding, more, base, shards);
  }

  /**
   * Returns this recipe with another way to find the scales of blocks.
   *
   * @param other the method
   */
  public QuantizationRecipe withMethod(BlockMethod other) {
    return new QuantizationRecipe(format, other, accuracyLevel, embedding, rules, base, shards);
  }

  /**
   * Returns this recipe with another accuracy level.
   *
   * @param level from 0 to 4
   */
  public QuantizationRecipe withAccuracyLevel(int level) {
    return new QuantizationRecipe(format, method, level, embedding, rules, base, shards);
  }

  /**
   * Returns this recipe with the embedding in blocks too.
   *
   * @param table how the table that tokens are looked up in is stored
   */
  public QuantizationRecipe withEmbedding(BlockFormat table) {
    return new QuantizationRecipe(format, method, accuracyLevel, table, rules, base, shards);
  }

  /**
   * Returns this recipe with the scales of a model that devices have.
   *
   * @param model its directory
   */
  public QuantizationRecipe withBase(Path model) {
    return new QuantizationRecipe(format, method, accuracyLevel, embedding, rules, model, shards);
  }

  /** Returns this recipe with the weights in one file for each block of the network. */
  public QuantizationRecipe withShards() {
    return new QuantizationRecipe(format, method, accuracyLevel, embedding, rules, base, true);
  }
}
