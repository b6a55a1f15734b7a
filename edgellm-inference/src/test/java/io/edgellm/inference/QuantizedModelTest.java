package io.edgellm.inference;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.edgellm.inference.engine.GoldenChat;
import io.edgellm.inference.quantize.BlockFormat;
import io.edgellm.inference.quantize.ModelQuantizer;
import io.edgellm.inference.quantize.QuantizationRecipe;
import io.edgellm.llm.Generation;
import io.edgellm.llm.GenerationListener;
import io.edgellm.llm.GenerationRequest;
import io.edgellm.llm.LoadedModel;
import io.edgellm.trust.DevelopmentModel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QuantizedModelTest {
  private static final int PROBES = 25;

  @TempDir Path folder;

  /** The model card has 97.4 % of all probes at four bits. */
  @ParameterizedTest
  @ValueSource(strings = {"genai", "optimum"})
  void answersTheProbesAtFourBits(String layout) throws Exception {
    answersTheProbes(layout, QuantizationRecipe.of(new BlockFormat(4, 32, true)));
  }

  @ParameterizedTest
  @CsvSource({
    "genai, 4, 32, true",
    "optimum, 4, 32, false",
    "genai, 8, 64, true",
    "optimum, 8, 16, false"
  })
  void answersTheProbesWithAnEmbeddingInBlocks(
      String layout, int bits, int blockSize, boolean symmetric) throws Exception {
    answersTheProbes(
        layout,
        QuantizationRecipe.of(new BlockFormat(8, 32, true))
            .withEmbedding(new BlockFormat(bits, blockSize, symmetric)));
  }

  @ParameterizedTest
  @CsvSource({"genai, 4, true", "optimum, 4, false", "optimum, 8, false", "genai, 8, true"})
  void answersTheProbesWithOneTableForHeadAndEmbedding(String layout, int bits, boolean symmetric)
      throws Exception {
    BlockFormat format = new BlockFormat(bits, 32, symmetric);
    answersTheProbes(layout, QuantizationRecipe.of(format).withEmbedding(format));
  }

  private void answersTheProbes(String layout, QuantizationRecipe recipe) throws Exception {
    Path directory = folder.resolve(layout);
    new ModelQuantizer(recipe).quantize(GoldenChat.SAMPLE.resolve(layout), directory);
    List<String> probes =
        Files.readAllLines(GoldenChat.SAMPLE.resolve("probes.jsonl")).subList(0, PROBES);
    int right = 0;
    try (LoadedModel model = new SampleCopy(directory).load()) {
      for (String line : probes) {
        JsonNode probe = new ObjectMapper().readTree(line);
        String answer = model.generate(GenerationRequest.of(probe.path("prompt").asText())).text();
        right += answer.equals(probe.path("expected").asText()) ? 1 : 0;
      }
    }
    assertThat(right).isGreaterThanOrEqualTo(PROBES * 9 / 10);
  }

  /**
   * Kernels for one row and for several round differently, so that not every answer has to be the
   * same as alone; but the model has to be as good.
   */
  @Test
  void answersTheProbesAsWellTogetherAndWithGuesses() throws Exception {
    Path directory = folder.resolve("genai");
    new ModelQuantizer(QuantizationRecipe.of(new BlockFormat(4, 32, true)))
        .quantize(GoldenChat.SAMPLE.resolve("genai"), directory);
    OnnxModelLoader loader =
        new OnnxModelLoader(
            OnnxOptions.builder()
                .threads(1)
                .concurrency(4)
                .queueBound(PROBES)
                .speculation(Speculation.ON)
                .build());
    try (LoadedModel model = loader.load(DevelopmentModel.at(directory))) {
      List<String> expected = new ArrayList<>();
      List<Generation> together = new ArrayList<>();
      for (String line :
          Files.readAllLines(GoldenChat.SAMPLE.resolve("probes.jsonl")).subList(0, PROBES)) {
        JsonNode probe = new ObjectMapper().readTree(line);
        expected.add(probe.path("expected").asText());
        together.add(
            model.generate(
                GenerationRequest.of(probe.path("prompt").asText()), GenerationListener.silent()));
      }
      int right = 0;
      for (int i = 0; i < PROBES; i++) {
        right += together.get(i).await().text().equals(expected.get(i)) ? 1 : 0;
      }
      assertThat(right).isGreaterThanOrEqualTo(PROBES * 9 / 10);
    }
  }
}
