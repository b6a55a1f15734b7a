package io.edgellm.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.edgellm.inference.engine.GoldenChat;
import io.edgellm.inference.graph.LoraModel;
import io.edgellm.llm.Generation;
import io.edgellm.llm.GenerationListener;
import io.edgellm.llm.GenerationRequest;
import io.edgellm.llm.InferenceException;
import io.edgellm.llm.InferenceException.Reason;
import io.edgellm.llm.LoadedModel;
import io.edgellm.trust.DevelopmentModel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AdapterRequestTest {
  private static final GoldenChat CHAT = GoldenChat.all().get(0);

  @TempDir Path folder;

  private LoadedModel load(int concurrency) {
    return new OnnxModelLoader(OnnxOptions.builder().threads(1).concurrency(concurrency).build())
        .load(DevelopmentModel.at(folder));
  }

  private static GenerationRequest request(@Nullable String adapter) {
    GenerationRequest.Builder request =
        GenerationRequest.builder().messages(CHAT.messages()).maxTokens(12);
    return adapter == null ? request.build() : request.adapter(adapter).build();
  }

  @Test
  void switchesAdaptersFromRequestToRequestAlsoOfTheSamePrompt() throws Exception {
    LoraModel model = LoraModel.in(folder);
    model.writeAdapter("formal", 1);
    model.writeAdapter("brief", 7);
    List<String> expected = new ArrayList<>();
    List<@Nullable String> adapters = new ArrayList<>();
    adapters.add(null);
    adapters.add("formal");
    adapters.add("brief");
    for (String adapter : adapters) {
      try (LoadedModel alone = load(1)) {
        expected.add(alone.generate(request(adapter)).text());
      }
    }
    assertThat(expected).doesNotHaveDuplicates();
    assertThat(CHAT.text()).startsWith(expected.get(0));
    for (int concurrency : new int[] {1, 3}) {
      try (LoadedModel shared = load(concurrency)) {
        List<Generation> generations = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
          generations.add(
              shared.generate(request(adapters.get(i % 3)), GenerationListener.silent()));
        }
        for (int i = 0; i < 9; i++) {
          assertThat(generations.get(i).await().text()).isEqualTo(expected.get(i % 3));
        }
      }
    }
  }

  @Test
  void refusesAnAdapterThatTheModelDoesNotHaveOrThatIsDamaged() throws Exception {
    LoraModel model = LoraModel.in(folder);
    model.writeAdapter("formal", 1);
    Files.write(folder.resolve("adapters/damaged.onnx_adapter"), new byte[64]);
    try (LoadedModel loaded = load(1)) {
      assertThatThrownBy(() -> loaded.generate(request("other")))
          .isInstanceOfSatisfying(
              InferenceException.class,
              e -> assertThat(e.reason()).isEqualTo(Reason.NO_SUCH_ADAPTER))
          .hasMessageContaining("damaged, formal");
      assertThatThrownBy(() -> loaded.generate(request("damaged")))
          .isInstanceOfSatisfying(
              InferenceException.class,
              e -> assertThat(e.reason()).isEqualTo(Reason.MODEL_INVALID));
      assertThat(CHAT.text()).startsWith(loaded.generate(request(null)).text());
    }
  }
}
