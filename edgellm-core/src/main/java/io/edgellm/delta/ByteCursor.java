package io.edgellm.delta;

/** Reads bytes from a part of an array, and none beyond it. */
final class ByteCursor {
  private static final int MAX_SHIFT = 63;

  private final byte[] bytes;
  private final int end;
  private int next;

  ByteCursor(byte[] bytes, int offset, int length) {
    this.bytes = bytes;
    this.next = offset;
    this.end = offset + length;
  }

  int position() {
    return next;
  }

  int remaining() {
    return end - next;
  }

  int unsignedByte() {
    if (next == end) {
      throw DeltaException.malformed("a field is cut off");
    }
    return bytes[next++] & 0xFF;
  }

  /** Returns a {@link VarInt} of up to 63 bits. */
  long varInt() {
    long value = 0;
    for (int shift = 0; shift < MAX_SHIFT; shift += 7) {
      int part = unsignedByte();
      value |= (long) (part & 0x7F) << shift;
      if (part < 0x80) {
        return value;
      }
    }
    throw DeltaException.malformed("a number is too long");
  }

  /** Returns a number from 0 to a bound. */
  int varInt(int max) {
    long value = varInt();
    if (value > max) {
      throw DeltaException.malformed("a number is too large");
    }
    return (int) value;
  }

  void requireEnd() {
    if (next != end) {
      throw DeltaException.malformed("bytes after the last field");
    }
  }
}
