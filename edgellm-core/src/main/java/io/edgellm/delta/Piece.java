package io.edgellm.delta;

/**
 * A run of a segment that is told in one way.
 *
 * @param way how
 * @param kind what the bytes are, for the ways that model them
 * @param start its first byte in the segment
 * @param length at least 1
 * @param shift what to add to an offset in the new file for the offset in the old one; 0 for the
 *     ways that need no old bytes
 */
record Piece(Way way, ElementKind kind, int start, int length, long shift) {

  /** The ways, in the order of their codes. */
  enum Way {
    /** The old bytes as they are. */
    COPY,
    /** What changed against the old bytes. */
    CHANGE,
    /** Elements that stood nowhere. */
    FRESH,
    /** Bytes as they are, deflated together. */
    RAW;

    boolean hasSource() {
      return this == COPY || this == CHANGE;
    }
  }

  int end() {
    return start + length;
  }
}
