package io.edgellm.inference.sampling;

import io.edgellm.llm.InferenceException;
import io.edgellm.llm.Sampling;
import java.nio.FloatBuffer;
import java.util.BitSet;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

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
  private final @Nullable Logprobs logprobs;
  private final BitSet occurred = new BitSet();

  /**
   * @param sampling the settings
   * @param logprobs of how many of the most likely tokens the likelihood is wanted; empty if none
   *     is
   * @param candidates memory for the vocabulary; several samplers of one thread may share it
   */
  public TokenSampler(Sampling sampling, OptionalInt logprobs, Candidates candidates) {
    this.sampling = sampling;
    this.candidates = candidates;
    this.logprobs = logprobs.isPresent() ? new Logprobs(logprobs.getAsInt()) : null;
    OptionalLong seed = sampling.seed();
    this.random =
        seed.isPresent() ? new SplittableRandom(seed.getAsLong()) : new SplittableRandom();
  }

  /** Takes note of a token of the prompt, before those of the answer. */
  public void prompted(int token) {
    occurred.set(token);
  }

  /** Takes note of a token of the answer. */
  public void answered(int token) {
    occurred.set(token);
  }

  /** Returns the likelihoods of the last choice, until the next one; empty if none are wanted. */
  public Optional<Logprobs> logprobs() {
    return Optional.ofNullable(logprobs);
  }

  /**
   * Chooses the next token.
   *
   * @param logits one number per token of the vocabulary
   * @throws InferenceException RUNTIME if the logits are not numbers
   */
  public int next(FloatBuffer logits) {
    candidates.load(logits);
    if (logprobs != null && candidates.mostLikely() >= 0) {
      logprobs.read(candidates);
    }
    int token = choose();
    if (logprobs != null) {
      logprobs.choose(logits, token);
    }
    return token;
  }

  private int choose() {
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
