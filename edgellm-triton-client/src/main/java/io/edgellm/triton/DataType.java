package io.edgellm.triton;

import java.util.Locale;

/**
 * The element types of the protocol. All numbers are little-endian; unsigned types and the two
 * half-precision types travel as raw bytes, since Java has no type for them.
 */
public enum DataType {
  /** One byte, 0 or 1. */
  BOOL(1),
  UINT8(1),
  UINT16(2),
  UINT32(4),
  UINT64(8),
  INT8(1),
  INT16(2),
  INT32(4),
  INT64(8),
  /** IEEE 754 half precision; binary only. */
  FP16(2),
  /** The upper half of an FP32; binary only. */
  BF16(2),
  FP32(4),
  FP64(8),
  /** Byte strings: each a 32-bit length and that many bytes. */
  BYTES(0);

  private final int elementBytes;

  DataType(int elementBytes) {
    this.elementBytes = elementBytes;
  }

  /** Returns the size of one element in bytes, 0 for {@link #BYTES}. */
  public int elementBytes() {
    return elementBytes;
  }

  /** Reads the name that requests, answers and metadata use, such as {@code FP32}. */
  static DataType ofWire(String name, String at) {
    for (DataType type : values()) {
      if (type.name().equals(name)) {
        return type;
      }
    }
    throw TritonException.protocol("Unknown data type " + Answer.printable(name) + ".", at);
  }

  /** Reads the name that model configurations use, such as {@code TYPE_FP32}. */
  static DataType ofConfig(String name, String at) {
    String upper = name.toUpperCase(Locale.ROOT);
    return upper.equals("TYPE_STRING") ? BYTES : ofWire(upper.replaceFirst("^TYPE_", ""), at);
  }
}
