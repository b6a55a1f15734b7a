package io.edgellm.llm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GoldenRunTest {
  private static final List<GoldenPrompt> PROMPTS =
      List.of(
          new GoldenPrompt("a", "one"),
          new GoldenPrompt("b", "two"),
          new GoldenPrompt("c", "three"),
          new GoldenPrompt("d", "four"));

  @Test
  void countsExactCompleteAndWrongAnswers() throws InterruptedException {
    ScriptedModel model = new ScriptedModel(Map.of("a", "one", "b", "TWO", "c", "three"));
    GoldenReport report = GoldenRun.of(PROMPTS).measure(model);
    assertThat(report.prompts()).isEqualTo(4);
    assertThat(report.completed()).isEqualTo(3);
    assertThat(report.exact()).isEqualTo(2);
    assertThat(report.exactMatch()).isEqualTo(0.5);
    assertThat(report.meanNll()).hasValue(0.5);
    assertThat(report.medianTime()).isEqualTo(Duration.ofMillis(5));
  }

  @Test
  void hasNoLikelihoodWhereTheModelHidesItsLogits() throws InterruptedException {
    ScriptedModel scripted = new ScriptedModel(Map.of("a", "one"));
    LanguageModel opaque =
        new LanguageModel() {
          @Override
          public ModelInfo info() {
            return scripted.info();
          }

          @Override
          public Generation generate(GenerationRequest request, GenerationListener listener) {
            return scripted.generate(request, listener);
          }

          @Override
          public int countTokens(GenerationRequest request) {
            return scripted.countTokens(request);
          }
        };
    assertThat(GoldenRun.of(PROMPTS).measure(opaque).meanNll()).isEmpty();
  }

  @Test
  void readsTheSampleModelsProbes() {
    Path sample = Path.of(System.getProperty("edgellm.sample.dir"));
    List<GoldenPrompt> probes = GoldenPrompt.read(sample.resolve("probes.jsonl"));
    assertThat(probes).hasSize(152);
    assertThat(probes.get(0).prompt()).isEqualTo("dim the bedroom lights to 30 percent");
  }

  @Test
  void skipsEmptyLines(@TempDir Path dir) throws Exception {
    Path file = dir.resolve("golden.jsonl");
    Files.writeString(file, "\n{\"prompt\":\"p\",\"expected\":\"e\"}\n\n");
    assertThat(GoldenPrompt.read(file)).containsExactly(new GoldenPrompt("p", "e"));
  }

  @Test
  void namesTheLineThatIsNotAGoldenPrompt(@TempDir Path dir) throws Exception {
    Path file = dir.resolve("golden.jsonl");
    Files.writeString(file, "{\"prompt\":\"p\",\"expected\":\"e\"}\n{\"prompt\":\"p\"}\n");
    assertThatThrownBy(() -> GoldenPrompt.read(file))
        .isInstanceOf(InferenceException.class)
        .hasMessageContaining("line 2")
        .hasMessageContaining("'expected' is missing");
  }

  @Test
  void refusesAFileWithoutPrompts(@TempDir Path dir) throws Exception {
    Path file = Files.writeString(dir.resolve("golden.jsonl"), "\n");
    assertThatThrownBy(() -> GoldenPrompt.read(file))
        .isInstanceOf(InferenceException.class)
        .hasMessageContaining("no golden prompt");
  }

  @Test
  void refusesAFileThatIsAbsent(@TempDir Path dir) {
    assertThatThrownBy(() -> GoldenPrompt.read(dir.resolve("none.jsonl")))
        .isInstanceOf(InferenceException.class)
        .hasMessageContaining("cannot be read");
  }
}
