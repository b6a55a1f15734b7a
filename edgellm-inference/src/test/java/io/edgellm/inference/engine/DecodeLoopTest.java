package io.edgellm.inference.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.edgellm.inference.graph.DecoderGraph;
import io.edgellm.inference.graph.RunInterrupt;
import io.edgellm.inference.graph.RuntimeGuard;
import io.edgellm.inference.graph.SessionSettings;
import io.edgellm.inference.layout.ModelDirectory;
import io.edgellm.inference.layout.ModelLayout;
import io.edgellm.inference.sampling.Candidates;
import io.edgellm.inference.sampling.TokenSampler;
import io.edgellm.llm.FinishReason;
import io.edgellm.llm.Sampling;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DecodeLoopTest {
  private static final int MAX_TOKENS = 96;

  private static DecoderGraph open(String layout, int prefillChunk, int contextTokens) {
    ModelDirectory directory = ModelDirectory.open(GoldenChat.SAMPLE.resolve(layout));
    return DecoderGraph.open(
        RuntimeGuard.ofThisProcess(false).start(),
        directory,
        ModelLayout.read(directory),
        SessionSettings.single(1, false, prefillChunk, contextTokens));
  }

  private static FinishReason generate(
      DecoderGraph graph, int[] prompt, int maxTokens, List<Integer> output) throws Exception {
    TokenSampler sampler =
        new TokenSampler(
            Sampling.greedy(), OptionalInt.empty(), new Candidates(graph.vocabularySize()));
    try (RunInterrupt interrupt = new RunInterrupt()) {
      return new DecodeLoop(graph, Set.of(2))
          .run(prompt, maxTokens, sampler, interrupt, output::add);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"genai", "optimum"})
  void generatesTheTokensOfTheGoldenChats(String layout) throws Exception {
    try (DecoderGraph graph = open(layout, 128, 512)) {
      for (GoldenChat chat : GoldenChat.all()) {
        List<Integer> output = new ArrayList<>();
        FinishReason reason = generate(graph, chat.prompt(), MAX_TOKENS, output);
        assertThat(output).as(chat.text()).isEqualTo(chat.outputIds());
        assertThat(reason).isEqualTo(chat.endedByModel() ? FinishReason.END : FinishReason.LENGTH);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"genai", "optimum"})
  void computesTheLogitsOfTheGoldenChats(String layout) throws Exception {
    try (DecoderGraph graph = open(layout, 128, 512);
        RunInterrupt interrupt = new RunInterrupt()) {
      for (GoldenChat chat : GoldenChat.all()) {
        int[] prompt = chat.prompt();
        graph.clear(0);
        FloatBuffer logits = graph.read(0, prompt, 0, prompt.length, 1, interrupt);
        for (int i = 0; i < chat.topIds().size(); i++) {
          assertThat((double) logits.get(chat.topIds().get(i)))
              .as("%s, rank %d", chat.text(), i)
              .isCloseTo(chat.topLogits().get(i), within(1e-3));
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"genai", "optimum"})
  void readsThePromptInChunksWithTheSameResult(String layout) throws Exception {
    try (DecoderGraph graph = open(layout, 5, 512)) {
      for (GoldenChat chat : GoldenChat.all()) {
        List<Integer> output = new ArrayList<>();
        generate(graph, chat.prompt(), MAX_TOKENS, output);
        assertThat(output).as(chat.text()).isEqualTo(chat.outputIds());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"genai", "optimum"})
  void endsWhenTheContextIsFull(String layout) throws Exception {
    GoldenChat chat = GoldenChat.all().get(0);
    int context = chat.promptIds().size() + 3;
    try (DecoderGraph graph = open(layout, 128, context)) {
      List<Integer> output = new ArrayList<>();
      FinishReason reason = generate(graph, chat.prompt(), MAX_TOKENS, output);
      assertThat(reason).isEqualTo(FinishReason.CONTEXT);
      assertThat(output).isEqualTo(chat.outputIds().subList(0, 3));
    }
  }
}
