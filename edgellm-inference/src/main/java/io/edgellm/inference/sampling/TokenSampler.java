package io.edgellm.inference.sampling;

import io.edgellm.llm.InferenceException;
import io.edgellm.llm.Sampling;
import java.nio.FloatBuffer;
import java.util.BitSet;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * Chooses the tokens of one request.
 *
 * <p>In this order: repetition penalty (Keskar et al. 2019), top-k (Fan et al. 2018), top-p (the
 * nucleus of Holtzman et al. 2020), min-p (Nguyen et al. 2024), temperature, draw. The filters thus
 * look at the model's own distribution, and the temperature only flattens what they left. The same
 * seed, logits and settings give the same tokens.
 *
 * <p>For one thread.
 */
public final class TokenSampler {
  private final Sampling sampling;
  private final Candidates candidates;
  private final RandomGenerator random;
  private final BitSet occurred = new BitSet();

  /**
   * @param sampling the settings
   * @param candidates memory for the vocabulary, not in use by another request
   */
  public TokenSampler(Sampling sampling, Candidates candidates) {
    this.sampling = sampling;
    this.candidates = candidates;
    Long seed = sampling.seed();
    this.random = seed == null ? new SplittableRandom() : new SplittableRandom(seed);
  }

  /** Takes note of a token of the prompt or of the answer. */
  public void occurred(int token) {
    occurred.set(token);
  }

  /**
   * Chooses the next token.
   *
   * @param logits one number per token of the vocabulary
   * @throws InferenceException RUNTIME if the logits are not numbers
   */
  public int next(FloatBuffer logits) {
    candidates.load(logits);
    if (sampling.repetitionPenalty() != 1) {
      for (int token = occurred.nextSetBit(0); token >= 0; token = occurred.nextSetBit(token + 1)) {
        candidates.penalize(token, sampling.repetitionPenalty());
      }
    }
    int mostLikely = candidates.mostLikely();
    if (mostLikely < 0) {
      throw new InferenceException(
          InferenceException.Reason.RUNTIME,
          "The model computed logits that are not numbers; its weights are damaged.",
          null);
    }
    if (sampling.isGreedy()) {
      return mostLikely;
    }
    filter();
    return candidates.draw(sampling.temperature(), random);
  }

  private void filter() {
    if (sampling.topK() > 0) {
      candidates.takeTop(sampling.topK());
      if (sampling.topP() < 1) {
        candidates.keepNucleus(sampling.topP());
      }
    } else if (sampling.topP() < 1) {
      candidates.takeNucleus(sampling.topP());
    } else if (sampling.minP() > 0) {
      candidates.takeAtLeast(sampling.minP());
      return;
    } else {
      candidates.takeAll();
    }
    if (sampling.minP() > 0) {
      candidates.keepAtLeast(sampling.minP());
    }
  }
}
