package io.edgellm.delta;

import java.util.Arrays;

/**
 * A model of how elements of one kind change. Encoder and decoder run the same method; see {@link
 * BinaryCoder}. It learns while it goes, and begins anew in every segment.
 */
abstract class ElementCoder {

  /**
   * Codes bytes of the new file that stand beside bytes of the old one.
   *
   * @param base the old bytes, from {@code from}
   * @param target the new bytes, from {@code at}: read by an encoder, written by a decoder
   */
  abstract void code(BinaryCoder coder, byte[] base, int from, byte[] target, int at, int length);

  /** Codes bytes that stand beside none: every element is told from a fixed or the last one. */
  abstract void codeFresh(BinaryCoder coder, byte[] target, int at, int length);

  static int[] contexts(int count) {
    int[] probabilities = new int[count];
    Arrays.fill(probabilities, BinaryCoder.EVEN);
    return probabilities;
  }
}
