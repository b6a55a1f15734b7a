package io.edgellm.inference.grammar;

import java.nio.charset.StandardCharsets;

/**
 * A set of byte values, 0 to 255, as 256 bits: an immutable value.
 *
 * @param bits0 the values 0 to 63
 * @param bits64 the values 64 to 127
 * @param bits128 the values 128 to 191
 * @param bits192 the values 192 to 255
 */
public record ByteSet(long bits0, long bits64, long bits128, long bits192) {
  /** No value at all. */
  public static final ByteSet NONE = new ByteSet(0, 0, 0, 0);

  /** Every value. */
  public static final ByteSet ALL = new ByteSet(-1, -1, -1, -1);

  /**
   * Returns the values of a range.
   *
   * @param from the first
   * @param to the last, which belongs to it
   * @throws IllegalArgumentException unless {@code 0 <= from <= to <= 255}
   */
  public static ByteSet range(int from, int to) {
    if (from < 0 || from > to || to > 255) {
      throw new IllegalArgumentException("There is no range of bytes " + from + " to " + to + ".");
    }
    ByteSet set = NONE;
    for (int value = from; value <= to; value++) {
      set = set.with(value);
    }
    return set;
  }

  /** Returns the bytes of the characters of an ASCII text. */
  public static ByteSet of(String ascii) {
    ByteSet set = NONE;
    for (byte value : ascii.getBytes(StandardCharsets.UTF_8)) {
      if (value < 0) {
        throw new IllegalArgumentException("Not all of it is ASCII: " + ascii);
      }
      set = set.with(value);
    }
    return set;
  }

  private ByteSet with(int value) {
    long bit = 1L << value;
    return switch (value >> 6) {
      case 0 -> new ByteSet(bits0 | bit, bits64, bits128, bits192);
      case 1 -> new ByteSet(bits0, bits64 | bit, bits128, bits192);
      case 2 -> new ByteSet(bits0, bits64, bits128 | bit, bits192);
      default -> new ByteSet(bits0, bits64, bits128, bits192 | bit);
    };
  }

  /** Returns the values that are in this set or in the other. */
  public ByteSet or(ByteSet o) {
    return new ByteSet(
        bits0 | o.bits0, bits64 | o.bits64, bits128 | o.bits128, bits192 | o.bits192);
  }

  /** Returns the values that are not in this set. */
  public ByteSet not() {
    return new ByteSet(~bits0, ~bits64, ~bits128, ~bits192);
  }

  /** Whether a value, 0 to 255, is in the set. */
  public boolean contains(int value) {
    long word =
        switch (value >> 6) {
          case 0 -> bits0;
          case 1 -> bits64;
          case 2 -> bits128;
          default -> bits192;
        };
    return (word >>> value & 1) != 0;
  }
}
