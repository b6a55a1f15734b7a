package io.edgellm.inference.constraint;

/**
 * How much memory the reaches of all grammars of one model may take together. When it is used up,
 * all of them forget what they know, and find anew what is still asked for: that takes microseconds
 * per position and happens every some thousand positions, if at all.
 *
 * <p>Also the lock that they share: whoever puts a mask together holds it.
 */
final class ReachSpace {
  private final long capacity;
  private long used;
  private int generation;

  /**
   * @param capacity in bytes
   */
  ReachSpace(long capacity) {
    this.capacity = capacity;
  }

  /** A number that changes when all has to be forgotten. */
  int generation() {
    return generation;
  }

  void take(long bytes) {
    used += bytes;
    if (used > capacity) {
      used = bytes;
      generation++;
    }
  }
}
