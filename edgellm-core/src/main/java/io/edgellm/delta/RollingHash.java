package io.edgellm.delta;

/**
 * The hash of a window of bytes that moves on byte by byte (Karp and Rabin 1987), modulo 2^64; its
 * bits are mixed before they are used, since the low ones of such a hash know only the last bytes.
 */
final class RollingHash {
  static final int WINDOW = 32;

  private static final long FACTOR = 0x9E37_79B9_7F4A_7C15L;
  private static final long OUT = power(WINDOW);

  private long sum;

  private static long power(int exponent) {
    long power = 1;
    for (int i = 0; i < exponent; i++) {
      power *= FACTOR;
    }
    return power;
  }

  /** Begins with the window that ends before {@code end}. */
  void start(byte[] bytes, int end) {
    sum = 0;
    for (int i = end - WINDOW; i < end; i++) {
      sum = sum * FACTOR + bytes[i] + 1;
    }
  }

  /** Moves on: a byte comes in, and the one {@link #WINDOW} before it leaves. */
  void roll(byte in, byte out) {
    sum = sum * FACTOR + in + 1 - OUT * (out + 1);
  }

  long mixed() {
    long z = (sum ^ (sum >>> 32)) * 0xD6E8_FEB8_6659_FD93L;
    return z ^ (z >>> 32);
  }
}
