package io.edgellm.inference.quantize;

/** How the scale and the zero point of a block are found. None needs calibration data. */
public enum BlockMethod {
  /** From the smallest and the largest weight of the block; every weight to the nearest code. */
  ROUND_TO_NEAREST,
  /** Half-quadratic quantization: zero points are searched that give small errors. */
  HQQ
}
