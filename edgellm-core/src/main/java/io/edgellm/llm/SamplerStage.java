package io.edgellm.llm;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * A step on the way from the logits to the next token; the draw comes after the last one.
 *
 * <p>The first three change logits, the others decide between tokens. So an order first has the
 * former and then the latter, each of them in any order.
 */
public enum SamplerStage {
  /** {@link Sampling#logitBias()}. */
  LOGIT_BIAS,
  /** Repetition, presence and frequency. */
  PENALTIES,
  /** {@link Sampling#dry()}. */
  DRY,
  /** {@link Sampling#topK()}. */
  TOP_K,
  /** {@link Sampling#typicalP()}. */
  TYPICAL_P,
  /** {@link Sampling#topP()}. */
  TOP_P,
  /** {@link Sampling#minP()}. */
  MIN_P,
  /** {@link Sampling#xtcProbability()}. */
  XTC,
  /** {@link Sampling#temperature()}: the filters behind it see the distribution that it makes. */
  TEMPERATURE;

  /**
   * All stages: what changes logits, the filters from the coarsest to the finest on the model's own
   * distribution, and last the temperature, which only weighs what they left.
   */
  public static final List<SamplerStage> DEFAULT_ORDER = List.of(values());

  private static final Set<SamplerStage> CHANGE_LOGITS = EnumSet.of(LOGIT_BIAS, PENALTIES, DRY);

  /** Returns whether the stage changes logits, and does not decide between tokens. */
  public boolean changesLogits() {
    return CHANGE_LOGITS.contains(this);
  }
}
