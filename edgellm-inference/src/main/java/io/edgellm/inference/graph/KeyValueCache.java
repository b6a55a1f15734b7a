package io.edgellm.inference.graph;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.util.Map;
import java.util.Set;

/**
 * The keys and values of one sequence between two runs. How a graph hands them on decides the
 * strategy, and the strategy declares what can be done with the cache.
 */
sealed interface KeyValueCache extends AutoCloseable permits SharedCache, GrowingCache {

  /** What a cache may be able to do beyond growing. */
  enum Ability {
    /** Forget the end of the sequence and go on from there. */
    REWIND
  }

  /** Returns what this strategy can do. */
  Set<Ability> abilities();

  /** Returns the number of tokens in it. */
  int length();

  /** Puts the past tensors for the next run into {@code inputs}. */
  void feed(Map<String, OnnxTensor> inputs);

  /** Returns the outputs that the runtime writes into memory of the cache, by name. */
  Map<String, OnnxTensor> pinnedOutputs();

  /** Returns the outputs whose memory the runtime provides. */
  Set<String> requestedOutputs();

  /**
   * Takes over what a run gave.
   *
   * @param result the result, which now belongs to the cache
   * @param tokens how many tokens were fed
   */
  void advance(OrtSession.Result result, int tokens);

  /**
   * Forgets everything from a position on. Every cache can forget the whole.
   *
   * @throws IllegalArgumentException if it cannot rewind to there
   */
  void rewind(int length) throws OrtException;

  @Override
  void close();
}
