package io.edgellm.inference.quantize;

/**
 * Eight bits with one scale for the whole matrix or for each of its columns, and activations that
 * are rounded to eight bits while the model runs: DynamicQuantizeLinear, then MatMulInteger.
 *
 * @param perChannel true for a scale and zero point for each column, which is better; false for one
 *     of the whole matrix
 * @param reduceRange true for seven bits in the eight, for processors that add up products of bytes
 *     in sixteen bits (x86-64 before VNNI)
 */
public record DynamicInt8(boolean perChannel, boolean reduceRange) implements WeightFormat {}
