package io.edgellm.delta;

import java.util.Arrays;

/**
 * The range coder of LZMA (Martin 1979; Pavlov, LZMA SDK, public domain), with probabilities of 15
 * bits.
 *
 * <p>It grows its output; the first byte of LZMA's stream, which is always 0, is left out.
 */
final class RangeEncoder extends BinaryCoder {
  static final long TOP = 1L << 24;
  static final int PROBABILITY_BITS = 15;

  private byte[] bytes = new byte[1 << 16];
  private int length;
  private long low;
  private long range = 0xFFFF_FFFFL;
  private int cache;
  private long pending = 1;
  private boolean started;
  private boolean used;

  @Override
  int code(int bit, int[] probabilities, int index) {
    int state = probabilities[index];
    long bound = (range >>> PROBABILITY_BITS) * zeroIn15Bits(state);
    if (bit == 0) {
      range = bound;
    } else {
      low += bound;
      range -= bound;
    }
    probabilities[index] = learned(state, bit);
    normalize();
    return bit;
  }

  @Override
  int codeEvenly(int value, int count) {
    for (int i = count - 1; i >= 0; i--) {
      range >>>= 1;
      if (((value >>> i) & 1) != 0) {
        low += range;
      }
      normalize();
    }
    return value;
  }

  private void normalize() {
    used = true;
    while (range < TOP) {
      range = (range << 8) & 0xFFFF_FFFFL;
      shiftLow();
    }
  }

  private void shiftLow() {
    if (low < 0xFF00_0000L || low > 0xFFFF_FFFFL) {
      int carry = (int) (low >>> 32);
      if (started) {
        append(cache + carry);
      }
      started = true;
      for (; pending > 1; pending--) {
        append(0xFF + carry);
      }
      pending = 0;
      cache = (int) (low >>> 24) & 0xFF;
    }
    pending++;
    low = (low & 0x00FF_FFFFL) << 8;
  }

  private void append(int value) {
    if (length == bytes.length) {
      bytes = Arrays.copyOf(bytes, 2 * length);
    }
    bytes[length++] = (byte) value;
  }

  /**
   * Writes what is still inside and returns everything, which is nothing if nothing was coded; the
   * coder is used up.
   */
  byte[] finish() {
    if (!used) {
      return new byte[0];
    }
    for (int i = 0; i < 5; i++) {
      shiftLow();
    }
    return Arrays.copyOf(bytes, length);
  }
}
