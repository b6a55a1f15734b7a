package io.edgellm.inference;

import io.edgellm.inference.memory.MemoryNeed;
import java.nio.file.Path;

/**
 * What loading a model would mean, told without reading its weights.
 *
 * @param title model and version
 * @param graph the ONNX file that would run
 * @param contextTokens the longest prompt and answer together
 * @param concurrency requests that would run at once
 * @param memory what it would take
 * @param freeBytes what the budget has left at present; {@link Long#MAX_VALUE} if there is no limit
 */
public record LoadPlan(
    String title,
    Path graph,
    int contextTokens,
    int concurrency,
    MemoryNeed memory,
    long freeBytes) {

  /** Returns whether it would load without any other model giving up its memory. */
  public boolean fits() {
    return memory.totalBytes() <= freeBytes;
  }
}
