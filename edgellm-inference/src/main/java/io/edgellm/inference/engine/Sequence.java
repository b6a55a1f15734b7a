package io.edgellm.inference.engine;

import java.nio.FloatBuffer;

/**
 * A request on its slot: tokens, the first of which the graph has read. How many these are is the
 * graph's to know; what a pass brought for the others is the sequence's.
 */
abstract sealed class Sequence permits AnswerSequence, ScoreSequence {
  private final Request request;
  private final int slot;
  private final long begun = System.nanoTime();

  Sequence(Request request, int slot) {
    this.request = request;
    this.slot = slot;
  }

  Request request() {
    return request;
  }

  int slot() {
    return slot;
  }

  /** Returns the {@link System#nanoTime()} at which it took the slot. */
  long begun() {
    return begun;
  }

  /**
   * Returns what it needs next.
   *
   * @param read how many of its tokens the graph has read
   */
  abstract SlotState state(int read);

  /** Returns its tokens, of which those count that {@link #endOfChunk} lets be read. */
  abstract int[] tokens();

  /** Returns how many tokens it has. */
  abstract int length();

  /**
   * Returns where the next chunk ends.
   *
   * @param read how many of its tokens the graph has read
   * @param most how many one chunk may have
   */
  abstract int endOfChunk(int read, int most);

  /** Returns for how many tokens of a chunk, the last ones, it wants logits. */
  abstract int rows(int from, int to);

  /**
   * Takes the logits of a chunk.
   *
   * @param to where the chunk ended
   * @param rows how many rows there are, the last one for the token before {@code to}
   */
  abstract void chunkRead(int to, int rows, FloatBuffer logits);

  /** Takes the logits of its one token that was read; they are one row of the buffer. */
  abstract void tokenRead(FloatBuffer logits, int row);

  /**
   * Guesses what it will read after its one token, and writes that behind it.
   *
   * @return how many tokens it guessed
   */
  abstract int guess();

  /**
   * Takes the logits of its one token and of those that it guessed, one row each, and goes on as
   * far as the guesses were right.
   *
   * @param nanos how long the pass took
   * @return how many guesses were right
   */
  abstract int guessesRead(int guessed, FloatBuffer logits, long nanos);

  /** Takes note how long a pass took in which it read one token alone. */
  abstract void steppedAlone(long nanos);
}
