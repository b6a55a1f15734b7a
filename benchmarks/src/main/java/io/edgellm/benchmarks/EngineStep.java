package io.edgellm.benchmarks;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import io.edgellm.inference.graph.DecoderGraph;
import io.edgellm.inference.graph.RunInterrupt;
import io.edgellm.inference.graph.RunInterruptedException;
import io.edgellm.inference.graph.SessionSettings;
import io.edgellm.inference.layout.ModelDirectory;
import io.edgellm.inference.layout.ModelLayout;
import io.edgellm.inference.sampling.Candidates;
import io.edgellm.inference.sampling.TokenSampler;
import io.edgellm.inference.text.Detokenizer;
import io.edgellm.inference.text.Tokenizer;
import io.edgellm.llm.Sampling;
import java.util.Arrays;
import java.util.OptionalInt;

/** The engine with the sample model behind some tokens, for one more. */
final class EngineStep implements AutoCloseable {
  private final int[] token = {300};
  private final int past;
  private final Tokenizer tokenizer;
  private final Detokenizer detokenizer;
  private final DecoderGraph graph;
  private final TokenSampler sampler;
  private final RunInterrupt interrupt;

  EngineStep(OrtEnvironment environment, ModelDirectory directory, int past, int context)
      throws OrtException, RunInterruptedException {
    this.past = past;
    tokenizer = Tokenizer.load(directory.root());
    detokenizer = tokenizer.detokenizer();
    graph =
        DecoderGraph.open(
            environment,
            directory,
            ModelLayout.read(directory),
            SessionSettings.single(1, false, 128, context));
    sampler =
        new TokenSampler(
            Sampling.greedy(), OptionalInt.empty(), new Candidates(graph.vocabularySize()));
    interrupt = new RunInterrupt();
    int[] before = new int[past];
    Arrays.fill(before, token[0]);
    graph.read(0, before, 0, past, 0, interrupt);
  }

  int vocabularySize() {
    return graph.vocabularySize();
  }

  /** Inputs, run, sampler, text. */
  String run() throws OrtException, RunInterruptedException {
    graph.rewind(0, past);
    return detokenizer.next(sampler.next(graph.read(0, token, 0, 1, 1, interrupt)));
  }

  @Override
  public void close() {
    interrupt.close();
    graph.close();
    tokenizer.close();
  }
}
