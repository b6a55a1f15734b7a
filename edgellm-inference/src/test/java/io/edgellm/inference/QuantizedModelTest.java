package io.edgellm.inference;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.edgellm.inference.engine.GoldenChat;
import io.edgellm.inference.quantize.BlockFormat;
import io.edgellm.inference.quantize.ModelQuantizer;
import io.edgellm.inference.quantize.QuantizationRecipe;
import io.edgellm.llm.GenerationRequest;
import io.edgellm.llm.LoadedModel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class QuantizedModelTest {
  private static final int PROBES = 25;

  @TempDir Path folder;

  /** The model card has 97.4 % of all probes at four bits. */
  @ParameterizedTest
  @ValueSource(strings = {"genai", "optimum"})
  void answersTheProbesAtFourBits(String layout) throws Exception {
    Path directory = folder.resolve(layout);
    new ModelQuantizer(QuantizationRecipe.of(new BlockFormat(4, 32, true)))
        .quantize(GoldenChat.SAMPLE.resolve(layout), directory);
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
}
