package io.edgellm.inference.quantize;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import io.edgellm.inference.quantize.QuantizationException.Reason;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddingTest {
  private static final Path GENAI = StoredModel.SAMPLE.resolve("genai");
  private static final BlockFormat FOUR_BITS = new BlockFormat(4, 32, true);
  private static final QuantizationRecipe BOTH =
      QuantizationRecipe.of(FOUR_BITS).withEmbedding(FOUR_BITS);

  @TempDir Path temp;

  @Test
  void storesHeadAndEmbeddingOnceWhereTheyAreTied() throws Exception {
    QuantizationReport report = new ModelQuantizer(BOTH).quantize(GENAI, temp.resolve("out"));

    StoredModel model = StoredModel.read(temp.resolve("out/model.onnx"));
    TensorProto codes = model.tensor("lm_head.MatMul.weight_Q4");
    TensorProto rows = model.tensor("lm_head.MatMul.weight_Q4_rows");
    assertThat(codes.getDimsList()).containsExactly(1024L, 4L, 16L);
    assertThat(rows.getDimsList()).containsExactly(1024L, 64L);
    assertThat(StoredModel.place(rows)).isEqualTo(StoredModel.place(codes));
    NodeProto lookup = model.nodes("GatherBlockQuantized").get(0);
    assertThat(lookup.getInputList())
        .containsExactly(
            "lm_head.MatMul.weight_Q4_rows", "input_ids", "lm_head.MatMul.weight_scales");
    assertThat(model.tensors()).doesNotContainKey("model.embed_tokens.weight");
    assertThat(report.targetBytes()).isLessThan(960_000);
    assertThat(report.toJson()).contains("\"embedding\" : {");
  }

  @Test
  void storesThemApartInDifferentFormats() throws Exception {
    QuantizationRecipe recipe =
        QuantizationRecipe.of(FOUR_BITS).withEmbedding(new BlockFormat(8, 32, false));

    new ModelQuantizer(recipe).quantize(GENAI, temp.resolve("out"));

    StoredModel model = StoredModel.read(temp.resolve("out/model.onnx"));
    assertThat(model.tensors())
        .containsKeys("model.embed_tokens.weight_Q8", "lm_head.MatMul.weight_Q4");
    assertThat(model.tensor("model.embed_tokens.weight_zero_points").getDimsList())
        .containsExactly(1024L, 4L);
  }

  @Test
  void storesThemApartWhereOneNumberDiffers() throws Exception {
    Path source = StoredModel.copy(GENAI, temp.resolve("source"));
    StoredModel before = StoredModel.read(source.resolve("model.onnx"));
    Path data = source.resolve("model.onnx.data");
    byte[] bytes = Files.readAllBytes(data);
    long offset =
        Long.parseLong(
            StoredModel.place(before.tensor("model.embed_tokens.weight"))
                .getOrDefault("offset", "0"));
    bytes[(int) offset + 1023 * 128 * Float.BYTES] ^= 1;
    Files.write(data, bytes);

    new ModelQuantizer(BOTH).quantize(source, temp.resolve("out"));

    assertThat(StoredModel.read(temp.resolve("out/model.onnx")).tensors())
        .containsKeys("model.embed_tokens.weight_Q4", "lm_head.MatMul.weight_Q4");
  }

  @Test
  void refusesAnEmbeddingThatEveryRuleKeeps() throws Exception {
    QuantizationRecipe recipe = BOTH.with(new NodeRule.KeepFloat("*embed_tokens*"));

    refuses(recipe, "embedding");
  }

  @Test
  void refusesAnEmbeddingThatIsNotThere() throws Exception {
    TinyModel tiny = new TinyModel(temp.resolve("source"));
    tiny.write();

    ModelQuantizerTest.refuses(BOTH, tiny.directory, temp, Reason.INVALID_RECIPE, "embedding");
  }

  @Test
  void leavesTablesOfPositionsAlone() throws Exception {
    TinyModel tiny = new TinyModel(temp.resolve("source"));
    tiny.graph.addInput(tiny.graph.getInput(0).toBuilder().setName("position_ids"));
    tiny.graph.addInitializer(tiny.graph.getInitializer(0).toBuilder().setName("sines"));
    tiny.graph.addNode(TinyModel.node("Gather", "rotary", "sines", "position_ids", "angles"));
    tiny.write();

    ModelQuantizerTest.refuses(BOTH, tiny.directory, temp, Reason.INVALID_RECIPE, "embedding");
  }

  @Test
  void findsTheTableBehindACastOfTheTokens() throws Exception {
    TinyModel tiny = new TinyModel(temp.resolve("source"));
    tiny.graph.addInput(tiny.graph.getInput(0).toBuilder().setName("input_ids"));
    tiny.graph.addInitializer(tiny.graph.getInitializer(0).toBuilder().setName("table"));
    tiny.graph.addNode(TinyModel.node("Cast", "wide", "input_ids", "ids"));
    tiny.graph.addNode(TinyModel.node("Gather", "lookup", "table", "ids", "embedded"));
    tiny.write();

    QuantizationReport report =
        new ModelQuantizer(BOTH).quantize(tiny.directory, temp.resolve("out"));

    assertThat(report.quantized())
        .extracting(QuantizationReport.QuantizedNode::node)
        .isEqualTo(List.of("m", "lookup"));
  }

  @Test
  void saysThatAHeadWhichIsTurnedOverInTheGraphIsKept() throws Exception {
    TinyModel tiny = new TinyModel(temp.resolve("source"));
    tiny.graph.addInitializer(tiny.graph.getInitializer(0).toBuilder().setName("table"));
    tiny.graph.addNode(TinyModel.node("Transpose", "turn", "table", "turned"));
    tiny.graph.addNode(TinyModel.node("MatMul", "head", "y", "turned", "logits"));
    tiny.write();

    QuantizationReport report =
        new ModelQuantizer(QuantizationRecipe.of(FOUR_BITS))
            .quantize(tiny.directory, temp.resolve("out"));

    assertThat(report.kept())
        .containsExactly(
            new QuantizationReport.KeptNode("head", "the weight is a Transpose of table"));
  }

  private void refuses(QuantizationRecipe recipe, String subject) {
    ModelQuantizerTest.refuses(recipe, GENAI, temp, Reason.INVALID_RECIPE, subject);
  }
}
