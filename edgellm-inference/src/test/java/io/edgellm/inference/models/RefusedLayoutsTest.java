package io.edgellm.inference.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.edgellm.inference.OnnxModelLoader;
import io.edgellm.inference.OnnxOptions;
import io.edgellm.llm.InferenceException;
import io.edgellm.llm.InferenceException.Reason;
import io.edgellm.trust.DevelopmentModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What does not load says what was seen. */
class RefusedLayoutsTest {
  @TempDir Path folder;

  private Path directory() {
    return folder.resolve("model");
  }

  private void assertRefused(Reason reason, String... seen) {
    OnnxModelLoader loader = new OnnxModelLoader(OnnxOptions.builder().threads(1).build());
    assertThatThrownBy(() -> loader.load(DevelopmentModel.at(directory())))
        .isInstanceOfSatisfying(
            InferenceException.class,
            e -> {
              assertThat(e.reason()).as(e.getMessage()).isEqualTo(reason);
              assertThat(e.subject().orElse("") + " " + e.getMessage()).contains(seen);
            });
  }

  private void editGraph(String name, Consumer<GraphProto.Builder> edit) throws IOException {
    Path file = directory().resolve(name);
    ModelProto.Builder model = ModelProto.parseFrom(Files.readAllBytes(file)).toBuilder();
    edit.accept(model.getGraphBuilder());
    Files.write(file, model.build().toByteArray());
  }

  private void editDecoder(Consumer<ObjectNode> edit) throws IOException {
    ObjectMapper mapper = new ObjectMapper();
    Path file = directory().resolve("genai_config.json");
    JsonNode root = mapper.readTree(file.toFile());
    edit.accept((ObjectNode) root.at("/model/decoder"));
    mapper.writeValue(file.toFile(), root);
  }

  private static ValueInfoProto tensor(String name, DataType type, int rank) {
    TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
    for (int i = 0; i < rank; i++) {
      shape.addDim(TensorShapeProto.Dimension.newBuilder().setDimParam(name + i));
    }
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(
            TypeProto.newBuilder()
                .setTensorType(
                    TypeProto.Tensor.newBuilder().setElemType(type.getNumber()).setShape(shape)))
        .build();
  }

  @Test
  void refusesACacheInPages() throws IOException {
    GenaiModels.usual(directory());
    editGraph("model.onnx", graph -> graph.addInput(tensor("block_table", DataType.INT32, 2)));
    assertRefused(Reason.MODEL_UNSUPPORTED, "block_table", "CUDA");
  }

  @Test
  void namesAnInputThatNoRuleFeeds() throws IOException {
    HuggingFaceModels.optimum(directory());
    editGraph("model.onnx", graph -> graph.addInput(tensor("past_ssm.0", DataType.FLOAT, 4)));
    assertRefused(Reason.MODEL_UNSUPPORTED, "'past_ssm.0', which no rule feeds");
  }

  @Test
  void refusesAnOpenHeadSizeThatTheConfigurationDoesNotSay() throws IOException {
    GenaiModels.usual(directory());
    editDecoder(decoder -> decoder.remove("head_size"));
    assertRefused(Reason.MODEL_UNSUPPORTED, "past_key_values.0.key", "open");
  }

  @Test
  void refusesACacheThatGivesBackOnlyWhatIsNew() throws IOException {
    GenaiModels.withFixedShapes(directory());
    editGraph("model.onnx", RefusedLayoutsTest::giveBackOnlyWhatIsNew);
    assertRefused(Reason.MODEL_UNSUPPORTED, "past_key_values.0.key", "gives it back as");
  }

  private static void giveBackOnlyWhatIsNew(GraphProto.Builder graph) {
    List<String> bounds = List.of("start", "end", "axis");
    long[] values = {0, GenaiModels.FIXED_PREFILL, 2};
    for (int i = 0; i < values.length; i++) {
      graph.addInitializer(
          TensorProto.newBuilder()
              .setName(bounds.get(i))
              .setDataType(DataType.INT64.getNumber())
              .addDims(1)
              .addInt64Data(values[i]));
    }
    for (NodeProto.Builder node : List.copyOf(graph.getNodeBuilderList())) {
      if (node.getOpType().equals("GroupQueryAttention")) {
        for (int i = 1; i < node.getOutputCount(); i++) {
          String present = node.getOutput(i);
          node.setOutput(i, present + "/all");
          graph.addNode(
              NodeProto.newBuilder()
                  .setOpType("Slice")
                  .addInput(present + "/all")
                  .addAllInput(bounds)
                  .addOutput(present));
        }
      }
    }
    for (ValueInfoProto.Builder output : graph.getOutputBuilderList()) {
      TensorShapeProto.Builder shape =
          output.getTypeBuilder().getTensorTypeBuilder().getShapeBuilder();
      if (shape.getDimCount() == 4) {
        shape.getDimBuilder(2).setDimValue(GenaiModels.FIXED_PREFILL);
      }
    }
  }

  @Test
  void saysThatALaterRuntimeIsNeededForACacheThatTheOperatorCuts() throws IOException {
    GenaiModels.windowed(directory());
    editGraph(
        "model.onnx",
        graph ->
            graph.getNodeBuilderList().stream()
                .filter(node -> node.getOpType().equals("GroupQueryAttention"))
                .forEach(
                    node ->
                        node.addAttribute(
                            AttributeProto.newBuilder()
                                .setName("sliding_window_cache")
                                .setType(AttributeProto.AttributeType.INT)
                                .setI(1))));
    assertRefused(Reason.MODEL_UNSUPPORTED, "runtime lacks", "sliding_window_cache");
  }

  @Test
  void namesTheSecondFileOfWeightsThatIsMissing() throws IOException {
    HuggingFaceModels.withLogitsToKeep(directory());
    Files.delete(directory().resolve("onnx/model.onnx_data_1"));
    assertRefused(Reason.MODEL_INVALID, "model.onnx_data_1");
  }

  @Test
  void refusesASecondFileOfWeightsThatWasCutOff() throws IOException {
    HuggingFaceModels.withLogitsToKeep(directory());
    Path file = directory().resolve("onnx/model.onnx_data_1");
    byte[] bytes = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(bytes, bytes.length / 2));
    assertRefused(Reason.MODEL_INVALID, "model.onnx");
  }

  @Test
  void namesTheStageThatIsMissing() throws IOException {
    StagedModels.pipeline(directory());
    Files.delete(directory().resolve("lm_head.onnx"));
    assertRefused(Reason.MODEL_INVALID, "lm_head.onnx");
  }

  @Test
  void refusesAStageThatLeavesTheDirectory() throws IOException {
    StagedModels.pipeline(directory());
    Files.copy(directory().resolve("lm_head.onnx"), folder.resolve("outside.onnx"));
    editDecoder(
        decoder ->
            ((ObjectNode) decoder.at("/pipeline/2/lm_head")).put("filename", "../outside.onnx"));
    assertRefused(Reason.MODEL_INVALID, "../outside.onnx");
  }

  @Test
  void refusesStagesForPromptsAlone() throws IOException {
    StagedModels.pipeline(directory());
    editDecoder(
        decoder -> ((ObjectNode) decoder.at("/pipeline/1/layers")).put("run_on_token_gen", false));
    assertRefused(Reason.MODEL_UNSUPPORTED, "layers/run_on_token_gen");
  }

  @Test
  void refusesStagesOfDifferentPrecision() throws IOException {
    StagedModels.withEmbeddings(directory());
    editGraph(
        "onnx/embed_tokens.onnx",
        graph -> {
          NodeProto.Builder last = graph.getNodeBuilder(graph.getNodeCount() - 1);
          last.setOpType("Cast")
              .addAttribute(
                  AttributeProto.newBuilder()
                      .setName("to")
                      .setType(AttributeProto.AttributeType.INT)
                      .setI(DataType.FLOAT16.getNumber()));
          graph
              .getOutputBuilder(0)
              .getTypeBuilder()
              .getTensorTypeBuilder()
              .setElemType(DataType.FLOAT16.getNumber());
        });
    assertRefused(Reason.MODEL_UNSUPPORTED, "inputs_embeds", "FLOAT16", "same precision");
  }

  @Test
  void refusesADecoderWhoseEmbeddingIsMissing() throws IOException {
    StagedModels.withEmbeddings(directory());
    Files.delete(directory().resolve("onnx/embed_tokens.onnx"));
    assertRefused(Reason.MODEL_UNSUPPORTED, "has no input 'input_ids'", "inputs_embeds");
  }
}
