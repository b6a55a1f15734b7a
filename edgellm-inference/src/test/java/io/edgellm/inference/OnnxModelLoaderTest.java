package io.edgellm.inference;

import static org.assertj.core.api.Assertions.assertThat;

import io.edgellm.inference.engine.GoldenChat;
import io.edgellm.inference.memory.MemoryBudget;
import io.edgellm.llm.FinishReason;
import io.edgellm.llm.GenerationEvent;
import io.edgellm.llm.GenerationRequest;
import io.edgellm.llm.GenerationResult;
import io.edgellm.llm.LoadedModel;
import io.edgellm.model.DeviceProfile;
import io.edgellm.trust.DevelopmentModel;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OnnxModelLoaderTest {
  private static final int MAX_TOKENS = 96;

  private static LoadedModel load(String layout) {
    OnnxModelLoader loader = new OnnxModelLoader(OnnxOptions.builder().threads(1).build());
    return loader.load(DevelopmentModel.at(GoldenChat.SAMPLE.resolve(layout)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"genai", "optimum"})
  void answersTheGoldenChats(String layout) throws Exception {
    try (LoadedModel model = load(layout)) {
      for (GoldenChat chat : GoldenChat.all()) {
        GenerationResult result =
            model.generate(
                GenerationRequest.builder()
                    .messages(chat.messages())
                    .maxTokens(MAX_TOKENS)
                    .build());
        assertThat(result.text()).isEqualTo(chat.text());
        assertThat(result.tokenIds()).isEqualTo(chat.outputIds());
        assertThat(result.promptTokens()).isEqualTo(chat.promptIds().size());
        assertThat(model.countTokens(chat.messages())).isEqualTo(chat.promptIds().size());
        assertThat(result.finishReason())
            .isEqualTo(chat.endedByModel() ? FinishReason.END : FinishReason.LENGTH);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"genai", "optimum"})
  void streamsTheTextOfTheResult(String layout) throws Exception {
    try (LoadedModel model = load(layout)) {
      for (GoldenChat chat : GoldenChat.all()) {
        List<GenerationEvent> events = new ArrayList<>();
        GenerationResult result =
            model
                .generate(
                    GenerationRequest.builder().messages(chat.messages()).build(), events::add)
                .await();
        assertThat(textOf(events)).isEqualTo(result.text());
        assertThat(events.get(0)).isInstanceOf(GenerationEvent.Started.class);
        assertThat(events.get(events.size() - 1)).isInstanceOf(GenerationEvent.Finished.class);
        assertThat(events).hasSize(result.completionTokens() + 2);
      }
    }
  }

  @Test
  void describesTheRuntimeThatWasLoaded() {
    DeviceProfile profile = new OnnxModelLoader().deviceProfile(512L << 20);
    assertThat(profile.runtime()).isEqualTo("onnxruntime");
    assertThat(profile.runtimeVersion()).matches("1\\.\\d+\\.\\d+");
    assertThat(profile.availableRamBytes()).isEqualTo(512L << 20);
  }

  private static String textOf(List<GenerationEvent> events) {
    StringBuilder text = new StringBuilder();
    for (GenerationEvent event : events) {
      if (event instanceof GenerationEvent.Token token) {
        text.append(token.text());
      } else if (event instanceof GenerationEvent.Finished finished) {
        text.append(finished.trailingText());
      }
    }
    return text.toString();
  }

  @Test
  void tellsWhatAModelTakesBeforeItIsLoaded() {
    MemoryBudget budget = MemoryBudget.ofBytes(20 << 20);
    OnnxModelLoader loader =
        new OnnxModelLoader(
            OnnxOptions.builder().maxContextTokens(100).memoryBudget(budget).build());
    LoadPlan plan = loader.explain(DevelopmentModel.at(GoldenChat.SAMPLE.resolve("genai")));
    assertThat(plan.contextTokens()).isEqualTo(100);
    assertThat(plan.memory().cacheBytes()).isEqualTo(5L * 2 * 2 * 100 * 32 * Float.BYTES);
    assertThat(plan.memory().weightsBytes()).isGreaterThan(4_000_000);
    assertThat(plan.freeBytes()).isEqualTo(20 << 20);
    assertThat(plan.fits()).isTrue();
  }
}
