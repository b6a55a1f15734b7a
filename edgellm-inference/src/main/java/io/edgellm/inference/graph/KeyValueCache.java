package io.edgellm.inference.graph;

import ai.onnxruntime.OrtException;
import java.nio.ByteBuffer;
import java.util.Set;

/**
 * The keys and values of some sequences between two passes, each sequence in a slot of its own. How
 * a graph hands them on decides the strategy, and the strategy declares what can be done with it.
 *
 * <p>A pass that fails between {@link #feed} and {@link #advance} leaves every sequence as it was.
 */
sealed interface KeyValueCache extends AutoCloseable
    permits SharedCache, GrowingCache, WindowedCache, JointCache {

  /** Returns what this strategy can do. */
  Set<CacheAbility> abilities();

  /** Returns the number of tokens in a slot. */
  int length(int slot);

  /** Puts the tensors for a pass over some more tokens of one sequence into {@code run}. */
  void feed(int slot, int tokens, RunTensors run) throws OrtException;

  /**
   * Puts the tensors for a pass over one more token of each of some neighbouring slots into {@code
   * run}; only with {@link CacheAbility#BATCH}.
   */
  void feedRows(int firstSlot, int count, RunTensors run) throws OrtException;

  /** Takes over the outputs of a pass whose memory the runtime provided, if it asked for any. */
  default void take(int slot, RunTensors run) {}

  /** Takes note that a pass over some tokens of a sequence has succeeded. */
  void advance(int slot, int tokens);

  /**
   * Forgets everything of a sequence from a position on. Every cache can forget the whole.
   *
   * @throws IllegalArgumentException if it cannot rewind to there
   */
  void rewind(int slot, int length);

  /**
   * Makes the first tokens of one sequence the whole of another; with {@link CacheAbility#FORK}.
   */
  void copy(int from, int to, int tokens);

  /** Returns the size of an image of so many tokens. */
  long imageBytes(int tokens);

  /** Writes the first tokens of a sequence; with {@link CacheAbility#SNAPSHOT}. */
  void save(int slot, int tokens, ByteBuffer into);

  /** Makes the tokens of an image the whole of a sequence; with {@link CacheAbility#SNAPSHOT}. */
  void restore(int slot, int tokens, ByteBuffer from);

  @Override
  void close();

  /** Refuses a position that a sequence does not have. */
  static void requireWithin(int tokens, int length) {
    if (tokens < 0 || tokens > length) {
      throw new IllegalArgumentException(
          "The sequence has " + length + " tokens; there is no " + tokens + ".");
    }
  }
}
