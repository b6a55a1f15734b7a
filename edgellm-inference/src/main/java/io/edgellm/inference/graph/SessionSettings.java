package io.edgellm.inference.graph;

import io.edgellm.inference.surgery.SurgeryOptions;
import org.jspecify.annotations.Nullable;

/**
 * How a graph is run.
 *
 * @param threads threads of a forward pass; 0 lets the runtime take one per physical core
 * @param spinning whether they wait for work actively
 * @param prefillChunk the largest number of tokens per forward pass, at least 1
 * @param contextTokens the longest sequence, at least 2
 * @param slots the number of sequences, at least 1
 * @param surgery what may be done to the graph before it is opened, or null to open it as it is
 */
public record SessionSettings(
    int threads,
    boolean spinning,
    int prefillChunk,
    int contextTokens,
    int slots,
    @Nullable SurgeryOptions surgery) {

  /** The settings for a graph that stays as it is. */
  public SessionSettings(
      int threads, boolean spinning, int prefillChunk, int contextTokens, int slots) {
    this(threads, spinning, prefillChunk, contextTokens, slots, null);
  }

  /** Returns the settings for one sequence and the graph as it is. */
  public static SessionSettings single(
      int threads, boolean spinning, int prefillChunk, int contextTokens) {
    return new SessionSettings(threads, spinning, prefillChunk, contextTokens, 1, null);
  }
}
