package io.edgellm.inference.quantize;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Compares with what {@code onnxruntime.quantization} 1.30.0 made of the sample model. */
class OnnxRuntimeGoldensTest {
  static Stream<Arguments> configurations() throws Exception {
    List<Arguments> all = new ArrayList<>();
    for (String layout : List.of("genai", "optimum")) {
      Path goldens = StoredModel.SAMPLE.resolve("quantization-goldens." + layout + ".json");
      for (JsonNode golden : new ObjectMapper().readTree(goldens.toFile()).get("configs")) {
        BlockFormat format =
            new BlockFormat(
                golden.get("bits").asInt(),
                golden.get("blockSize").asInt(),
                golden.get("symmetric").asBoolean());
        all.add(Arguments.of(layout, format, golden));
      }
    }
    assertThat(all).hasSize(60);
    return all.stream();
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("configurations")
  void makesTheSameNodesAndTensorsToTheBit(
      String layout, BlockFormat format, JsonNode golden, @TempDir Path temp) throws Exception {
    StoredModel quantized = quantize(layout, format, temp);

    assertThat(addedTensors(source(layout), quantized)).isEqualTo(expectedTensors(golden));
    assertThat(attributes(quantized)).isEqualTo(expectedAttributes(golden));
  }

  private static Map<String, String> expectedTensors(JsonNode golden) {
    Map<String, String> expected = new TreeMap<>();
    for (JsonNode tensor : golden.get("tensors")) {
      List<Long> dims = new ArrayList<>();
      tensor.get("dims").forEach(dim -> dims.add(dim.asLong()));
      expected.put(
          tensor.get("name").asText(),
          tensor.get("dtype").asText() + dims + tensor.get("sha256").asText());
    }
    return expected;
  }

  private static Map<String, String> addedTensors(StoredModel before, StoredModel after)
      throws Exception {
    Map<String, String> added = new TreeMap<>();
    for (TensorProto tensor : after.tensors().values()) {
      if (!before.tensors().containsKey(tensor.getName())) {
        added.put(
            tensor.getName(),
            TensorProto.DataType.forNumber(tensor.getDataType())
                + tensor.getDimsList().toString()
                + StoredModel.sha256(after.bytes(tensor)));
      }
    }
    return added;
  }

  private static Map<String, Map<String, Long>> expectedAttributes(JsonNode golden) {
    Map<String, Map<String, Long>> expected = new TreeMap<>();
    for (Map.Entry<String, JsonNode> node : golden.get("attributes").properties()) {
      Map<String, Long> attributes = new TreeMap<>();
      for (Map.Entry<String, JsonNode> value : node.getValue().properties()) {
        attributes.put(value.getKey(), value.getValue().asLong());
      }
      expected.put(node.getKey(), attributes);
    }
    return expected;
  }

  private static Map<String, Map<String, Long>> attributes(StoredModel model) {
    Map<String, Map<String, Long>> actual = new TreeMap<>();
    for (NodeProto node : model.nodes("MatMulNBits")) {
      Map<String, Long> attributes = new TreeMap<>();
      for (AttributeProto attribute : node.getAttributeList()) {
        attributes.put(attribute.getName(), attribute.getI());
      }
      actual.put(node.getInput(1), attributes);
    }
    return actual;
  }

  private StoredModel quantize(String layout, BlockFormat format, Path temp) throws Exception {
    Path target = temp.resolve("quantized");
    QuantizationReport report =
        new ModelQuantizer(QuantizationRecipe.of(format))
            .quantize(StoredModel.SAMPLE.resolve(layout), target);
    return StoredModel.read(target.resolve(report.graph()));
  }

  private static StoredModel source(String layout) throws Exception {
    return StoredModel.read(
        StoredModel.SAMPLE.resolve(
            layout.equals("genai") ? "genai/model.onnx" : "optimum/onnx/model.onnx"));
  }
}
