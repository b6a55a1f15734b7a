package io.edgellm.model;

/**
 * What a release takes of the memory of a device, so that a device can tell what it costs with the
 * context that it serves.
 *
 * @param weightsBytes the weights, once loaded
 * @param kvBytesPerToken keys and values of one token of context, over all layers
 * @param peakBytes the most that was measured at full context, everything counted; 0 if nobody
 *     measured
 */
public record MemoryNeed(long weightsBytes, long kvBytesPerToken, long peakBytes) {
  /** Refuses negative sizes. */
  public MemoryNeed {
    if (weightsBytes < 0 || kvBytesPerToken < 0 || peakBytes < 0) {
      throw new ModelException(
          ModelException.Reason.INVALID_VALUE,
          "A release cannot need negative memory: correct the sizes.",
          "requirements.memory");
    }
  }

  /**
   * Returns what one conversation takes: weights and the keys and values of every token, or the
   * measured peak where that is more. What is too large to count is {@link Long#MAX_VALUE}.
   *
   * @param contextTokens prompt and answer together, in tokens
   */
  public long totalBytes(int contextTokens) {
    try {
      return Math.max(
          peakBytes,
          Math.addExact(weightsBytes, Math.multiplyExact(kvBytesPerToken, (long) contextTokens)));
    } catch (ArithmeticException e) {
      return Long.MAX_VALUE;
    }
  }
}
