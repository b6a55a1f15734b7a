package io.edgellm.delta;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Counts half bytes. */
final class HalfBytes {
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long LOWEST = 0x1111_1111_1111_1111L;

  private HalfBytes() {}

  /** Returns how many half bytes of two ranges differ. */
  static int different(byte[] a, int atA, byte[] b, int atB, int length) {
    int count = 0;
    int i = 0;
    for (; i + Long.BYTES <= length; i += Long.BYTES) {
      count += nonZero((long) LONG.get(a, atA + i) ^ (long) LONG.get(b, atB + i));
    }
    for (; i < length; i++) {
      count += nonZero((a[atA + i] ^ b[atB + i]) & 0xFF);
    }
    return count;
  }

  private static int nonZero(long bits) {
    return Long.bitCount((bits | (bits >>> 1) | (bits >>> 2) | (bits >>> 3)) & LOWEST);
  }
}
