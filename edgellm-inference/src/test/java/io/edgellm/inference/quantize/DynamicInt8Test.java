package io.edgellm.inference.quantize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtSession;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.edgellm.inference.quantize.NodeRule.UseFormat;
import java.io.InputStream;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Compares with what {@code onnxruntime.quantization.quantize_dynamic} 1.30.0 makes. */
class DynamicInt8Test {
  static Stream<Arguments> goldens() throws Exception {
    List<Arguments> all = new ArrayList<>();
    try (InputStream file = resource("int8-dynamic.json")) {
      for (JsonNode golden : new ObjectMapper().readTree(file).get("configs")) {
        DynamicInt8 format =
            new DynamicInt8(
                golden.get("perChannel").asBoolean(), golden.get("reduceRange").asBoolean());
        all.add(Arguments.of(golden.get("layout").asText(), format, golden));
      }
    }
    assertThat(all).hasSize(8);
    return all.stream();
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("goldens")
  void makesTheSameNodesAndTensorsToTheBit(
      String layout, DynamicInt8 format, JsonNode golden, @TempDir Path temp) throws Exception {
    Path model = StoredModel.SAMPLE.resolve(layout);
    StoredModel source =
        StoredModel.read(model.resolve(layout.equals("genai") ? "model.onnx" : "onnx/model.onnx"));

    StoredModel quantized = quantize(model, format, temp.resolve("quantized"));

    assertThat(NodeLines.added(source, quantized)).isEqualTo(tensors(golden));
    List<String> nodes = NodeLines.nodes(quantized);
    assertThat(nodes).hasSize(golden.get("nodes").asInt());
    String text = String.join("\n", nodes) + "\n";
    assertThat(StoredModel.sha256(text.getBytes(StandardCharsets.UTF_8)))
        .isEqualTo(golden.get("nodesSha256").asText());
  }

  private static List<String> tensors(JsonNode golden) {
    List<String> tensors = new ArrayList<>();
    golden
        .get("tensors")
        .properties()
        .forEach(tensor -> tensors.add(tensor.getKey() + " " + tensor.getValue().asText()));
    Collections.sort(tensors);
    return tensors;
  }

  @ParameterizedTest
  @CsvSource({
    "false, false, tensor",
    "false, true, tensor-reduced",
    "true, false, channel",
    "true, true, channel-reduced"
  })
  void computesTheSameAsTheModelOfOnnxRuntime(
      boolean perChannel, boolean reduceRange, String golden, @TempDir Path temp) throws Exception {
    Path model = Files.createDirectories(temp.resolve("model"));
    copy("int8-small.fp32.onnx", model.resolve("model.onnx"));
    Path other = temp.resolve("other.onnx");
    copy("int8-small." + golden + ".onnx", other);

    StoredModel own =
        quantize(model, new DynamicInt8(perChannel, reduceRange), temp.resolve("quantized"));

    assertThat(NodeLines.nodes(own)).isEqualTo(NodeLines.nodes(StoredModel.read(other)));
    float[] expected = run(other);
    float[] actual = run(own.graph());
    for (int i = 0; i < expected.length; i++) {
      assertThat(actual[i]).isCloseTo(expected[i], within(1e-5f));
    }
  }

  private static float[] run(Path graph) throws Exception {
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    FloatBuffer input = FloatBuffer.allocate(5 * 24);
    for (int i = 0; i < input.capacity(); i++) {
      input.put(i, (float) Math.sin(i * 0.37) * (1 + i % 7));
    }
    try (OrtSession session = environment.createSession(graph.toString());
        OnnxTensor tensor = OnnxTensor.createTensor(environment, input, new long[] {5, 24});
        OrtSession.Result result = session.run(Map.of("x", tensor))) {
      return ((OnnxTensor) result.get(0)).getFloatBuffer().array();
    }
  }

  @Test
  void standsBesideBlocksAsAFormatOfSomeNodes(@TempDir Path temp) throws Exception {
    QuantizationRecipe recipe =
        QuantizationRecipe.of(new BlockFormat(4, 32, true))
            .with(new UseFormat(new NodeSelector.Named("*lm_head*"), new DynamicInt8(true, true)));

    new ModelQuantizer(recipe).quantize(StoredModel.SAMPLE.resolve("genai"), temp.resolve("q"));

    StoredModel quantized = StoredModel.read(temp.resolve("q/model.onnx"));
    assertThat(quantized.nodes("MatMulInteger"))
        .singleElement()
        .satisfies(node -> assertThat(node.getOutput(0)).startsWith("logits"));
    assertThat(quantized.nodes("MatMulNBits")).hasSize(25);
  }

  @Test
  void quantizesAnInputOnceForAllThatReadIt(@TempDir Path temp) throws Exception {
    StoredModel quantized =
        quantize(
            StoredModel.SAMPLE.resolve("genai"), new DynamicInt8(false, false), temp.resolve("q"));

    assertThat(quantized.nodes("MatMulInteger")).hasSize(26);
    assertThat(quantized.nodes("DynamicQuantizeLinear")).hasSize(21);
    assertThat(quantized.nodes("MatMul")).isEmpty();
  }

  @Test
  void saysInTheManifestWhatWasDone(@TempDir Path temp) {
    QuantizationReport report =
        new ModelQuantizer(QuantizationRecipe.of(new DynamicInt8(true, true)))
            .quantize(StoredModel.SAMPLE.resolve("genai"), temp.resolve("q"));

    assertThat(report.manifestEntry().method()).isEqualTo("matmul-integer-dynamic");
    assertThat(report.manifestEntry().bits()).isEqualTo(8);
    assertThat(report.manifestEntry().symmetric()).isTrue();
    assertThat(report.manifestEntry().knobs())
        .containsEntry("perChannel", "true")
        .containsEntry("reduceRange", "true");
    assertThat(report.manifestEntry().calibrationDigest()).isNull();
  }

  private static StoredModel quantize(Path model, DynamicInt8 format, Path target)
      throws Exception {
    QuantizationReport report =
        new ModelQuantizer(QuantizationRecipe.of(format)).quantize(model, target);
    return StoredModel.read(target.resolve(report.graph()));
  }

  private static void copy(String resource, Path target) throws Exception {
    try (InputStream in = resource(resource)) {
      Files.copy(in, target);
    }
  }

  private static InputStream resource(String name) {
    return Objects.requireNonNull(DynamicInt8Test.class.getResourceAsStream(name), name);
  }
}
