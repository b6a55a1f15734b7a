package io.edgellm.inference.quantize;

import io.edgellm.inference.onnx.ElementType;

/** What linear codes are stored as. */
enum IntegerType {
  INT8(ElementType.INT8, Byte.MIN_VALUE, Byte.MAX_VALUE),
  UINT8(ElementType.UINT8, 0, 255),
  UINT16(ElementType.UINT16, 0, 65535);

  private final ElementType element;
  private final int lowest;
  private final int highest;

  IntegerType(ElementType element, int lowest, int highest) {
    this.element = element;
    this.lowest = lowest;
    this.highest = highest;
  }

  ElementType element() {
    return element;
  }

  int lowest() {
    return lowest;
  }

  int highest() {
    return highest;
  }
}
