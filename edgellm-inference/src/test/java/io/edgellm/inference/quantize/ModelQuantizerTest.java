package io.edgellm.inference.quantize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import io.edgellm.inference.quantize.QuantizationException.Reason;
import io.edgellm.inference.quantize.QuantizationListener.Progress;
import io.edgellm.inference.quantize.QuantizationReport.QuantizedNode;
import io.edgellm.inference.shard.ModelSharder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelQuantizerTest {
  private static final Path GENAI = StoredModel.SAMPLE.resolve("genai");
  private static final Path OPTIMUM = StoredModel.SAMPLE.resolve("optimum");
  private static final QuantizationRecipe INT4 =
      QuantizationRecipe.of(new BlockFormat(4, 32, true));

  @Test
  void makesTheSameBytesFromTheSameSource(@TempDir Path temp) throws Exception {
    new ModelQuantizer(INT4).quantize(GENAI, temp.resolve("one"));
    new ModelQuantizer(INT4).quantize(GENAI, temp.resolve("two"));

    Map<String, String> one = StoredModel.digests(temp.resolve("one"));
    assertThat(one).isEqualTo(StoredModel.digests(temp.resolve("two")));
    // Pinned: a change of these bytes needs a new QuantizationReport.TOOL_VERSION.
    assertThat(one.get("model.onnx"))
        .isEqualTo("7f98226b73f8c382beb33fb8cd1462f0b2c4815f596e45d3f2353b4d076da819");
    assertThat(one.get("model.onnx.data"))
        .isEqualTo("5417ec6a93bcf35b6fcb1885b8bf83e9252032345a5e2682df97af7684c60f07");
  }

  @Test
  void copiesTheOtherFilesAndNoOtherGraph(@TempDir Path temp) throws Exception {
    Path source = StoredModel.copy(OPTIMUM, temp.resolve("source"));
    Files.writeString(source.resolve("onnx/model_q4.onnx"), "another graph");
    Files.writeString(source.resolve("onnx/model_q4.onnx_data"), "its weights");

    new ModelQuantizer(INT4).quantize(source, temp.resolve("quantized"));

    Map<String, String> before = StoredModel.digests(OPTIMUM);
    Map<String, String> after = StoredModel.digests(temp.resolve("quantized"));
    assertThat(after)
        .containsOnlyKeys(
            "answer_format.json",
            "config.json",
            "generation_config.json",
            "onnx/model.onnx",
            "onnx/model.onnx_data",
            "quantization.json",
            "special_tokens_map.json",
            "tokenizer.json",
            "tokenizer_config.json");
    assertThat(after).containsEntry("tokenizer.json", before.getOrDefault("tokenizer.json", ""));
  }

  @Test
  void doesNotCopyThePapersOfARelease(@TempDir Path temp) throws Exception {
    Path source = StoredModel.copy(GENAI, temp.resolve("source"));
    for (String paper : new String[] {"release.json", "release.sig", "receipt.json"}) {
      Files.writeString(source.resolve(paper), "about the source");
    }

    new ModelQuantizer(INT4).quantize(source, temp.resolve("quantized"));

    assertThat(StoredModel.digests(temp.resolve("quantized")))
        .containsKeys("tokenizer.json")
        .doesNotContainKeys("release.json", "release.sig", "receipt.json");
  }

  @Test
  void leavesOutWhatIsHiddenOtherWeightsAndKeys(@TempDir Path temp) throws Exception {
    Path source = StoredModel.copy(GENAI, temp.resolve("source"));
    List<String> unwanted =
        List.of(
            ".env",
            ".git/config",
            "blobs/8f3a",
            "key.pem",
            "model-00001-of-00002.safetensors",
            "model.Q4_K_M.gguf",
            "model.safetensors.index.json",
            "pytorch_model.bin",
            "tf_model.h5");
    List<String> wanted = List.of("LICENSE", "README.md", "chat_template.jinja", "vocab.bin");
    for (List<String> names : List.of(unwanted, wanted)) {
      for (String name : names) {
        Path file = source.resolve(name);
        Files.createDirectories(file.resolveSibling(""));
        Files.writeString(file, name);
      }
    }
    Path blob = source.resolve("blobs/8f3a");
    Path data = source.resolve("model.onnx.data");
    Files.move(data, blob, StandardCopyOption.REPLACE_EXISTING);
    Files.createSymbolicLink(data, Path.of("blobs/8f3a"));

    QuantizationReport report =
        new ModelQuantizer(INT4).quantize(source, temp.resolve("quantized"));

    Map<String, String> after = StoredModel.digests(temp.resolve("quantized"));
    assertThat(after)
        .containsKeys(wanted.toArray(String[]::new))
        .containsKey("model.onnx.data")
        .doesNotContainKeys(unwanted.toArray(String[]::new));
    List<String> leftOut = new ArrayList<>(unwanted);
    leftOut.set(1, ".git");
    assertThat(report.leftOut()).containsExactlyElementsOf(leftOut);
    assertThat(report.toJson()).contains("\"leftOut\" : [", "\"key.pem\"");
  }

  @Test
  void refusesATargetInsideTheModel(@TempDir Path temp) throws Exception {
    Path source = StoredModel.copy(GENAI, temp.resolve("source"));
    Map<String, String> before = StoredModel.digests(source);

    assertThatThrownBy(() -> new ModelQuantizer(INT4).quantize(source, source.resolve("int4")))
        .isInstanceOfSatisfying(
            QuantizationException.class,
            e -> assertThat(e.reason()).isEqualTo(Reason.TARGET_INSIDE_MODEL));
    assertThat(StoredModel.digests(source)).isEqualTo(before);
  }

  @Test
  void dropsReplacedWeightsFromTheInputsAndKeepsOtherDefaults(@TempDir Path temp) throws Exception {
    TinyModel tiny = new TinyModel(temp.resolve("source"));
    tiny.graph.addInput(ValueInfoProto.newBuilder().setName("w"));
    tiny.graph.addInput(ValueInfoProto.newBuilder().setName("optional"));
    tiny.graph.addInitializer(TensorProto.newBuilder().setName("optional"));
    tiny.graph.addInitializer(TensorProto.newBuilder().setName("nobody reads this"));
    tiny.write();

    new ModelQuantizer(INT4).quantize(tiny.directory, temp.resolve("quantized"));

    StoredModel model = StoredModel.read(temp.resolve("quantized/model.onnx"));
    assertThat(model.model().getGraph().getInputList())
        .extracting(ValueInfoProto::getName)
        .containsExactly("x", "optional");
    assertThat(model.tensors()).containsOnlyKeys("w_Q4", "w_scales", "optional");
  }

  @Test
  void leavesNoFp32WeightBehindButTheEmbeddingThatGatherReads(@TempDir Path temp) throws Exception {
    new ModelQuantizer(INT4).quantize(OPTIMUM, temp.resolve("quantized"));

    StoredModel model = StoredModel.read(temp.resolve("quantized/onnx/model.onnx"));
    assertThat(model.tensors())
        .containsKeys("model.embed_tokens.weight", "lm_head.weight_t_Q4")
        .doesNotContainKey("lm_head.weight_t");
    assertThat(model.tensors().values())
        .filteredOn(tensor -> tensor.getDimsCount() == 2)
        .filteredOn(tensor -> !tensor.getName().endsWith("_scales"))
        .extracting(TensorProto::getName)
        .containsExactly("model.embed_tokens.weight");
    assertThat(model.model().getOpsetImportList())
        .anySatisfy(set -> assertThat(set.getDomain()).isEqualTo("com.microsoft"));
  }

  @Test
  void keepsAWeightThatAnotherNodeStillReads(@TempDir Path temp) throws Exception {
    TinyModel tiny = new TinyModel(temp.resolve("source"));
    tiny.graph.addNode(TinyModel.node("Identity", "again", "w", "copy"));
    tiny.write();

    new ModelQuantizer(INT4).quantize(tiny.directory, temp.resolve("quantized"));

    StoredModel model = StoredModel.read(temp.resolve("quantized/model.onnx"));
    assertThat(model.tensors()).containsOnlyKeys("w", "w_Q4", "w_scales");
    assertThat(model.bytes(model.tensor("w"))).isEqualTo(tiny.weightBytes());
  }

  @Test
  void storesASharedWeightOnce(@TempDir Path temp) throws Exception {
    TinyModel tiny = new TinyModel(temp.resolve("source"));
    tiny.graph.addNode(TinyModel.node("MatMul", "second", "x", "w", "z"));
    tiny.write();

    QuantizationReport report =
        new ModelQuantizer(INT4).quantize(tiny.directory, temp.resolve("quantized"));

    StoredModel model = StoredModel.read(temp.resolve("quantized/model.onnx"));
    assertThat(model.tensors()).containsOnlyKeys("w_Q4", "w_scales");
    assertThat(report.quantized()).extracting(QuantizedNode::node).containsExactly("m", "second");
  }

  @Test
  void quantizesNodesOfSubgraphs(@TempDir Path temp) throws Exception {
    TinyModel tiny = new TinyModel(temp.resolve("source"));
    tiny.addSubgraphWith(TinyModel.node("MatMul", "inner", "x", "w", "inner_y"));
    tiny.write();

    new ModelQuantizer(INT4).quantize(tiny.directory, temp.resolve("quantized"));

    StoredModel model = StoredModel.read(temp.resolve("quantized/model.onnx"));
    NodeProto branch = model.nodes("If").get(0);
    assertThat(branch.getAttribute(0).getG().getNode(0).getOpType()).isEqualTo("MatMulNBits");
    assertThat(model.tensors()).doesNotContainKey("w");
  }

  @Test
  void keepsFieldsThatItDoesNotKnow(@TempDir Path temp) throws Exception {
    TinyModel tiny = new TinyModel(temp.resolve("source"));
    tiny.addUnknownField(7777, "from the future");
    tiny.write();

    new ModelQuantizer(INT4).quantize(tiny.directory, temp.resolve("quantized"));

    StoredModel model = StoredModel.read(temp.resolve("quantized/model.onnx"));
    assertThat(model.model().getGraph().getUnknownFields().getField(7777).getLengthDelimitedList())
        .hasSize(1);
    assertThat(model.model().getUnknownFields().getField(7777).getLengthDelimitedList()).hasSize(1);
  }

  @Test
  void keepsAndChangesTheNodesThatRulesName(@TempDir Path temp) throws Exception {
    QuantizationRecipe recipe =
        QuantizationRecipe.of(new BlockFormat(2, 32, false))
            .with(new NodeRule.KeepFloat("*lm_head*"))
            .with(new NodeRule.UseFormat("/model/layers.0/*", new BlockFormat(8, 64, true)));

    QuantizationReport report =
        new ModelQuantizer(recipe).quantize(GENAI, temp.resolve("quantized"));

    StoredModel model = StoredModel.read(temp.resolve("quantized/model.onnx"));
    assertThat(model.nodes("MatMul"))
        .extracting(NodeProto::getName)
        .containsExactly("/lm_head/MatMul");
    assertThat(model.tensors())
        .containsKeys(
            "lm_head.MatMul.weight",
            "model.layers.0.mlp.up_proj.MatMul.weight_Q8",
            "model.layers.1.mlp.up_proj.MatMul.weight_Q2")
        .doesNotContainKey("model.layers.0.mlp.up_proj.MatMul.weight_zero_points");
    assertThat(report.kept()).hasSize(1);
    assertThat(report.quantized()).hasSize(25);
  }

  @Test
  void givesTheLastMatMulAndSomeLayersFormatsOfTheirOwn(@TempDir Path temp) {
    BlockFormat eightBits = new BlockFormat(8, 32, true);
    BlockFormat smallBlocks = new BlockFormat(4, 16, false);
    QuantizationRecipe recipe =
        INT4.with(new NodeRule.UseFormat(new NodeSelector.LastMatMul(), eightBits))
            .with(new NodeRule.UseFormat(new NodeSelector.Layers(1, 2), smallBlocks));

    QuantizationReport report = new ModelQuantizer(recipe).quantize(OPTIMUM, temp.resolve("out"));

    assertThat(report.quantized())
        .allSatisfy(
            node ->
                assertThat(node.format())
                    .isEqualTo(
                        node.node().contains("lm_head")
                            ? eightBits
                            : node.node().matches(".*layers\\.[12]/.*")
                                ? smallBlocks
                                : INT4.format()));
    assertThat(report.toJson()).contains("\"lastMatMul\" : true", "\"firstLayer\" : 1");
  }

  @Test
  void refusesLayersThatTheModelDoesNotHave(@TempDir Path temp) {
    QuantizationRecipe recipe = INT4.with(new NodeRule.KeepFloat(new NodeSelector.Layers(5, 7)));

    refuses(recipe, GENAI, temp, Reason.INVALID_RECIPE, "layers 5 to 7");
  }

  @Test
  void refusesARuleThatMatchesNothing(@TempDir Path temp) {
    QuantizationRecipe recipe = INT4.with(new NodeRule.KeepFloat("*lm-head*"));

    refuses(recipe, GENAI, temp, Reason.INVALID_RECIPE, "*lm-head*");
  }

  @Test
  void refusesATargetThatExistsAndLeavesItAlone(@TempDir Path temp) throws Exception {
    Path target = Files.createDirectory(temp.resolve("quantized"));
    Files.writeString(target.resolve("precious"), "mine");

    assertThatThrownBy(() -> new ModelQuantizer(INT4).quantize(GENAI, target))
        .isInstanceOfSatisfying(
            QuantizationException.class,
            e -> assertThat(e.reason()).isEqualTo(Reason.TARGET_EXISTS));
    assertThat(StoredModel.digests(temp)).containsOnlyKeys("quantized/precious");
  }

  @Test
  void stopsWhenCancelledAndLeavesNothing(@TempDir Path temp) {
    AtomicInteger asked = new AtomicInteger();

    assertThatThrownBy(
            () ->
                new ModelQuantizer(INT4)
                    .quantize(
                        GENAI, temp.resolve("out"), p -> {}, () -> asked.incrementAndGet() > 20))
        .isInstanceOfSatisfying(
            QuantizationException.class, e -> assertThat(e.reason()).isEqualTo(Reason.CANCELLED));
    assertThat(asked).hasValue(21);
    assertThat(temp).isEmptyDirectory();
  }

  @Test
  void reportsEveryTensorOnce(@TempDir Path temp) {
    List<Progress> events = new ArrayList<>();

    new ModelQuantizer(INT4).quantize(GENAI, temp.resolve("out"), events::add, () -> false);

    assertThat(events).hasSize(40).isSortedAccordingTo((a, b) -> a.number() - b.number());
    Progress last = events.get(39);
    assertThat(last.number()).isEqualTo(last.count());
    assertThat(last.sourceBytesDone()).isEqualTo(last.sourceBytesTotal()).isGreaterThan(5_000_000);
  }

  /** Decision 036 has the layout of shards. */
  @ParameterizedTest
  @CsvSource({"genai, 4, false", "optimum, 4, true", "optimum, 8, true"})
  void writesTheShardsThatTheSharderWouldMakeOfTheResult(
      String layout, int bits, boolean embedding, @TempDir Path temp) throws Exception {
    BlockFormat format = new BlockFormat(bits, 32, false);
    QuantizationRecipe recipe = QuantizationRecipe.of(format);
    QuantizationRecipe asked = embedding ? recipe.withEmbedding(format) : recipe;
    Path source = StoredModel.SAMPLE.resolve(layout);
    new ModelQuantizer(asked).quantize(source, temp.resolve("whole"));
    new ModelSharder().shard(temp.resolve("whole"), temp.resolve("sharded"));

    QuantizationReport report =
        new ModelQuantizer(asked.withShards()).quantize(source, temp.resolve("at once"));

    Map<String, String> expected = StoredModel.digests(temp.resolve("sharded"));
    Map<String, String> actual = StoredModel.digests(temp.resolve("at once"));
    expected.remove("quantization.json");
    actual.remove("quantization.json");
    assertThat(actual).isEqualTo(expected);
    assertThat(report.toJson()).contains("\"shards\" : true");
  }

  @Test
  void refusesShardsOfAModelWithoutBlocks(@TempDir Path temp) throws Exception {
    TinyModel tiny = new TinyModel(temp.resolve("source"));
    tiny.write();

    refuses(INT4.withShards(), tiny.directory, temp, Reason.UNSUPPORTED_MODEL, "shards");
  }

  @Test
  void writesItsReportIntoTheDirectory(@TempDir Path temp) throws Exception {
    QuantizationReport report =
        new ModelQuantizer(INT4.with(new NodeRule.KeepFloat("*lm_head*")))
            .quantize(GENAI, temp.resolve("out"));

    assertThat(Files.readString(temp.resolve("out/quantization.json"))).isEqualTo(report.toJson());
    assertThat(report.toJson())
        .contains(
            "\"tool\" : \"edgellm-quantizer\"",
            "\"blockSize\" : 32",
            "\"keep\" : \"fp32\"",
            "\"sourceSha256\" : \"" + report.sourceSha256().hex());
    assertThat(report.manifestEntry().excludedNodes()).containsExactly("/lm_head/MatMul");
    assertThat(report.manifestEntry().knobs())
        .containsOnlyKeys("accuracyLevel", "rules")
        .containsEntry("accuracyLevel", "4")
        .containsEntry("rules", "[{\"nodes\":\"*lm_head*\",\"keep\":\"fp32\"}]");
    assertThat(report.sourceBytes()).isEqualTo(5_072_618);
    assertThat(report.targetBytes()).isLessThan(1_900_000);
  }

  @Test
  void digestsTheSourceAsSha256sumPrintsIt(@TempDir Path temp) throws Exception {
    QuantizationReport report = new ModelQuantizer(INT4).quantize(GENAI, temp.resolve("out"));

    StringBuilder lines = new StringBuilder();
    StoredModel.digests(GENAI)
        .forEach((name, digest) -> lines.append(digest).append("  ").append(name).append('\n'));
    assertThat(report.sourceSha256().hex())
        .isEqualTo(StoredModel.sha256(lines.toString().getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void refusesAModelThatIsQuantizedAlready(@TempDir Path temp) {
    new ModelQuantizer(INT4).quantize(GENAI, temp.resolve("once"));

    assertThatThrownBy(
            () -> new ModelQuantizer(INT4).quantize(temp.resolve("once"), temp.resolve("twice")))
        .isInstanceOfSatisfying(
            QuantizationException.class,
            e -> assertThat(e.reason()).isEqualTo(Reason.NOTHING_TO_QUANTIZE));
    assertThat(temp.resolve("twice")).doesNotExist();
  }

  static void refuses(
      QuantizationRecipe recipe, Path source, Path temp, Reason reason, String subject) {
    assertThatThrownBy(() -> new ModelQuantizer(recipe).quantize(source, temp.resolve("refused")))
        .isInstanceOfSatisfying(
            QuantizationException.class,
            e -> {
              assertThat(e.reason()).isEqualTo(reason);
              assertThat(e.subject()).hasValue(subject);
            });
    assertThat(temp.resolve("refused")).doesNotExist();
  }
}
