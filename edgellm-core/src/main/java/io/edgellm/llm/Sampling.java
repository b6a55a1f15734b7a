package io.edgellm.llm;

import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How the next token is chosen from the logits, immutable.
 *
 * <p>{@link #greedy()} always takes the most likely token, after biases and penalties. {@link
 * #builder()} begins with the model's own distribution, and each setting has a neutral value at
 * which it does nothing. Settings that suit one model do not have to suit another, nor another
 * quantization of the same.
 *
 * <p>A builder refuses a value without a meaning with an {@link IllegalArgumentException} that
 * names the setting.
 */
public final class Sampling {
  private final float temperature;
  private final int topK;
  private final float typicalP;
  private final float topP;
  private final float minP;
  private final float xtcProbability;
  private final float xtcThreshold;
  private final float repetitionPenalty;
  private final float presencePenalty;
  private final float frequencyPenalty;
  private final int penaltyWindow;
  private final DryPenalty dry;
  private final Map<Integer, Float> logitBias;
  private final List<SamplerStage> order;
  private final @Nullable Long seed;

  private Sampling(Builder b) {
    this.temperature = b.temperature;
    this.topK = b.topK;
    this.typicalP = b.typicalP;
    this.topP = b.topP;
    this.minP = b.minP;
    this.xtcProbability = b.xtcProbability;
    this.xtcThreshold = b.xtcThreshold;
    this.repetitionPenalty = b.repetitionPenalty;
    this.presencePenalty = b.presencePenalty;
    this.frequencyPenalty = b.frequencyPenalty;
    this.penaltyWindow = b.penaltyWindow;
    this.dry = b.dry;
    this.logitBias = Map.copyOf(b.logitBias);
    this.order = b.order;
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

  /** Returns the probability that the most typical tokens have together at least; 1 means all. */
  public float typicalP() {
    return typicalP;
  }

  /** Returns the probability that the most likely tokens have together at least; 1 means all. */
  public float topP() {
    return topP;
  }

  /** Returns the share of the most likely token's probability that a kept token has at least. */
  public float minP() {
    return minP;
  }

  /** Returns how often the most likely tokens are left out; 0 means never. */
  public float xtcProbability() {
    return xtcProbability;
  }

  /** Returns from which probability on tokens may be left out. */
  public float xtcThreshold() {
    return xtcThreshold;
  }

  /** Returns what the logits of tokens that occurred are divided or multiplied by. */
  public float repetitionPenalty() {
    return repetitionPenalty;
  }

  /** Returns what the logits of tokens that the answer has are lowered by. */
  public float presencePenalty() {
    return presencePenalty;
  }

  /** Returns what they are lowered by for each time. */
  public float frequencyPenalty() {
    return frequencyPenalty;
  }

  /** Returns how many of the last tokens the three penalties look at. */
  public int penaltyWindow() {
    return penaltyWindow;
  }

  /** Returns the penalty for long repetitions. */
  public DryPenalty dry() {
    return dry;
  }

  /** Returns what is added to the logits of single tokens, by token id. */
  public Map<Integer, Float> logitBias() {
    return logitBias;
  }

  /** Returns the stages in their order. */
  public List<SamplerStage> order() {
    return order;
  }

  /** Returns what makes the draws repeatable; empty draws a fresh seed per request. */
  public OptionalLong seed() {
    return seed == null ? OptionalLong.empty() : OptionalLong.of(seed);
  }

  private Map<String, Object> values() {
    Map<String, Object> values = new TreeMap<>();
    values.put("temperature", temperature);
    values.put("topK", topK);
    values.put("typicalP", typicalP);
    values.put("topP", topP);
    values.put("minP", minP);
    values.put("xtcProbability", xtcProbability);
    values.put("xtcThreshold", xtcThreshold);
    values.put("repetitionPenalty", repetitionPenalty);
    values.put("presencePenalty", presencePenalty);
    values.put("frequencyPenalty", frequencyPenalty);
    values.put("penaltyWindow", penaltyWindow);
    values.put("dry", dry);
    values.put("logitBias", logitBias);
    values.put("order", order);
    values.put("seed", seed());
    return values;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Sampling that && values().equals(that.values());
  }

  @Override
  public int hashCode() {
    return values().hashCode();
  }

  /** Returns the settings that are not neutral. */
  @Override
  public String toString() {
    Map<String, Object> values = values();
    values.entrySet().removeAll(builder().build().values().entrySet());
    return "Sampling" + values;
  }

  /** Builds a {@link Sampling}; not thread-safe. */
  public static final class Builder {
    private float temperature = 1;
    private int topK;
    private float typicalP = 1;
    private float topP = 1;
    private float minP;
    private float xtcProbability;
    private float xtcThreshold = 0.1f;
    private float repetitionPenalty = 1;
    private float presencePenalty;
    private float frequencyPenalty;
    private int penaltyWindow = Integer.MAX_VALUE;
    private DryPenalty dry = DryPenalty.none();
    private final Map<Integer, Float> logitBias = new TreeMap<>();
    private List<SamplerStage> order = SamplerStage.DEFAULT_ORDER;
    private @Nullable Long seed;

    private Builder() {}

    /**
     * Divides the logits: below 1 likely tokens become more likely, above 1 all become more alike.
     *
     * @param temperature 0 to 100; 0 takes the most likely token, 1 is neutral
     */
    public Builder temperature(float temperature) {
      this.temperature = Bounds.within("temperature", temperature, 0, 100);
      return this;
    }

    /**
     * Keeps only the most likely tokens (Fan, Lewis, Dauphin 2018, Hierarchical Neural Story
     * Generation).
     *
     * @param topK how many; 0 is neutral
     */
    public Builder topK(int topK) {
      this.topK = Bounds.atLeast("topK", topK, 0);
      return this;
    }

    /**
     * Keeps the smallest set of those tokens whose information comes nearest to the expected one
     * and that together have a probability (Meister et al. 2023, Locally Typical Sampling). May
     * leave out the most likely token.
     *
     * @param typicalP above 0, to 1; 1 is neutral
     */
    public Builder typicalP(float typicalP) {
      this.typicalP = Bounds.above0("typicalP", typicalP, 1);
      return this;
    }

    /**
     * Keeps the smallest set of the most likely tokens that together have a probability (Holtzman
     * et al. 2020, The Curious Case of Neural Text Degeneration).
     *
     * @param topP above 0, to 1; 1 is neutral
     */
    public Builder topP(float topP) {
      this.topP = Bounds.above0("topP", topP, 1);
      return this;
    }

    /**
     * Keeps the tokens with at least a share of the most likely token's probability (Nguyen et al.
     * 2024, Turning Up the Heat: Min-p Sampling).
     *
     * @param minP 0 to 1; 0 is neutral
     */
    public Builder minP(float minP) {
      this.minP = Bounds.within("minP", minP, 0, 1);
      return this;
    }

    /**
     * Divides the logits of tokens that prompt or answer have where they are positive, and
     * multiplies them where they are negative (Keskar et al. 2019, CTRL).
     *
     * @param repetitionPenalty above 0, to 100; above 1 such tokens become less likely, 1 is
     *     neutral
     */
    public Builder repetitionPenalty(float repetitionPenalty) {
      this.repetitionPenalty = Bounds.above0("repetitionPenalty", repetitionPenalty, 100);
      return this;
    }

    /**
     * Lowers the logits of tokens that the answer has, as the OpenAI API does. The prompt does not
     * count.
     *
     * @param presencePenalty -100 to 100; 0 is neutral
     */
    public Builder presencePenalty(float presencePenalty) {
      this.presencePenalty = Bounds.within("presencePenalty", presencePenalty, -100, 100);
      return this;
    }

    /**
     * Lowers the logits of tokens for each time that the answer has them, as the OpenAI API does.
     * The prompt does not count.
     *
     * @param frequencyPenalty -100 to 100; 0 is neutral
     */
    public Builder frequencyPenalty(float frequencyPenalty) {
      this.frequencyPenalty = Bounds.within("frequencyPenalty", frequencyPenalty, -100, 100);
      return this;
    }

    /**
     * Bounds what repetition, presence and frequency penalty look at.
     *
     * @param penaltyWindow so many of the last tokens, at least 1; all of them at first
     */
    public Builder penaltyWindow(int penaltyWindow) {
      this.penaltyWindow = Bounds.atLeast("penaltyWindow", penaltyWindow, 1);
      return this;
    }

    /**
     * Penalizes long repetitions.
     *
     * @param dry how much; {@link DryPenalty#none()} is neutral
     */
    public Builder dry(DryPenalty dry) {
      this.dry = Objects.requireNonNull(dry);
      return this;
    }

    /**
     * Now and then leaves out the most likely tokens if several are likely: of those with at least
     * the threshold's probability only the least likely one stays (XTC, "exclude top choices",
     * p-e-w 2024).
     *
     * @param probability how often, 0 to 1; 0 is neutral
     * @param threshold above 0, to 1; above 0.5 it does nothing, 0.1 is usual
     */
    public Builder xtc(float probability, float threshold) {
      this.xtcProbability = Bounds.within("xtc probability", probability, 0, 1);
      this.xtcThreshold = Bounds.above0("xtc threshold", threshold, 1);
      return this;
    }

    /**
     * Adds to the logit of a token. A token that the model does not have is ignored.
     *
     * @param token its id, 0 or more
     * @param bias at most 100; negative infinity forbids the token, 0 is neutral
     */
    public Builder logitBias(int token, float bias) {
      Bounds.atLeast("logitBias token", token, 0);
      logitBias.put(token, Bounds.within("logitBias", bias, Float.NEGATIVE_INFINITY, 100));
      return this;
    }

    /**
     * Sets which stages there are, and in which order; {@link SamplerStage#DEFAULT_ORDER} at first.
     *
     * @param stages each at most once, those that change logits before the others, and none left
     *     out whose setting is not neutral ({@link #build()} refuses that)
     */
    public Builder order(List<SamplerStage> stages) {
      boolean deciding = false;
      EnumSet<SamplerStage> seen = EnumSet.noneOf(SamplerStage.class);
      for (SamplerStage stage : stages) {
        if (!seen.add(stage)) {
          throw new IllegalArgumentException("order must be without " + stage + " twice.");
        }
        if (deciding && stage.changesLogits()) {
          throw new IllegalArgumentException(
              "order must be such that " + stage + " comes before all stages that decide.");
        }
        deciding |= !stage.changesLogits();
      }
      this.order = List.copyOf(stages);
      return this;
    }

    /** Makes the draws repeatable: same seed, same logits, same settings, same tokens. */
    public Builder seed(long seed) {
      this.seed = seed;
      return this;
    }

    /**
     * Returns the settings.
     *
     * @throws IllegalArgumentException if the order leaves out a stage whose setting is not neutral
     */
    public Sampling build() {
      requireStage(SamplerStage.LOGIT_BIAS, !logitBias.isEmpty());
      requireStage(
          SamplerStage.PENALTIES,
          repetitionPenalty != 1 || presencePenalty != 0 || frequencyPenalty != 0);
      requireStage(SamplerStage.DRY, dry.multiplier() != 0);
      requireStage(SamplerStage.TOP_K, topK != 0);
      requireStage(SamplerStage.TYPICAL_P, typicalP != 1);
      requireStage(SamplerStage.TOP_P, topP != 1);
      requireStage(SamplerStage.MIN_P, minP != 0);
      requireStage(SamplerStage.XTC, xtcProbability != 0);
      requireStage(SamplerStage.TEMPERATURE, temperature != 1 && temperature != 0);
      return new Sampling(this);
    }

    private void requireStage(SamplerStage stage, boolean needed) {
      if (needed && !order.contains(stage)) {
        throw new IllegalArgumentException(
            "order must have " + stage + ", as its setting is not neutral.");
      }
    }
  }
}
