package io.edgellm.delta;

/**
 * Integers and floating-point numbers of 8, 16 or 32 bits.
 *
 * <p>A floating-point number is taken as its place among all of its format, so that neighbours
 * differ by one. What is coded is the difference of the places modulo 2^bits: whether there is one,
 * its sign, the number of its bits, and then the bits below the highest, of which the upper three
 * are learned and the others are even. For noise this comes within a hundredth of a bit of its
 * entropy. The contexts are the last two answers to "has it changed", and the lowest bits of the
 * old exponent (the upper bits of an integer), since the same change is more places where numbers
 * are small.
 *
 * <p>Bytes at the end that make no whole number are coded as small numbers of the same format.
 */
final class NumberCoder extends ElementCoder {
  private static final int CLASSES = 8;
  private static final int LENGTH_BITS = 5;
  private static final int LEARNED_BITS = 3;

  private final int bytes;
  private final int bits;
  private final boolean floating;
  private final int classShift;

  private final int[] changes = contexts(4 * CLASSES);
  private final int[] signs = contexts(CLASSES);
  private final int[] lengths = contexts(CLASSES << LENGTH_BITS);
  private final int[] leading = contexts(32 << LEARNED_BITS);

  private int history;

  private NumberCoder(int bits, boolean floating, int classShift) {
    this.bytes = bits / 8;
    this.bits = bits;
    this.floating = floating;
    this.classShift = classShift;
  }

  static NumberCoder of(ElementKind kind) {
    return switch (kind) {
      case FLOAT32 -> new NumberCoder(32, true, 23);
      case FLOAT16 -> new NumberCoder(16, true, 10);
      case BFLOAT16 -> new NumberCoder(16, true, 7);
      case INT8, BYTES, INT4 -> new NumberCoder(8, false, 5);
    };
  }

  @Override
  void code(BinaryCoder coder, byte[] base, int from, byte[] target, int at, int length) {
    int i = 0;
    for (; i + bytes <= length; i += bytes) {
      int old = read(base, from + i);
      write(target, at + i, element(coder, old, read(target, at + i)));
    }
    for (; i < length; i++) {
      target[at + i] = (byte) element(coder, base[from + i] & 0xFF, target[at + i] & 0xFF);
    }
  }

  @Override
  void codeFresh(BinaryCoder coder, byte[] target, int at, int length) {
    int last = 0;
    int i = 0;
    for (; i + bytes <= length; i += bytes) {
      last = element(coder, last, read(target, at + i));
      write(target, at + i, last);
    }
    for (; i < length; i++) {
      target[at + i] = (byte) element(coder, 0, target[at + i] & 0xFF);
    }
  }

  private int read(byte[] from, int at) {
    int value = from[at] & 0xFF;
    for (int i = 1; i < bytes; i++) {
      value |= (from[at + i] & 0xFF) << (8 * i);
    }
    return value;
  }

  private void write(byte[] into, int at, int value) {
    for (int i = 0; i < bytes; i++) {
      into[at + i] = (byte) (value >>> (8 * i));
    }
  }

  private int element(BinaryCoder coder, int old, int now) {
    int before = place(old);
    int unused = 32 - bits;
    int difference = ((place(now) - before) << unused) >> unused;
    int group = (before >>> classShift) & (CLASSES - 1);
    int changed = coder.code(difference == 0 ? 0 : 1, changes, history * CLASSES + group);
    history = ((history << 1) | changed) & 3;
    if (changed == 0) {
      return old;
    }
    int negative = coder.code(difference >>> 31, signs, group);
    int size = size(coder, negative == 0 ? difference : -difference, group);
    return number(before + (negative == 0 ? size : -size));
  }

  /** Codes a number that is not 0, taken without its sign. */
  private int size(BinaryCoder coder, int size, int group) {
    int length = 31 - Integer.numberOfLeadingZeros(size | 1);
    length = coder.codeTree(length, LENGTH_BITS, lengths, group << LENGTH_BITS);
    int learned = Math.min(length, LEARNED_BITS);
    int even = length - learned;
    int upper =
        coder.codeTree(
            (size >>> even) & ((1 << learned) - 1), learned, leading, length << LEARNED_BITS);
    int lower = even == 0 ? 0 : coder.codeEvenly(size & ((1 << even) - 1), even);
    return (((1 << learned) | upper) << even) | lower;
  }

  /** Turns sign and magnitude into an order; its own inverse. */
  private int place(int number) {
    if (!floating) {
      return number;
    }
    int unused = 32 - bits;
    int signed = (number << unused) >> unused;
    return signed >= 0 ? signed : signed ^ (-1 >>> (1 + unused));
  }

  private int number(int place) {
    int unused = 32 - bits;
    return place((place << unused) >> unused);
  }
}
