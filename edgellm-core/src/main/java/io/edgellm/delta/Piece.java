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

  /** The ways. */
  enum Way {
    /** The old bytes as they are. */
    COPY(0),
    /** What changed against the old bytes. */
    CHANGE(1),
    /** Elements that stood nowhere. */
    FRESH(2),
    /** Bytes as they are, deflated together. */
    RAW(3);

    private final int code;

    Way(int code) {
      this.code = code;
    }

    /** Returns the way with a code of the format. */
    static Way ofCode(int code) {
      for (Way way : values()) {
        if (way.code == code) {
          return way;
        }
      }
      throw DeltaException.malformed("an unknown kind of piece");
    }

    /** Returns its code in the format. */
    int code() {
      return code;
    }

    /** Returns whether the old file is needed. */
    boolean hasSource() {
      return this == COPY || this == CHANGE;
    }
  }

  int end() {
    return start + length;
  }

  /** Returns whether a piece right behind this one can be told together with it. */
  boolean goesOnWith(Piece next) {
    return way == next.way
        && kind == next.kind
        && shift == next.shift
        && length % kind.stepBytes() == 0;
  }
}
