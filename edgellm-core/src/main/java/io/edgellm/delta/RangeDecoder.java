package io.edgellm.delta;

/** The other side of {@link RangeEncoder}; it reads no byte beyond its input. */
final class RangeDecoder extends BinaryCoder {
  private final byte[] bytes;
  private final int end;
  private int next;
  private long range = 0xFFFF_FFFFL;
  private long code;

  RangeDecoder(byte[] bytes, int offset, int length) {
    this.bytes = bytes;
    this.next = offset;
    this.end = offset + length;
    for (int i = 0; i < 4; i++) {
      code = (code << 8) | nextByte();
    }
  }

  @Override
  int code(int ignored, int[] probabilities, int index) {
    int state = probabilities[index];
    long bound = (range >>> RangeEncoder.PROBABILITY_BITS) * zeroIn15Bits(state);
    int bit;
    if (code < bound) {
      range = bound;
      bit = 0;
    } else {
      code -= bound;
      range -= bound;
      bit = 1;
    }
    probabilities[index] = learned(state, bit);
    if (range < RangeEncoder.TOP) {
      normalize();
    }
    return bit;
  }

  @Override
  int codeEvenly(int ignored, int count) {
    int value = 0;
    for (int i = 0; i < count; i++) {
      range >>>= 1;
      int bit = 0;
      if (code >= range) {
        code -= range;
        bit = 1;
      }
      value = (value << 1) | bit;
      if (range < RangeEncoder.TOP) {
        normalize();
      }
    }
    return value;
  }

  private void normalize() {
    while (range < RangeEncoder.TOP) {
      range = (range << 8) & 0xFFFF_FFFFL;
      code = ((code << 8) | nextByte()) & 0xFFFF_FFFFL;
    }
  }

  private int nextByte() {
    if (next == end) {
      throw DeltaException.malformed("a segment ends too early");
    }
    return bytes[next++] & 0xFF;
  }

  /** Returns whether the input was read to its last byte, as every encoder leaves it. */
  boolean isAtEnd() {
    return next == end;
  }
}
