package io.edgellm.inference.engine;

import io.edgellm.inference.sampling.TokenSampler;
import io.edgellm.llm.FinishReason;
import io.edgellm.llm.GenerationRequest;
import java.nio.FloatBuffer;
import java.util.Set;

/**
 * Autoregressive decoding: read the prompt, then again and again choose a token by the logits after
 * the last one, and append it.
 */
final class AnswerSequence extends Sequence {
  private final OnnxGeneration generation;
  private final Answer answer;
  private final TokenSampler sampler;
  private final Set<Integer> endTokens;
  private final int vocabulary;
  private final int longest;
  private final FinishReason atLongest;

  AnswerSequence(
      OnnxGeneration generation,
      Answer answer,
      GenerationRequest request,
      Decoder decoder,
      int slot) {
    super(generation, slot);
    this.generation = generation;
    this.answer = answer;
    this.sampler = new TokenSampler(request.sampling(), request.logprobs(), decoder.candidates());
    this.endTokens = decoder.endTokens();
    this.vocabulary = decoder.graph().vocabularySize();
    int context = decoder.graph().contextTokens();
    int room = context - answer.length();
    this.longest = Math.min(request.maxTokens(), room) + answer.length();
    this.atLongest = request.maxTokens() <= room ? FinishReason.LENGTH : FinishReason.CONTEXT;
    answer.reserve(longest);
    for (int i = 0; i < answer.length(); i++) {
      sampler.prompted(answer.tokens()[i]);
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
    int token = sampler.next(logits);
    if (endTokens.contains(token)) {
      finish(FinishReason.END);
    } else if (!generation.put(token, sampler.logprobs())) {
      finish(FinishReason.STOP);
    } else if (answer.length() == longest) {
      finish(atLongest);
    } else {
      sampler.answered(token);
    }
  }

  private void finish(FinishReason reason) {
    generation.end(new Ending.Finish(reason));
  }
}
