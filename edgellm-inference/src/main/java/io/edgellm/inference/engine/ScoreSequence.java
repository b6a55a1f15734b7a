package io.edgellm.inference.engine;

import io.edgellm.inference.sampling.TokenLikelihood;
import io.edgellm.llm.AnswerScorer.AnswerScore;
import io.edgellm.llm.InferenceException;
import java.nio.FloatBuffer;
import java.util.Set;

/**
 * Teacher forcing: the model reads a given answer, and every token of it is scored by the logits
 * before it. Where several tokens end an answer, any of them will do.
 */
final class ScoreSequence extends Sequence {
  private final ScoreRequest request;
  private final int[] tokens;
  private final int firstScored;
  private final int vocabulary;
  private final int mostRows;
  private final Set<Integer> endTokens;
  private final TokenLikelihood likelihood;
  private double sum;

  ScoreSequence(ScoreRequest request, int[] tokens, int promptLength, Decoder decoder, int slot) {
    super(request, slot);
    this.request = request;
    this.tokens = tokens;
    this.firstScored = promptLength - 1;
    this.vocabulary = decoder.graph().vocabularySize();
    this.mostRows = decoder.graph().logitsRows();
    this.endTokens = decoder.endTokens();
    this.likelihood = new TokenLikelihood(vocabulary);
  }

  @Override
  SlotState state(int read) {
    return SlotState.READING;
  }

  @Override
  int[] tokens() {
    return tokens;
  }

  @Override
  int length() {
    return tokens.length;
  }

  @Override
  int endOfChunk(int read, int most) {
    int end = Math.min(tokens.length, read + most);
    return Math.min(end, Math.max(read, firstScored) + mostRows);
  }

  @Override
  int rows(int from, int to) {
    return Math.max(0, to - Math.max(from, firstScored));
  }

  @Override
  void chunkRead(int to, int rows, FloatBuffer logits) {
    for (int row = 0; row < rows; row++) {
      int next = to - rows + row + 1;
      Set<Integer> expected = next < tokens.length ? Set.of(tokens[next]) : endTokens;
      logits.position(row * vocabulary);
      sum += likelihood.negativeLog(logits, expected);
    }
    if (Double.isNaN(sum)) {
      throw new InferenceException(
          InferenceException.Reason.RUNTIME,
          "The model computed logits that are not numbers; its weights are damaged.",
          null);
    }
    if (to == tokens.length) {
      request.complete(new AnswerScore(tokens.length - firstScored, sum));
    }
  }

  @Override
  void tokenRead(FloatBuffer logits, int row) {
    throw new IllegalStateException("An answer that is scored is read in chunks.");
  }

  @Override
  int guess() {
    return 0;
  }

  @Override
  int guessesRead(int guessed, FloatBuffer logits, long nanos) {
    throw new IllegalStateException("An answer that is scored is not guessed.");
  }

  @Override
  void steppedAlone(long nanos) {}
}
