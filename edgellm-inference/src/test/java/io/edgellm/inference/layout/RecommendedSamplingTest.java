package io.edgellm.inference.layout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.edgellm.llm.InferenceException;
import io.edgellm.llm.Sampling;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecommendedSamplingTest {
  @TempDir private Path directory;

  private Sampling read(String file, String json) throws IOException {
    Files.writeString(directory.resolve(file), json);
    return RecommendedSampling.read(ModelDirectory.open(directory));
  }

  @Test
  void isThatOfGenerationConfig() throws IOException {
    String json =
        """
        {"do_sample": true, "temperature": 0.7, "top_k": 20, "top_p": 0.8,
         "repetition_penalty": 1.05, "eos_token_id": [1, 2]}
        """;
    assertThat(read("generation_config.json", json))
        .isEqualTo(
            Sampling.builder()
                .temperature(0.7f)
                .topK(20)
                .topP(0.8f)
                .repetitionPenalty(1.05f)
                .build());
  }

  @Test
  void isThatOfTheSearchInGenaiConfig() throws IOException {
    String json = "{\"search\": {\"do_sample\": true, \"min_p\": 0.1, \"top_k\": null}}";
    assertThat(read("genai_config.json", json)).isEqualTo(Sampling.builder().minP(0.1f).build());
  }

  @Test
  void isGreedyUnlessSamplingIsRecommended() throws IOException {
    String json = "{\"temperature\": 0.7, \"top_k\": 20, \"do_sample\": false}";
    assertThat(read("generation_config.json", json)).isEqualTo(Sampling.greedy());
  }

  @Test
  void isGreedyWithoutARecommendation() {
    assertThat(RecommendedSampling.read(ModelDirectory.open(directory)))
        .isEqualTo(Sampling.greedy());
  }

  @Test
  void namesTheFileAndTheSettingThatMakeNoSense() {
    assertThatThrownBy(() -> read("generation_config.json", "{\"do_sample\":true,\"top_p\":7}"))
        .isInstanceOfSatisfying(
            InferenceException.class,
            e -> assertThat(e.reason()).isEqualTo(InferenceException.Reason.MODEL_INVALID))
        .hasMessageContaining("generation_config.json")
        .hasMessageContaining("topP");
    assertThatThrownBy(() -> read("generation_config.json", "{\"repetition_penalty\":\"x\"}"))
        .hasMessageContaining("/repetition_penalty");
  }
}
