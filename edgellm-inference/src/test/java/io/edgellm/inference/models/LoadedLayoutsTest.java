package io.edgellm.inference.models;

import static org.assertj.core.api.Assertions.assertThat;

import io.edgellm.inference.OnnxModelLoader;
import io.edgellm.inference.OnnxOptions;
import io.edgellm.inference.text.TextSpan;
import io.edgellm.inference.text.Tokenizer;
import io.edgellm.llm.GenerationRequest;
import io.edgellm.llm.GenerationResult;
import io.edgellm.llm.LoadedModel;
import io.edgellm.trust.DevelopmentModel;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Directories of every layout, from the loader to the answer. */
class LoadedLayoutsTest {
  private static final String TEXT = "hello world";
  private static final int END = 2;
  private static final int MAX_TOKENS = 12;

  @TempDir Path folder;

  private static int[] prompt(Path directory) {
    try (Tokenizer tokenizer = Tokenizer.load(directory)) {
      return tokenizer.encode(List.of(TextSpan.control("<s>"), TextSpan.plain(TEXT)));
    }
  }

  @ParameterizedTest
  @EnumSource(LayoutRow.class)
  void answersAsThePlainForwardPassDoes(LayoutRow row) throws Exception {
    TinyModel model = row.write(folder.resolve("model"));
    int[] prompt = prompt(model.directory());
    List<Integer> expected = model.reference().greedy(prompt, MAX_TOKENS, Set.of(END));
    OnnxOptions options = OnnxOptions.builder().threads(1).prefillChunk(4).build();
    try (LoadedModel loaded =
        new OnnxModelLoader(options).load(DevelopmentModel.at(model.directory()))) {
      GenerationRequest request =
          GenerationRequest.builder().user(TEXT).maxTokens(MAX_TOKENS).build();
      for (int turn = 0; turn < 2; turn++) {
        GenerationResult result = loaded.generate(request);
        assertThat(result.promptTokens()).isEqualTo(prompt.length);
        assertThat(result.tokenIds()).as("turn " + turn).isEqualTo(expected);
      }
    }
  }
}
