package io.edgellm.inference;

import static org.assertj.core.api.Assertions.assertThat;

import io.edgellm.inference.engine.GoldenChat;
import io.edgellm.llm.FinishReason;
import io.edgellm.llm.GenerationRequest;
import io.edgellm.llm.GenerationResult;
import io.edgellm.llm.LoadedModel;
import io.edgellm.llm.Sampling;
import io.edgellm.trust.DevelopmentModel;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Guessing ahead changes no answer. */
class SpeculationTest {
  private static LoadedModel load(String layout, Speculation speculation, int prefillChunk) {
    OnnxOptions options =
        OnnxOptions.builder()
            .threads(1)
            .speculation(speculation)
            .prefillChunk(prefillChunk)
            .prefixBytes(0)
            .build();
    return new OnnxModelLoader(options)
        .load(DevelopmentModel.at(GoldenChat.SAMPLE.resolve(layout)));
  }

  /** Prompts whose answers repeat them, and others, greedily and drawn. */
  private static List<GenerationRequest> requests() {
    List<GenerationRequest> requests = new ArrayList<>();
    for (GoldenChat chat : GoldenChat.all()) {
      requests.add(
          GenerationRequest.builder().messages(chat.messages()).maxTokens(96).readAnew().build());
    }
    for (long seed = 1; seed <= 10; seed++) {
      for (float temperature : new float[] {0.3f, 1.5f}) {
        requests.add(
            GenerationRequest.builder()
                .messages(GoldenChat.all().get((int) seed % 4).messages())
                .user("light light light light light light light light light light light")
                .maxTokens(60)
                .sampling(
                    Sampling.builder()
                        .temperature(temperature)
                        .topK(40)
                        .repetitionPenalty(1.05f)
                        .seed(seed)
                        .build())
                .logprobs(2)
                .stop("}}}")
                .readAnew()
                .build());
      }
    }
    return requests;
  }

  @ParameterizedTest
  @ValueSource(strings = {"genai", "optimum"})
  void givesTheSameAnswersAsWithout(String layout) throws Exception {
    try (LoadedModel without = load(layout, Speculation.OFF, 128);
        LoadedModel with = load(layout, Speculation.EXACT, 128)) {
      for (GenerationRequest request : requests()) {
        GenerationResult expected = without.generate(request);
        GenerationResult result = with.generate(request);
        assertThat(result.tokenIds()).as("%s", request).isEqualTo(expected.tokenIds());
        assertThat(result.text()).isEqualTo(expected.text());
        assertThat(result.finishReason()).isEqualTo(expected.finishReason());
        assertThat(result.logprobs()).hasSameSizeAs(expected.logprobs());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 5})
  void endsAtTheBoundOfTheAnswer(int maxTokens) throws Exception {
    GoldenChat chat = GoldenChat.all().get(0);
    GenerationRequest request =
        GenerationRequest.builder().messages(chat.messages()).maxTokens(maxTokens).build();
    try (LoadedModel model = load("genai", Speculation.ON, 128)) {
      GenerationResult result = model.generate(request);
      assertThat(result.finishReason()).isEqualTo(FinishReason.LENGTH);
      assertThat(result.tokenIds()).isEqualTo(chat.outputIds().subList(0, maxTokens));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void managesWithShortPasses(int prefillChunk) throws Exception {
    try (LoadedModel model = load("genai", Speculation.ON, prefillChunk)) {
      for (GoldenChat chat : GoldenChat.all().subList(0, 5)) {
        GenerationRequest request =
            GenerationRequest.builder().messages(chat.messages()).maxTokens(96).build();
        assertThat(model.generate(request).tokenIds()).isEqualTo(chat.outputIds());
      }
    }
  }
}
