package io.edgellm.inference.layout;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelLayoutTest {
  @TempDir Path directory;

  private void write(String name, String text) throws IOException {
    Path file = directory.resolve(name);
    Files.createDirectories(file.resolveSibling(""));
    Files.writeString(file, text);
  }

  private ModelLayout read() {
    return ModelLayout.read(ModelDirectory.open(directory));
  }

  private void config(String more) throws IOException {
    write(
        "config.json",
        """
        {"hidden_size": 32, "num_attention_heads": 4, "eos_token_id": [2, 7],
         "max_position_embeddings": 8192%s}
        """
            .formatted(more));
  }

  private void genai(String type, String more) throws IOException {
    write("model.onnx", "x");
    write(
        "genai_config.json",
        """
        {"model": {"type": "%s", "context_length": 131072, "eos_token_id": 2,
          "decoder": {"filename": "model.onnx", "head_size": 8%s}}}
        """
            .formatted(type, more));
  }

  @Test
  void takesHeadSizeAndHeadsFromWhatThereIs() throws IOException {
    write("model.onnx", "x");
    config("");
    ModelLayout layout = read();
    assertThat(layout.keyValueHeads()).isEqualTo(4);
    assertThat(layout.headSize()).isEqualTo(8);
    assertThat(layout.endTokens()).containsExactlyInAnyOrder(2, 7);
    assertThat(layout.context()).isEqualTo(new ContextRule(8192, 0, 0));
  }

  @Test
  void addsTheEndTokensOfTheGenerationConfiguration() throws IOException {
    write("model.onnx", "x");
    config("");
    write("generation_config.json", "{\"eos_token_id\": 9}");
    assertThat(read().endTokens()).containsExactlyInAnyOrder(2, 7, 9);
  }

  @Test
  void prefersSmallWeightsWithFullPrecisionAround() throws IOException {
    config("");
    write("onnx/model.onnx", "x");
    write("onnx/model_q4f16.onnx", "x");
    write("onnx/model_fp16.onnx", "x");
    assertThat(read().graph()).hasFileName("model.onnx");
    write("onnx/model_int8.onnx", "x");
    assertThat(read().graph()).hasFileName("model_int8.onnx");
    write("onnx/model_q4.onnx", "x");
    assertThat(read().graph()).hasFileName("model_q4.onnx");
  }

  @Test
  void takesTheEmbeddingThatWasMadeWithTheDecoder() throws IOException {
    write(
        "config.json",
        """
        {"model_type": "gemma3", "text_config": {"num_attention_heads": 4, "head_dim": 16,
          "num_key_value_heads": 1, "sliding_window": 512, "max_position_embeddings": 4096,
          "eos_token_id": 5}}
        """);
    write("onnx/decoder_model_merged_q4.onnx", "x");
    write("onnx/embed_tokens.onnx", "x");
    write("onnx/embed_tokens_q4.onnx", "x");
    write("onnx/vision_encoder.onnx", "x");
    ModelLayout layout = read();
    assertThat(layout.stages())
        .extracting(stage -> String.valueOf(stage.graph().getFileName()))
        .containsExactly("embed_tokens_q4.onnx", "decoder_model_merged_q4.onnx");
    assertThat(layout.context()).isEqualTo(new ContextRule(4096, 1, 512));
    assertThat(layout.keyValueHeads()).isEqualTo(1);
    assertThat(layout.endTokens()).containsExactly(5);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'\"use_sliding_window\": true' | 512",
        "'\"use_sliding_window\": false' | 0",
        "'\"layer_types\": [\"full_attention\", \"sliding_attention\"]' | 512",
        "'\"layer_types\": [\"full_attention\"]' | 0"
      })
  void seesAWindowOnlyWhereItIsUsed(String field, int window) throws IOException {
    write("model.onnx", "x");
    config(", \"sliding_window\": 512, " + field);
    assertThat(read().context().window()).isEqualTo(window);
  }

  @Test
  void endsBeforeTheRotaryPositionsChangeTheirScale() throws IOException {
    write("model.onnx", "x");
    config(
        ", \"original_max_position_embeddings\": 4096, \"rope_scaling\": {\"type\": \"longrope\"}");
    assertThat(read().contextTokens()).isEqualTo(4096);
  }

  @Test
  void endsBeforeTheCacheOfPhiChangesItsScale() throws IOException {
    genai("phi3", "");
    assertThat(read().contextTokens()).isEqualTo(4096);
    genai("llama", "");
    assertThat(read().contextTokens()).isEqualTo(131_072);
  }

  @Test
  void readsTheStagesOfAPipelineInTheirOrder() throws IOException {
    write("a.onnx", "x");
    write("b.onnx", "x");
    genai(
        "decoder-pipeline",
        """
        , "pipeline": [{"first": {"filename": "a.onnx", "output_names_forwarder": {"y": "x"}},
                        "second": {"filename": "b.onnx"}}]
        """);
    ModelLayout layout = read();
    assertThat(layout.stages())
        .extracting(stage -> String.valueOf(stage.graph().getFileName()))
        .containsExactly("a.onnx", "b.onnx");
    assertThat(layout.stages().get(0).renamed()).containsEntry("y", "x");
    assertThat(layout.graph()).hasFileName("b.onnx");
  }

  @Test
  void readsTheNamesOfCombinedCaches() throws IOException {
    genai(
        "gpt2",
        """
        , "inputs": {"past_names": "past_%d"}, "outputs": {"present_names": "present_%d"}
        """);
    TensorNames names = read().names();
    assertThat(names.past()).endsWith("past_%d");
    assertThat(names.present()).endsWith("present_%d");
  }
}
