package io.edgellm.inference.facts;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class GraphCensusTest {
  private static TensorProto tensor(String name, DataType type, long... dims) {
    TensorProto.Builder tensor = TensorProto.newBuilder().setName(name);
    for (long dim : dims) {
      tensor.addDims(dim);
    }
    return tensor.setDataType(type.getNumber()).build();
  }

  private static NodeProto.Builder node(String domain, String type, String... inputs) {
    return NodeProto.newBuilder().setDomain(domain).setOpType(type).addAllInput(List.of(inputs));
  }

  private static AttributeProto number(String name, long value) {
    return AttributeProto.newBuilder().setName(name).setI(value).build();
  }

  private static GraphCensus census(GraphProto.Builder graph) throws IOException {
    ModelProto.Builder model = ModelProto.newBuilder().setGraph(graph);
    Map.of("", 21, "com.microsoft", 1, "com.example", 3, "ai.onnx.ml", 4)
        .forEach(
            (domain, version) ->
                model.addOpsetImport(
                    OperatorSetIdProto.newBuilder().setDomain(domain).setVersion(version)));
    return GraphCensus.of(model.build());
  }

  @Test
  void namesOnlyTheOperatorSetsThatAreUsed() throws IOException {
    GraphCensus census =
        census(
            GraphProto.newBuilder()
                .addNode(node("", "MatMul", "x", "w"))
                .addNode(node("com.example", "Tokenize", "x")));
    assertThat(census.opsets()).isEqualTo(Map.of("ai.onnx", 21, "com.example", 3));
    assertThat(census.customOps()).containsExactly("com.example");
  }

  @Test
  void countsPackedWeightsUnpackedAndWithoutTheirScales() throws IOException {
    GraphCensus census =
        census(
            GraphProto.newBuilder()
                .addInitializer(tensor("w", DataType.UINT8, 32, 2, 16))
                .addInitializer(tensor("s", DataType.FLOAT16, 64))
                .addInitializer(tensor("z", DataType.UINT8, 32))
                .addInitializer(tensor("e", DataType.FLOAT, 100, 64))
                .addInitializer(tensor("shape", DataType.INT64, 4))
                .addNode(
                    node("com.microsoft", "MatMulNBits", "x", "w", "s", "z")
                        .addAttribute(number("K", 60))
                        .addAttribute(number("N", 32)))
                .addNode(node("", "Gather", "e", "ids")));
    assertThat(census.parameterCount()).isEqualTo(60 * 32 + 100 * 64);
    assertThat(census.precision()).isEqualTo("float16,uint8");
  }

  @Test
  void countsWhatIsInSubgraphs() throws IOException {
    GraphProto inner =
        GraphProto.newBuilder()
            .addInitializer(tensor("w", DataType.FLOAT, 8, 8))
            .addInitializer(tensor("cos", DataType.FLOAT, 512, 16))
            .addNode(node("com.microsoft", "RotaryEmbedding", "x", "p", "cos", "cos"))
            .addNode(node("", "MatMul", "x", "w"))
            .build();
    GraphCensus census =
        census(
            GraphProto.newBuilder()
                .addNode(
                    node("", "If", "c")
                        .addAttribute(
                            AttributeProto.newBuilder().setName("then_branch").setG(inner))));
    assertThat(census.parameterCount()).isEqualTo(64);
    assertThat(census.opsets()).containsOnlyKeys("ai.onnx", "com.microsoft");
    assertThat(census.precision()).isEqualTo("float32");
  }
}
