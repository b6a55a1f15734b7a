package io.edgellm.inference.drift;

import io.edgellm.inference.drift.DriftException.Reason;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How models are compared.
 *
 * @param threads for the matrix products of one model; both run in turn
 * @param windowTokens the length of the windows that long texts are cut into, at most the context
 *     of the models; 512 as in llama.cpp
 * @param strideTokens how far apart windows begin, at most their length. Each token counts once, in
 *     the first window that has it, so that it sees at least {@code windowTokens - strideTokens}
 *     tokens before it, but in the first window. llama.cpp's windows do not overlap, and the first
 *     half of each does not count: its figures are those of half a window as the stride, over every
 *     other half
 * @param maxTokens where texts are cut off; the report says how many windows were left out. Memory
 *     grows with it, by about 30 bytes a token
 * @param maxAnswerTokens where greedy answers are cut off
 * @param deadline after which there is no result, or null to wait
 */
public record CheckSettings(
    int threads,
    int windowTokens,
    int strideTokens,
    long maxTokens,
    int maxAnswerTokens,
    @Nullable Duration deadline) {
  /** One thread, windows of 512 tokens every 256, a million tokens, answers of 128 tokens. */
  public static final CheckSettings DEFAULT = new CheckSettings(1, 512, 256, 1L << 20, 128, null);

  /**
   * Checks the numbers.
   *
   * @throws DriftException INVALID_MATERIAL with the name of the one that has no meaning
   */
  public CheckSettings {
    require(threads >= 1, "threads");
    require(windowTokens >= 2, "windowTokens");
    require(strideTokens >= 1 && strideTokens <= windowTokens, "strideTokens");
    require(maxTokens >= 2, "maxTokens");
    require(maxAnswerTokens >= 1, "maxAnswerTokens");
    require(deadline == null || !deadline.isNegative(), "deadline");
  }

  private static void require(boolean valid, String name) {
    if (!valid) {
      throw new DriftException(
          Reason.INVALID_MATERIAL, "The setting " + name + " is out of range.", name);
    }
  }

  /** Returns the settings with other threads. */
  public CheckSettings withThreads(int number) {
    return new CheckSettings(
        number, windowTokens, strideTokens, maxTokens, maxAnswerTokens, deadline);
  }

  /** Returns the settings with other windows. */
  public CheckSettings withWindows(int tokens, int stride) {
    return new CheckSettings(threads, tokens, stride, maxTokens, maxAnswerTokens, deadline);
  }

  /** Returns the settings with another end of the texts. */
  public CheckSettings withMaxTokens(long tokens) {
    return new CheckSettings(
        threads, windowTokens, strideTokens, tokens, maxAnswerTokens, deadline);
  }

  /** Returns the settings with another end of answers. */
  public CheckSettings withMaxAnswerTokens(int tokens) {
    return new CheckSettings(threads, windowTokens, strideTokens, maxTokens, tokens, deadline);
  }

  /** Returns the settings with a deadline. */
  public CheckSettings withDeadline(Duration time) {
    return new CheckSettings(threads, windowTokens, strideTokens, maxTokens, maxAnswerTokens, time);
  }
}
