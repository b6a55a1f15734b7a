package io.edgellm.delta;

import java.io.IOException;

/**
 * The part of a range of a segment whose counterpart lies inside of the old file.
 *
 * @param from its first byte in the segment
 * @param to the end of it, not before {@code from}
 * @param source where the counterpart begins in the old file
 */
record Overlap(int from, int to, long source) {

  static Overlap of(PositionedFile base, Segment segment, int from, int to, long shift) {
    long offset = segment.position() + shift;
    int first = (int) Math.max(from, Math.min(to, -offset));
    int last = (int) Math.max(first, Math.min(to, base.sizeBytes() - offset));
    return new Overlap(first, last, offset + first);
  }

  boolean holds(int start, int end) {
    return start >= from && end <= to;
  }

  /** Reads the counterpart to the start of a buffer. */
  void read(PositionedFile base, byte[] into) throws IOException {
    base.read(source, into, 0, to - from);
  }
}
