package io.edgellm.delta;

/** What the bytes of a tensor are: it decides how a changed element is told from the old one. */
public enum ElementKind {
  /** Bytes of which nothing is known. */
  BYTES(1),
  /** Two numbers of four bits per byte, the first one in the low half. */
  INT4(1),
  /** Numbers of eight bits, signed or not. */
  INT8(1),
  /** IEEE 754 binary16. */
  FLOAT16(2),
  /** The upper half of a binary32. */
  BFLOAT16(2),
  /** IEEE 754 binary32. */
  FLOAT32(4);

  private final int stepBytes;

  ElementKind(int stepBytes) {
    this.stepBytes = stepBytes;
  }

  /** Returns the bytes from one element to the next; 1 for the two elements of a byte. */
  int stepBytes() {
    return stepBytes;
  }
}
