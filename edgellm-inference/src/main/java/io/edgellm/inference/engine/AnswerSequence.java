package io.edgellm.inference.engine;

import io.edgellm.inference.sampling.TokenSampler;
import io.edgellm.llm.FinishReason;
import io.edgellm.llm.GenerationRequest;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Autoregressive decoding: read the prompt, then again and again choose a token by the logits after
 * the last one, and append it.
 */
final class AnswerSequence extends Sequence {
  private final OnnxGeneration generation;
  private final Answer answer;
  private final TokenSampler sampler;
  private final @Nullable Draft draft;
  private final @Nullable Guidance guidance;
  private final Set<Integer> endTokens;
  private final int vocabulary;
  private final int longest;
  private final FinishReason atLongest;

  AnswerSequence(
      OnnxGeneration generation,
      Answer answer,
      GenerationRequest request,
      @Nullable Guidance guidance,
      Decoder decoder,
      int slot) {
    super(generation, slot);
    this.generation = generation;
    this.answer = answer;
    this.sampler = new TokenSampler(request.sampling(), request.logprobs(), decoder.candidates());
    this.draft = decoder.mostGuesses() > 0 ? new Draft(decoder.mostGuesses()) : null;
    this.guidance = guidance;
    this.endTokens = decoder.endTokens();
    this.vocabulary = decoder.graph().vocabularySize();
    int context = decoder.graph().contextTokens();
    int room = context - answer.length();
    this.longest = Math.min(request.maxTokens(), room) + answer.length();
    this.atLongest = request.maxTokens() <= room ? FinishReason.LENGTH : FinishReason.CONTEXT;
    answer.reserve(longest);
    for (int i = 0; i < answer.length(); i++) {
      int token = answer.tokens()[i];
      sampler.prompted(token);
      if (draft != null) {
        draft.append(token);
      }
    }
  }

  @Override
  SlotState state(int read) {
    if (generation.isPaused()) {
      return SlotState.PAUSED;
    }
    return answer.length() - read == 1 ? SlotState.DECODING : SlotState.READING;
  }

  @Override
  int[] tokens() {
    return answer.tokens();
  }

  @Override
  int length() {
    return answer.length();
  }

  @Override
  int endOfChunk(int read, int most) {
    return Math.min(answer.length(), read + most);
  }

  @Override
  int rows(int from, int to) {
    return to == answer.length() ? 1 : 0;
  }

  @Override
  void chunkRead(int to, int rows, FloatBuffer logits) {
    if (rows > 0) {
      tokenRead(logits, rows - 1);
    }
  }

  @Override
  void tokenRead(FloatBuffer logits, int row) {
    logits.position(row * vocabulary);
    if (guidance == null) {
      take(sampler.next(logits));
      return;
    }
    for (int token : guidance.next(sampler, logits, longest - answer.length())) {
      if (!generation.hasEnded()) {
        take(token);
      }
    }
    if (!generation.hasEnded() && guidance.isOver()) {
      finish(guidance.isComplete() ? FinishReason.END : atLongest);
    }
  }

  private void take(int token) {
    if (endTokens.contains(token)) {
      generation.putEnd(token);
      finish(FinishReason.END);
    } else if (!generation.put(token, sampler.logprobs())) {
      finish(FinishReason.STOP);
    } else if (answer.length() == longest) {
      finish(guidance != null && guidance.isComplete() ? FinishReason.END : atLongest);
    } else {
      sampler.answered(token);
      if (draft != null) {
        draft.append(token);
      }
    }
  }

  @Override
  int guess() {
    // The pass brings one token more than there are guesses.
    int room = longest - answer.length() - 1;
    return draft == null ? 0 : draft.guess(answer.tokens(), answer.length(), room);
  }

  /** A row may bring several tokens; it goes on where all of them are those that were guessed. */
  @Override
  int guessesRead(int guessed, FloatBuffer logits, long nanos) {
    int first = answer.length();
    int[] guesses = Arrays.copyOfRange(answer.tokens(), first, first + guessed);
    int right = 0;
    boolean goesOn = true;
    while (goesOn) {
      tokenRead(logits, right);
      int put = answer.length() - first;
      int same = Arrays.mismatch(guesses, Arrays.copyOfRange(answer.tokens(), first, first + put));
      right = same < 0 ? guessed : same;
      goesOn = !generation.hasEnded() && right == put;
    }
    if (draft != null) {
      draft.verified(guessed, right, nanos);
    }
    return right;
  }

  @Override
  void steppedAlone(long nanos) {
    if (draft != null) {
      draft.stepped(nanos);
    }
  }

  private void finish(FinishReason reason) {
    generation.end(new Ending.Finish(reason));
  }
}
