package io.edgellm.delta;

/** What the bytes of a tensor are: it decides how a changed element is told from the old one. */
public enum ElementKind {
  /** Bytes of which nothing is known. */
  BYTES(0, 1),
  /** Two numbers of four bits per byte, the first one in the low half. */
  INT4(1, 1),
  /** Numbers of eight bits, signed or not. */
  INT8(2, 1),
  /** IEEE 754 binary16. */
  FLOAT16(3, 2),
  /** The upper half of a binary32. */
  BFLOAT16(4, 2),
  /** IEEE 754 binary32. */
  FLOAT32(5, 4);

  private final int code;
  private final int stepBytes;

  ElementKind(int code, int stepBytes) {
    this.code = code;
    this.stepBytes = stepBytes;
  }

  /** Returns the kind with a code of the format. */
  static ElementKind ofCode(int code) {
    for (ElementKind kind : values()) {
      if (kind.code == code) {
        return kind;
      }
    }
    throw DeltaException.malformed("an unknown kind of element");
  }

  /** Returns its code in the format. */
  int code() {
    return code;
  }

  /** Returns the bytes from one element to the next; 1 for the two elements of a byte. */
  int stepBytes() {
    return stepBytes;
  }
}
