package io.edgellm.delta;

import java.io.ByteArrayOutputStream;

/** Unsigned LEB128: seven bits per byte, the lowest first; the high bit says that more follow. */
final class VarInt {
  private VarInt() {}

  static void write(ByteArrayOutputStream out, long value) {
    long rest = value;
    for (; (rest & ~0x7FL) != 0; rest >>>= 7) {
      out.write((int) (rest & 0x7F) | 0x80);
    }
    out.write((int) rest);
  }

  /** Small numbers of either sign become small numbers: 0, -1, 1, -2, … become 0, 1, 2, 3, … */
  static long zigzag(long value) {
    return (value << 1) ^ (value >> 63);
  }

  static long unzigzag(long value) {
    return (value >>> 1) ^ -(value & 1);
  }
}
