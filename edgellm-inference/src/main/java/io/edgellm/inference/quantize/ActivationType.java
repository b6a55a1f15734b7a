package io.edgellm.inference.quantize;

/** What activations are rounded to where ranges are fixed beforehand. */
public enum ActivationType {
  /** Eight bits without a sign: what most NPUs and the CPU kernels of ONNX Runtime take. */
  UINT8(IntegerType.UINT8),
  /** Eight bits with a sign. */
  INT8(IntegerType.INT8),
  /**
   * Sixteen bits without a sign: as exact as 16-bit floating point for most decoders. Before opset
   * 21 the operators are those of {@code com.microsoft}.
   */
  UINT16(IntegerType.UINT16);

  private final IntegerType type;

  ActivationType(IntegerType type) {
    this.type = type;
  }

  IntegerType type() {
    return type;
  }
}
