package io.edgellm.inference.sampling;

import io.edgellm.llm.InferenceException;
import io.edgellm.llm.InferenceException.Reason;
import io.edgellm.llm.SamplerStage;
import io.edgellm.llm.Sampling;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Chooses the tokens of one request, by the stages of its {@link Sampling} in their order and a
 * draw. The same seed, logits and settings give the same tokens.
 *
 * <p>Stages whose setting is neutral are left out when it is made, so that a token pays only for
 * what is used. Choosing a token allocates nothing; what is remembered of the sequence grows by
 * doubling.
 *
 * <p>For one thread.
 */
public final class TokenSampler {
  private final Candidates candidates;
  private final Stage[] changes;
  private final Stage[] decisions;
  private final boolean greedy;
  private final RandomGenerator random;
  private final TokenHistory history = new TokenHistory();
  private final @Nullable Logprobs logprobs;

  private interface Stage {
    void apply(Candidates candidates);
  }

  /**
   * @param sampling the settings
   * @param logprobs of how many of the most likely tokens the likelihood is wanted; empty if none
   *     is
   * @param candidates memory for the vocabulary; several samplers of one thread may share it
   */
  public TokenSampler(Sampling sampling, OptionalInt logprobs, Candidates candidates) {
    this.candidates = candidates;
    this.logprobs = logprobs.isPresent() ? new Logprobs(logprobs.getAsInt()) : null;
    this.greedy = sampling.isGreedy();
    OptionalLong seed = sampling.seed();
    this.random =
        seed.isPresent() ? new SplittableRandom(seed.getAsLong()) : new SplittableRandom();
    List<Stage> changing = new ArrayList<>();
    List<Stage> deciding = new ArrayList<>();
    for (SamplerStage stage : sampling.order()) {
      stage(stage, sampling).ifPresent((stage.changesLogits() ? changing : deciding)::add);
    }
    this.changes = changing.toArray(Stage[]::new);
    this.decisions = deciding.toArray(Stage[]::new);
  }

  /** A stage, unless its setting is neutral. */
  private Optional<Stage> stage(SamplerStage stage, Sampling s) {
    return switch (stage) {
      case LOGIT_BIAS -> used(!s.logitBias().isEmpty(), bias(s.logitBias()));
      case PENALTIES -> used(hasPenalties(s), penalties(s));
      case DRY -> s.dry().multiplier() == 0 ? Optional.empty() : Optional.of(dry(s));
      case TOP_K -> used(s.topK() > 0, c -> c.topK(s.topK()));
      case TYPICAL_P -> used(s.typicalP() < 1, c -> c.typicalP(s.typicalP()));
      case TOP_P -> used(s.topP() < 1, c -> c.topP(s.topP()));
      case MIN_P -> used(s.minP() > 0, c -> c.minP(s.minP()));
      case XTC -> used(s.xtcProbability() > 0, c -> exclude(s, c));
      case TEMPERATURE -> used(s.temperature() != 1, c -> c.temperature(s.temperature()));
    };
  }

  private static Optional<Stage> used(boolean used, Stage stage) {
    return used ? Optional.of(stage) : Optional.empty();
  }

  private Stage bias(Map<Integer, Float> biases) {
    int[] tokens = new int[biases.size()];
    float[] values = new float[biases.size()];
    int count = 0;
    for (Map.Entry<Integer, Float> bias : biases.entrySet()) {
      if (bias.getKey() >= candidates.vocabularySize()) {
        throw new InferenceException(
            Reason.INVALID_REQUEST,
            "The request has a bias for token "
                + bias.getKey()
                + ", and the vocabulary "
                + candidates.vocabularySize()
                + " tokens.",
            "logitBias");
      }
      tokens[count] = bias.getKey();
      values[count++] = bias.getValue();
    }
    return c -> {
      for (int i = 0; i < tokens.length; i++) {
        c.logit(tokens[i], c.logit(tokens[i]) + values[i]);
      }
    };
  }

  private static boolean hasPenalties(Sampling s) {
    return s.repetitionPenalty() != 1 || s.presencePenalty() != 0 || s.frequencyPenalty() != 0;
  }

  private Stage penalties(Sampling s) {
    Penalties penalties = new Penalties(s);
    return c -> penalties.apply(history, c);
  }

  private Stage dry(Sampling s) {
    Dry dry = new Dry(s.dry(), candidates.breakers(s.dry().sequenceBreakers()));
    return c -> dry.apply(history, c);
  }

  private void exclude(Sampling s, Candidates c) {
    if (random.nextDouble() < s.xtcProbability()) {
      c.excludeTop(s.xtcThreshold());
    }
  }

  /** Takes note of a token of the prompt, before those of the answer. */
  public void prompted(int token) {
    history.addPrompt(token);
  }

  /** Takes note of a token of the answer. */
  public void answered(int token) {
    history.add(token);
  }

  /** Returns the likelihoods of the last choice, until the next one; empty if none are wanted. */
  public Optional<Logprobs> logprobs() {
    return Optional.ofNullable(logprobs);
  }

  /**
   * Chooses the next token.
   *
   * @param logits one number per token of the vocabulary, from the buffer's position on
   * @throws InferenceException RUNTIME if a logit is not a number, INVALID_REQUEST if biases and
   *     penalties leave no token
   */
  public int next(FloatBuffer logits) {
    candidates.load(logits);
    requireNumber(
        candidates.largest(),
        Reason.RUNTIME,
        "The model computed logits that are not numbers; its weights are damaged.");
    if (logprobs != null) {
      logprobs.read(candidates);
    }
    return chosen(
        logits, "Biases and penalties leave no token that could come; take some of them back.");
  }

  /**
   * Chooses the next token among those that a filter lets pass.
   *
   * <p>First as without the filter: mostly its choice passes, and asking for one token is cheap.
   * Only if it does not pass, all tokens that do are asked for, and the choice is made again among
   * them. That gives each token the likelihood that it has among those that pass; stages that cut
   * off tokens (top-k and the like) cut the whole distribution in the first round and what passes
   * in the second, as llama.cpp does it.
   *
   * @param logits one number per token of the vocabulary, from the buffer's position on
   * @throws InferenceException as {@link #next(FloatBuffer)}
   */
  public int next(FloatBuffer logits, TokenFilter filter) {
    int token = next(logits);
    if (filter.allows(token)) {
      return token;
    }
    candidates.load(logits, filter.allowed());
    return chosen(
        logits,
        "Biases and penalties leave no token that the answer's constraint allows; take some of them"
            + " back.");
  }

  private int chosen(FloatBuffer logits, String otherwise) {
    for (Stage change : changes) {
      change.apply(candidates);
    }
    requireNumber(candidates.largest(), Reason.INVALID_REQUEST, otherwise);
    int token = greedy ? candidates.mostLikely() : drawn();
    if (logprobs != null) {
      logprobs.choose(logits, token);
    }
    return token;
  }

  /**
   * Takes the likelihoods of a position at which nothing is chosen, since a certain token comes.
   *
   * @param logits as given to {@link #next(FloatBuffer)}
   */
  public void observe(FloatBuffer logits, int token) {
    if (logprobs != null) {
      candidates.load(logits);
      logprobs.read(candidates);
      logprobs.choose(logits, token);
    }
  }

  private int drawn() {
    candidates.takeAll();
    for (Stage decision : decisions) {
      decision.apply(candidates);
    }
    return candidates.draw(random);
  }

  private static void requireNumber(float largest, Reason reason, String otherwise) {
    if (!(Math.abs(largest) < Float.POSITIVE_INFINITY)) {
      throw new InferenceException(reason, otherwise, null);
    }
  }
}
