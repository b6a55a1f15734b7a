package io.edgellm.inference.engine;

import ai.onnxruntime.OrtException;
import io.edgellm.inference.graph.DecoderGraph;
import io.edgellm.inference.graph.RunInterrupt;
import io.edgellm.inference.graph.RunInterruptedException;
import io.edgellm.inference.sampling.TokenSampler;
import io.edgellm.llm.FinishReason;
import java.nio.FloatBuffer;
import java.util.Set;
import java.util.function.IntPredicate;

/**
 * Autoregressive decoding: read the prompt, then again and again compute the logits after the last
 * token, choose a token and append it.
 *
 * <p>The last token of the prompt is read like a generated one. The runs before it are not asked
 * for their logits, which for a large vocabulary are a hundred times larger than the rest.
 */
final class DecodeLoop {
  private final DecoderGraph graph;
  private final Set<Integer> endTokens;

  DecodeLoop(DecoderGraph graph, Set<Integer> endTokens) {
    this.graph = graph;
    this.endTokens = endTokens;
  }

  /**
   * Generates an answer.
   *
   * @param prompt token ids, at least one and fewer than the context holds
   * @param maxTokens the largest number of tokens to generate
   * @param output takes each token but the one that ends the answer; false ends it as well
   * @throws RunInterruptedException if it was interrupted; what was put out so far is valid
   */
  FinishReason run(
      int[] prompt,
      int maxTokens,
      TokenSampler sampler,
      RunInterrupt interrupt,
      IntPredicate output)
      throws OrtException, RunInterruptedException {
    for (int token : prompt) {
      sampler.prompted(token);
    }
    graph.clear(0);
    graph.read(0, prompt, 0, prompt.length - 1, 0, interrupt);
    int[] last = {prompt[prompt.length - 1]};
    int room = graph.contextTokens() - prompt.length;
    for (int produced = 0; produced < Math.min(maxTokens, room); produced++) {
      FloatBuffer logits = graph.read(0, last, 0, 1, 1, interrupt);
      int token = sampler.next(logits);
      if (endTokens.contains(token)) {
        return FinishReason.END;
      }
      if (!output.test(token)) {
        return FinishReason.STOP;
      }
      sampler.answered(token);
      last[0] = token;
    }
    return maxTokens <= room ? FinishReason.LENGTH : FinishReason.CONTEXT;
  }
}
