package io.edgellm.inference.drift;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.edgellm.inference.drift.DriftException.Reason;
import io.edgellm.llm.InferenceException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OnnxTeacherForcedTest {
  @ParameterizedTest
  @ValueSource(strings = {"genai/model.onnx", "optimum/onnx/model.onnx"})
  void givesTheLogitsOfTheGoldenFile(String graph) throws Exception {
    JsonNode chats =
        new ObjectMapper()
            .readTree(SampleMaterial.SAMPLE.resolve("golden.json").toFile())
            .get("chats");
    try (OnnxTeacherForced model =
        OnnxTeacherForced.open(SampleMaterial.SAMPLE.resolve(graph), 1)) {
      for (JsonNode chat : chats) {
        int[] prompt = integers(chat.get("prompt_ids"));
        int[] output = integers(chat.get("output_ids"));
        int[] tokens = IntStream.concat(IntStream.of(prompt), IntStream.of(output)).toArray();

        TeacherForced.LogitRows rows = model.run(tokens);

        Prediction prediction = new Prediction();
        for (int i = 0; i < output.length; i++) {
          prediction.read(rows, prompt.length + i - 1);
          assertThat(prediction.best()).isEqualTo(output[i]);
        }
        assertFirstLogits(rows, prompt.length - 1, chat);
      }
    }
  }

  @Test
  void doesNotMixUpARunWithALongerOneBeforeIt() {
    int[] tokens = {1, 4, 300, 2};
    float[] fresh = new float[1024];
    float[] again = new float[1024];
    Path graph = SampleMaterial.SAMPLE.resolve("genai/model.onnx");
    try (OnnxTeacherForced model = OnnxTeacherForced.open(graph, 1)) {
      model.run(tokens).read(3, fresh);
      model.run(IntStream.range(0, 200).toArray());
      model.run(tokens).read(3, again);
    }
    assertThat(again).isEqualTo(fresh);
  }

  @Test
  void readsOnWhereItKnowsTheBeginning() {
    int[] tokens = {1, 4, 300, 2, 7, 9, 11, 13, 300, 300};
    float[] whole = new float[1024];
    float[] inSteps = new float[1024];
    for (String graph : new String[] {"genai/model.onnx", "optimum/onnx/model.onnx"}) {
      try (OnnxTeacherForced model =
          OnnxTeacherForced.open(SampleMaterial.SAMPLE.resolve(graph), 1)) {
        TeacherForced.LogitRows rows = model.run(new int[] {1, 4, 300, 2, 7, 8});
        for (int length = 6; length <= tokens.length; length++) {
          rows = model.run(Arrays.copyOf(tokens, length));
        }
        rows.read(tokens.length - 1, inSteps);
      }
      try (OnnxTeacherForced fresh =
          OnnxTeacherForced.open(SampleMaterial.SAMPLE.resolve(graph), 1)) {
        fresh.run(tokens).read(tokens.length - 1, whole);
      }
      assertThat(inSteps).as(graph).containsExactly(whole, within(1e-4f));
    }
  }

  @Test
  void refusesAFileThatIsNoGraph(@TempDir Path temp) throws Exception {
    for (String name : new String[] {"genai_config.json", "tokenizer.json", "model.onnx"}) {
      Files.copy(SampleMaterial.SAMPLE.resolve("genai").resolve(name), temp.resolve(name));
    }
    Path other = Files.writeString(temp.resolve("other.onnx"), "not a graph");

    assertThatThrownBy(() -> OnnxTeacherForced.open(other, 1))
        .isInstanceOfSatisfying(
            InferenceException.class,
            e -> assertThat(e.reason()).isEqualTo(InferenceException.Reason.MODEL_INVALID))
        .hasMessageContaining("other.onnx");
  }

  @Test
  void refusesAGraphWithoutAConfiguration(@TempDir Path temp) throws Exception {
    Path graph = temp.resolve("model.onnx");
    Files.copy(SampleMaterial.SAMPLE.resolve("genai/model.onnx"), graph);

    assertThatThrownBy(() -> OnnxTeacherForced.open(graph, 1))
        .isInstanceOfSatisfying(
            InferenceException.class,
            e -> assertThat(e.reason()).isEqualTo(InferenceException.Reason.MODEL_UNSUPPORTED));
  }

  @Test
  void refusesASequenceThatIsLongerThanTheContext() {
    Path graph = SampleMaterial.SAMPLE.resolve("genai/model.onnx");
    try (OnnxTeacherForced model = OnnxTeacherForced.open(graph, 1)) {
      assertThatThrownBy(() -> model.run(new int[513]))
          .isInstanceOfSatisfying(
              DriftException.class, e -> assertThat(e.reason()).isEqualTo(Reason.INVALID_MATERIAL));
      assertThat(model.run(new int[512]).vocabulary()).isEqualTo(1024);
    }
  }

  @Test
  void saysWhenARunFails() {
    Path graph = SampleMaterial.SAMPLE.resolve("genai/model.onnx");
    try (OnnxTeacherForced model = OnnxTeacherForced.open(graph, 1)) {
      assertThatThrownBy(() -> model.run(new int[] {5000}))
          .isInstanceOfSatisfying(
              DriftException.class, e -> assertThat(e.reason()).isEqualTo(Reason.RUN_FAILED));
    }
  }

  private static void assertFirstLogits(TeacherForced.LogitRows rows, int position, JsonNode chat) {
    float[] row = new float[rows.vocabulary()];
    rows.read(position, row);
    int[] ids = integers(chat.at("/first_logits_top20/ids"));
    JsonNode values = chat.at("/first_logits_top20/values");
    for (int i = 0; i < ids.length; i++) {
      assertThat((double) row[ids[i]]).isCloseTo(values.get(i).asDouble(), within(1e-4));
    }
  }

  private static int[] integers(JsonNode array) {
    return IntStream.range(0, array.size()).map(i -> array.get(i).asInt()).toArray();
  }
}
