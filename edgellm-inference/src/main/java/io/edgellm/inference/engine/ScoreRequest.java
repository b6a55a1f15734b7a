package io.edgellm.inference.engine;

import ai.onnxruntime.OrtException;
import io.edgellm.inference.graph.DecoderGraph;
import io.edgellm.inference.graph.RunInterrupt;
import io.edgellm.inference.graph.RunInterruptedException;
import io.edgellm.inference.sampling.TokenLikelihood;
import io.edgellm.llm.AnswerScorer.AnswerScore;
import io.edgellm.llm.InferenceException;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * Teacher forcing: the model reads a given answer, and every token of it is scored by the logits
 * before it. Where several tokens end an answer, any of them will do.
 */
final class ScoreRequest implements Request {
  private final int[] ids;
  private final int promptTokens;
  private final RequestEnd end = new RequestEnd();
  private final CompletableFuture<AnswerScore> result = new CompletableFuture<>();

  ScoreRequest(int[] prompt, int[] answer) {
    this.ids = Arrays.copyOf(prompt, prompt.length + answer.length);
    System.arraycopy(answer, 0, ids, prompt.length, answer.length);
    this.promptTokens = prompt.length;
  }

  int tokens() {
    return ids.length;
  }

  @Override
  public void run(Decoder decoder) {
    try (RunInterrupt interrupt = end.begin()) {
      result.complete(score(decoder, interrupt));
    } catch (InferenceException e) {
      refuse(e);
    } catch (RunInterruptedException | OrtException | RuntimeException | Error e) {
      refuse(
          new InferenceException(
              InferenceException.Reason.RUNTIME, "Scoring failed: " + e.getMessage(), null, e));
    }
  }

  private AnswerScore score(Decoder decoder, RunInterrupt interrupt)
      throws OrtException, RunInterruptedException {
    DecoderGraph graph = decoder.graph();
    TokenLikelihood likelihood = new TokenLikelihood(graph.vocabularySize());
    int first = promptTokens - 1;
    double sum = 0;
    try {
      graph.clear(0);
      graph.read(0, ids, 0, first, 0, interrupt);
      for (int from = first; from < ids.length; from += graph.logitsRows()) {
        int to = Math.min(ids.length, from + graph.logitsRows());
        FloatBuffer logits = graph.read(0, ids, from, to, to - from, interrupt);
        for (int at = from; at < to; at++) {
          Set<Integer> expected = at + 1 < ids.length ? Set.of(ids[at + 1]) : decoder.endTokens();
          logits.position((at - from) * graph.vocabularySize());
          sum += likelihood.negativeLog(logits, expected);
        }
      }
      if (Double.isNaN(sum)) {
        throw new InferenceException(
            InferenceException.Reason.RUNTIME,
            "The model computed logits that are not numbers; its weights are damaged.",
            null);
      }
      return new AnswerScore(ids.length - first, sum);
    } catch (RunInterruptedException e) {
      end.reason();
      throw e;
    }
  }

  @Override
  public void refuse(InferenceException why) {
    result.completeExceptionally(why);
  }

  @Override
  public void abort(InferenceException why) {
    end.fail(why);
  }

  /** Waits for the score; an interrupt does not end it. */
  AnswerScore await() {
    try {
      return result.join();
    } catch (CompletionException e) {
      throw (InferenceException) e.getCause();
    }
  }
}
