package io.edgellm.delta;

import java.io.ByteArrayOutputStream;

/** Where the segments of a delta lie: their lengths, each as a {@link VarInt}, in order. */
final class SegmentIndex {
  private final long[] ends;
  private final long start;

  private SegmentIndex(long start, long[] ends) {
    this.start = start;
    this.ends = ends;
  }

  static byte[] encode(int[] lengths) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int length : lengths) {
      VarInt.write(out, length);
    }
    return out.toByteArray();
  }

  /**
   * Reads an index.
   *
   * @param bytes the index, nothing else
   * @param segments how many lengths there must be
   * @param start where the first segment begins in the file
   * @throws DeltaException with {@code MALFORMED}
   */
  static SegmentIndex decode(byte[] bytes, int segments, long start) {
    ByteCursor in = new ByteCursor(bytes, 0, bytes.length);
    long[] ends = new long[segments];
    long end = start;
    for (int i = 0; i < segments; i++) {
      long length = in.varInt();
      if (length > SegmentWriter.MAX_BYTES) {
        throw DeltaException.malformed("the length of a segment");
      }
      end += length;
      ends[i] = end;
    }
    in.requireEnd();
    return new SegmentIndex(start, ends);
  }

  int count() {
    return ends.length;
  }

  long start(int segment) {
    return segment == 0 ? start : ends[segment - 1];
  }

  int length(int segment) {
    return (int) (ends[segment] - start(segment));
  }

  int longest() {
    int longest = 0;
    for (int i = 0; i < count(); i++) {
      longest = Math.max(longest, length(i));
    }
    return longest;
  }

  /** Returns where the last segment ends, which is the end of the file. */
  long end() {
    return ends.length == 0 ? start : ends[ends.length - 1];
  }
}
