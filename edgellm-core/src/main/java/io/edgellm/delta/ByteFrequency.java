package io.edgellm.delta;

/** What bytes cost if each is told by its frequency alone. */
final class ByteFrequency {
  private ByteFrequency() {}

  /** Returns the entropy of the bytes of a range, 0 to 8. */
  static double bitsPerByte(byte[] bytes, int from, int to) {
    int[] counts = new int[256];
    for (int i = from; i < to; i++) {
      counts[bytes[i] & 0xFF]++;
    }
    double bits = 0;
    for (int count : counts) {
      if (count > 0) {
        bits -= count * StrictMath.log((double) count / (to - from));
      }
    }
    return bits / StrictMath.log(2) / (to - from);
  }
}
