package io.edgellm.inference.onnx;

import ai.onnx.proto.OnnxMl.TensorProto.DataType;

/** What a tensor consists of. */
public enum ElementType {
  /** 32-bit floating point. */
  FLOAT(DataType.FLOAT, 4),
  /** 16-bit floating point, IEEE 754. */
  FLOAT16(DataType.FLOAT16, 2),
  /** The upper half of 32-bit floating point. */
  BFLOAT16(DataType.BFLOAT16, 2),
  /** Unsigned bytes; also what blocks of fewer bits are packed in. */
  UINT8(DataType.UINT8, 1),
  /** Signed bytes. */
  INT8(DataType.INT8, 1),
  /** Unsigned 16-bit integers. */
  UINT16(DataType.UINT16, 2),
  /** 32-bit integers. */
  INT32(DataType.INT32, 4),
  /** 64-bit integers. */
  INT64(DataType.INT64, 8),
  /** Truth values of one byte. */
  BOOL(DataType.BOOL, 1);

  private final int number;
  private final int bytes;

  ElementType(DataType type, int bytes) {
    this.number = type.getNumber();
    this.bytes = bytes;
  }

  /** Returns the number that ONNX gives to this type. */
  public int number() {
    return number;
  }

  /** Returns the bytes of one element. */
  public int bytes() {
    return bytes;
  }
}
