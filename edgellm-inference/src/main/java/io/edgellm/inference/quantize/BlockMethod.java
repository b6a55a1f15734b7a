package io.edgellm.inference.quantize;

/** How the scale and the zero point of a block are found. None needs calibration data. */
public enum BlockMethod {
  /** From the smallest and the largest weight of the block; every weight to the nearest code. */
  ROUND_TO_NEAREST,
  /**
   * Half-quadratic quantization: scales, and zero points where the format stores them, are searched
   * that give a small error in the norm of 3/4. Better than {@link #ROUND_TO_NEAREST} at four bits,
   * of the same size and as fast to decode; it takes some twenty times longer to make.
   */
  HQQ
}
