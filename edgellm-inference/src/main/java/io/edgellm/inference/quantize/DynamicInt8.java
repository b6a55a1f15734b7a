package io.edgellm.inference.quantize;

import java.util.Map;

/**
 * Eight bits with one scale for the whole matrix or for each of its columns, and activations that
 * are rounded to eight bits while the model runs: DynamicQuantizeLinear, then MatMulInteger.
 *
 * <p>The runtime rounds to the range of all numbers that it computes at once: prompts in a batch,
 * or a longer piece of a prompt, change the result a little.
 *
 * @param perChannel true for a scale and zero point for each column, which is better where products
 *     are added up exactly; false for one of the whole matrix
 * @param reduceRange true for seven bits in the eight, for processors that add up two products of
 *     bytes in sixteen bits, and cut off what does not fit (x86-64 without VNNI)
 */
public record DynamicInt8(boolean perChannel, boolean reduceRange) implements WeightFormat {
  /** Returns the settings as a release manifest names them. */
  Map<String, String> knobs() {
    return Map.of(
        "perChannel", Boolean.toString(perChannel), "reduceRange", Boolean.toString(reduceRange));
  }
}
