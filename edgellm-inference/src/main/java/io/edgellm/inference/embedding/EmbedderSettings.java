package io.edgellm.inference.embedding;

import io.edgellm.inference.memory.MemoryBudget;
import io.edgellm.llm.Pooling;
import org.jspecify.annotations.Nullable;

/**
 * How an embedder is run.
 *
 * @param threads threads of a pass; 0 lets the runtime take one per physical core
 * @param spinning whether they wait for work actively
 * @param maxTokens the longest text, whatever the model was made for
 * @param overlong what becomes of longer ones
 * @param pooling in place of what the model's files say, or null
 * @param normalized in place of what the model's files say, or null
 * @param budget what the memory is taken from
 */
public record EmbedderSettings(
    int threads,
    boolean spinning,
    int maxTokens,
    Overlong overlong,
    @Nullable Pooling pooling,
    @Nullable Boolean normalized,
    MemoryBudget budget) {

  /** What becomes of a text that is too long. */
  public enum Overlong {
    /** It has no vector. */
    REFUSED,
    /** Its beginning has. */
    CUT
  }
}
