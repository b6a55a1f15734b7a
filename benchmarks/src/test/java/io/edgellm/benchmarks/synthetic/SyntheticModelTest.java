package io.edgellm.benchmarks.synthetic;

import static org.assertj.core.api.Assertions.assertThat;

import io.edgellm.inference.OnnxModelLoader;
import io.edgellm.inference.OnnxOptions;
import io.edgellm.llm.ChatMessage;
import io.edgellm.llm.FinishReason;
import io.edgellm.llm.GenerationRequest;
import io.edgellm.llm.GenerationResult;
import io.edgellm.llm.LoadedModel;
import io.edgellm.trust.DevelopmentModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SyntheticModelTest {
  @TempDir Path folder;

  private SyntheticModel make(Path parent, List<String> progress) throws IOException {
    return SyntheticModel.in(parent, ModelShape.tiny(), 3, progress::add);
  }

  @Test
  void theSameSeedGivesTheSameFilesForBothEngines() throws IOException {
    SyntheticModel once = make(folder.resolve("a"), new ArrayList<>());
    SyntheticModel again = make(folder.resolve("b"), new ArrayList<>());

    assertThat(again.gguf()).hasSameBinaryContentAs(once.gguf());
    for (String file : List.of("model.onnx", "model.onnx.data", "tokenizer.json")) {
      assertThat(again.onnx().resolve(file)).hasSameBinaryContentAs(once.onnx().resolve(file));
    }
  }

  @Test
  void aModelThatIsCompleteIsUsedAgain() throws IOException {
    make(folder, new ArrayList<>());
    List<String> progress = new ArrayList<>();
    make(folder, progress);

    assertThat(progress).isEmpty();
  }

  @Test
  void aModelThatWasNotFinishedIsMadeAnew() throws IOException {
    SyntheticModel model = make(folder, new ArrayList<>());
    Files.delete(model.directory().resolve("complete"));
    Files.writeString(model.gguf(), "half a file");
    make(folder, new ArrayList<>());

    assertThat(new GgufReader(model.gguf()).tensors).isNotEmpty();
    assertThat(model.directory().resolve("fp32")).doesNotExist();
  }

  @Test
  void countsTheBytesThatATokenReads() throws IOException {
    SyntheticModel model = make(folder, new ArrayList<>());
    GgufReader gguf = new GgufReader(model.gguf());
    long matrices =
        gguf.tensors.values().stream()
            .filter(tensor -> tensor.dims().size() == 2)
            .mapToLong(tensor -> tensor.dims().get(0) * tensor.dims().get(1) / 32 * 18)
            .sum();

    assertThat(model.ggufBytesPerToken()).isEqualTo(matrices);
  }

  @Test
  void theEngineAnswersAPromptOfExactlyNTokensWithExactlyNTokens()
      throws IOException, InterruptedException {
    SyntheticModel synthetic = make(folder, new ArrayList<>());
    String prompt =
        IntStream.range(0, 100)
            .mapToObj(i -> " " + WordVocabulary.word(i * 17))
            .collect(Collectors.joining());
    OnnxOptions options = OnnxOptions.builder().threads(1).maxContextTokens(256).build();
    try (LoadedModel model =
        new OnnxModelLoader(options).load(DevelopmentModel.at(synthetic.onnx()))) {
      assertThat(model.countTokens(List.of(ChatMessage.user(prompt)))).isEqualTo(100);

      GenerationResult answer =
          model.generate(GenerationRequest.builder().user(prompt).maxTokens(50).build());
      assertThat(answer.completionTokens()).isEqualTo(50);
      assertThat(answer.finishReason()).isEqualTo(FinishReason.LENGTH);
      assertThat(answer.tokenIds()).allMatch(id -> id >= WordVocabulary.FIRST_WORD);
    }
  }
}
