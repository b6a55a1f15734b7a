package io.edgellm.inference.quantize;

/**
 * Whole numbers that stand for real ones: {@code value = scale * (code - zeroPoint)}.
 *
 * <p>Scale, zero point and codes are those of {@code onnxruntime.quantization} ({@code
 * compute_scale_zp}, {@code quantize_nparray}), to the bit: the scale is divided out in 64 bits and
 * stored in 32, numbers are divided by it in 32 bits, and halves are rounded to even.
 *
 * @param scale what one step stands for
 * @param zeroPoint the code of zero
 * @param type what codes are stored as
 */
record LinearCode(float scale, int zeroPoint, IntegerType type) {

  /** Returns the codes for numbers up to a magnitude, with zero in the middle. */
  static LinearCode symmetric(float magnitude, IntegerType type, int highest) {
    double scale = 2.0 * magnitude / (2.0 * highest);
    return scale < Float.MIN_NORMAL
        ? new LinearCode(1, 0, type)
        : new LinearCode((float) scale, 0, type);
  }

  /** Returns the codes of a type for numbers of a range, which is widened to hold zero. */
  static LinearCode asymmetric(float lowest, float highest, IntegerType type) {
    float low = Math.min(lowest, 0f);
    float high = Math.max(highest, 0f);
    double scale = (double) (high - low) / ((double) type.highest() - type.lowest());
    if (scale < Float.MIN_NORMAL) {
      return new LinearCode(1, 0, type);
    }
    return new LinearCode((float) scale, (int) Math.rint(type.lowest() - low / scale), type);
  }

  /** Returns the code of a number. */
  int code(float value) {
    double code = Math.rint(value / scale) + zeroPoint;
    return (int) Math.max(type.lowest(), Math.min(type.highest(), code));
  }
}
