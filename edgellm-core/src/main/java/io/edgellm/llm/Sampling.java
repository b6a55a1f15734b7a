package io.edgellm.llm;

import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * How the next token is chosen from the logits, immutable.
 *
 * <p>{@link #greedy()} always takes the most likely token. {@link #builder()} begins with the
 * model's own distribution, in which every token keeps its probability, and each setting has a
 * neutral value at which it does nothing. A model runs with another size of vocabulary, another
 * language and another quantization than the next one: settings that suit one do not have to suit
 * another.
 *
 * <p>A builder refuses a value without a meaning with an {@link IllegalArgumentException} that
 * names the setting.
 */
public final class Sampling {
  private final float temperature;
  private final int topK;
  private final float topP;
  private final float minP;
  private final float repetitionPenalty;
  private final @Nullable Long seed;

  private Sampling(Builder b) {
    this.temperature = b.temperature;
    this.topK = b.topK;
    this.topP = b.topP;
    this.minP = b.minP;
    this.repetitionPenalty = b.repetitionPenalty;
    this.seed = b.seed;
  }

  /** Returns: always the most likely token. */
  public static Sampling greedy() {
    return builder().temperature(0).build();
  }

  /** Returns: draw from all tokens at a temperature, repeatably by a seed. */
  public static Sampling of(float temperature, long seed) {
    return builder().temperature(temperature).seed(seed).build();
  }

  /** Returns a builder in which everything is neutral: the model's own distribution. */
  public static Builder builder() {
    return new Builder();
  }

  /** Returns whether the most likely token is always taken. */
  public boolean isGreedy() {
    return temperature == 0;
  }

  /** Returns what the logits are divided by; 0 means greedy. */
  public float temperature() {
    return temperature;
  }

  /** Returns how many of the most likely tokens are kept; 0 means all. */
  public int topK() {
    return topK;
  }

  /** Returns the probability that the kept tokens have together at least; 1 means all. */
  public float topP() {
    return topP;
  }

  /** Returns the share of the best token's probability that a kept token has at least. */
  public float minP() {
    return minP;
  }

  /** Returns what the logits of tokens that occurred are divided or multiplied by. */
  public float repetitionPenalty() {
    return repetitionPenalty;
  }

  /** Returns what makes the draws repeatable; empty draws a fresh seed per request. */
  public OptionalLong seed() {
    return seed == null ? OptionalLong.empty() : OptionalLong.of(seed);
  }

  private List<Object> values() {
    return List.of(temperature, topK, topP, minP, repetitionPenalty, seed());
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Sampling that && values().equals(that.values());
  }

  @Override
  public int hashCode() {
    return values().hashCode();
  }

  @Override
  public String toString() {
    return "Sampling[temperature="
        + temperature
        + ", topK="
        + topK
        + ", topP="
        + topP
        + ", minP="
        + minP
        + ", repetitionPenalty="
        + repetitionPenalty
        + ", seed="
        + seed
        + "]";
  }

  /** Builds a {@link Sampling}; not thread-safe. */
  public static final class Builder {
    private float temperature = 1;
    private int topK;
    private float topP = 1;
    private float minP;
    private float repetitionPenalty = 1;
    private @Nullable Long seed;

    private Builder() {}

    /**
     * Divides the logits: below 1 likely tokens become more likely, above 1 all become more alike.
     *
     * @param temperature 0 to 100; 0 takes the most likely token, 1 is neutral
     */
    public Builder temperature(float temperature) {
      this.temperature = within("temperature", temperature, 0, 100);
      return this;
    }

    /**
     * Keeps only the most likely tokens (Fan, Lewis, Dauphin 2018, Hierarchical Neural Story
     * Generation).
     *
     * @param topK how many; 0 is neutral
     */
    public Builder topK(int topK) {
      if (topK < 0) {
        throw new IllegalArgumentException("topK must be 0 or more, and is " + topK + ".");
      }
      this.topK = topK;
      return this;
    }

    /**
     * Keeps the smallest set of the most likely tokens that together have a probability (Holtzman
     * et al. 2020, The Curious Case of Neural Text Degeneration).
     *
     * @param topP above 0, to 1; 1 is neutral
     */
    public Builder topP(float topP) {
      this.topP = above0("topP", topP, 1);
      return this;
    }

    /**
     * Keeps the tokens with at least a share of the most likely token's probability (Nguyen et al.
     * 2024, Turning Up the Heat: Min-p Sampling).
     *
     * @param minP 0 to 1; 0 is neutral
     */
    public Builder minP(float minP) {
      this.minP = within("minP", minP, 0, 1);
      return this;
    }

    /**
     * Divides the logits of tokens that occurred where they are positive, and multiplies them where
     * they are negative (Keskar et al. 2019, CTRL).
     *
     * @param repetitionPenalty above 0, to 100; above 1 tokens that occurred become less likely, 1
     *     is neutral
     */
    public Builder repetitionPenalty(float repetitionPenalty) {
      this.repetitionPenalty = above0("repetitionPenalty", repetitionPenalty, 100);
      return this;
    }

    /** Makes the draws repeatable: same seed, same logits, same settings, same tokens. */
    public Builder seed(long seed) {
      this.seed = seed;
      return this;
    }

    /** Returns the settings. */
    public Sampling build() {
      return new Sampling(this);
    }

    private static float above0(String name, float value, float most) {
      if (!(value > 0 && value <= most)) {
        throw new IllegalArgumentException(
            name + " must be above 0 and at most " + most + ", and is " + value + ".");
      }
      return value;
    }

    private static float within(String name, float value, float least, float most) {
      if (!(value >= least && value <= most)) {
        throw new IllegalArgumentException(
            name + " must be from " + least + " to " + most + ", and is " + value + ".");
      }
      return value;
    }
  }
}
