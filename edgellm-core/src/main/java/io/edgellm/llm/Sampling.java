package io.edgellm.llm;

import org.jspecify.annotations.Nullable;

/**
 * How the next token is chosen from the logits.
 *
 * @param temperature 0 means greedy: always the most likely token; above it, logits are divided by
 *     it
 * @param topK only the k most likely tokens are drawn from; 0 means all
 * @param topP only the smallest set of tokens with at least this probability is drawn from; 1 means
 *     all
 * @param minP only tokens with at least this share of the most likely token's probability; 0 means
 *     all
 * @param repetitionPenalty logits of tokens that occurred are divided (if positive) or multiplied
 *     by it; 1 means none (Keskar et al. 2019, CTRL)
 * @param seed makes the draw repeatable; null draws a fresh seed per request
 */
public record Sampling(
    float temperature,
    int topK,
    float topP,
    float minP,
    float repetitionPenalty,
    @Nullable Long seed) {

  /** Refuses numbers without a meaning. */
  public Sampling {
    if (!(temperature >= 0 && temperature <= 100)
        || topK < 0
        || !(topP > 0 && topP <= 1)
        || !(minP >= 0 && minP <= 1)
        || !(repetitionPenalty > 0 && repetitionPenalty <= 100)) {
      throw new IllegalArgumentException(
          "Sampling needs 0 <= temperature <= 100, topK >= 0, 0 < topP <= 1, 0 <= minP <= 1 and"
              + " 0 < repetitionPenalty <= 100.");
    }
  }

  /** Returns: always the most likely token. */
  public static Sampling greedy() {
    return new Sampling(0, 0, 1, 0, 1, null);
  }

  /** Returns: draw at a temperature, repeatably by a seed. */
  public static Sampling of(float temperature, long seed) {
    return new Sampling(temperature, 0, 1, 0, 1, seed);
  }

  /** Returns whether the most likely token is always taken. */
  public boolean isGreedy() {
    return temperature == 0;
  }
}
