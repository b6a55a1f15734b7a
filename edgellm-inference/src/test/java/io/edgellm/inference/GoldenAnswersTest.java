package io.edgellm.inference;

import static org.assertj.core.api.Assertions.assertThat;

import io.edgellm.inference.engine.GoldenChat;
import io.edgellm.llm.FinishReason;
import io.edgellm.llm.Generation;
import io.edgellm.llm.GenerationListener;
import io.edgellm.llm.GenerationRequest;
import io.edgellm.llm.GenerationResult;
import io.edgellm.llm.LoadedModel;
import io.edgellm.trust.DevelopmentModel;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The answers that torch gives, greedily, whatever runs beside them and however they are read. */
class GoldenAnswersTest {
  private static final int MAX_TOKENS = 96;

  private static LoadedModel load(String layout, OnnxOptions.Builder options) {
    return new OnnxModelLoader(options.threads(1).queueBound(100).build())
        .load(DevelopmentModel.at(GoldenChat.SAMPLE.resolve(layout)));
  }

  private static GenerationRequest ask(GoldenChat chat) {
    return GenerationRequest.builder().messages(chat.messages()).maxTokens(MAX_TOKENS).build();
  }

  @ParameterizedTest
  @CsvSource({
    "genai,128,1",
    "genai,5,1",
    "genai,128,4",
    "genai,5,3",
    "optimum,128,1",
    "optimum,5,1",
    "optimum,128,4",
    "optimum,5,3"
  })
  void areGivenToAllAtOnce(String layout, int prefillChunk, int concurrency) throws Exception {
    OnnxOptions.Builder options =
        OnnxOptions.builder().prefillChunk(prefillChunk).concurrency(concurrency);
    try (LoadedModel model = load(layout, options)) {
      assertThat(model.info().concurrency()).isEqualTo(concurrency);
      List<Generation> generations = new ArrayList<>();
      for (GoldenChat chat : GoldenChat.all()) {
        generations.add(model.generate(ask(chat), GenerationListener.silent()));
      }
      for (GoldenChat chat : GoldenChat.all()) {
        GenerationResult result = generations.remove(0).await();
        assertThat(result.tokenIds()).as(chat.text()).isEqualTo(chat.outputIds());
        assertThat(result.finishReason())
            .isEqualTo(chat.endedByModel() ? FinishReason.END : FinishReason.LENGTH);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"genai", "optimum"})
  void endWhenTheContextIsFull(String layout) throws Exception {
    GoldenChat chat = GoldenChat.all().get(0);
    int context = chat.promptIds().size() + 3;
    try (LoadedModel model = load(layout, OnnxOptions.builder().maxContextTokens(context))) {
      GenerationResult result = model.generate(ask(chat));
      assertThat(result.finishReason()).isEqualTo(FinishReason.CONTEXT);
      assertThat(result.tokenIds()).isEqualTo(chat.outputIds().subList(0, 3));
    }
  }
}
