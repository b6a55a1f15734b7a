package io.edgellm.inference.surgery;

import static io.edgellm.inference.onnx.Dim.dim;
import static io.edgellm.inference.onnx.ElementType.BOOL;
import static io.edgellm.inference.onnx.ElementType.FLOAT;
import static io.edgellm.inference.onnx.ElementType.INT64;
import static io.edgellm.inference.onnx.ElementType.INT8;
import static io.edgellm.inference.onnx.ElementType.UINT8;
import static io.edgellm.inference.surgery.TinyHead.HIDDEN;
import static io.edgellm.inference.surgery.TinyHead.VOCABULARY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import io.edgellm.inference.onnx.GraphBuilder;
import io.edgellm.inference.onnx.ModelBuilder;
import io.edgellm.inference.onnx.Value;
import io.edgellm.inference.onnx.WeightStore;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HeadPruningTest {
  private static final long[] TOKENS = {3, 1, 4, 1, 5, 9};

  private final TinyHead head = new TinyHead();
  private final GraphBuilder graph = head.graph;

  HeadPruningTest() throws IOException {}

  private static ModelProto pruned(ModelProto model) {
    Rewrite rewrite = HeadPruning.apply(model, "logits");
    assertThat(rewrite).isInstanceOf(Rewrite.Done.class);
    return ((Rewrite.Done) rewrite).model();
  }

  /** The rows that are kept are the last rows of the whole, whatever their number. */
  private static void keepsItsRows(ModelProto model, float tolerance) throws Exception {
    ModelProto pruned = pruned(model);
    float[] whole = TinyHead.run(model, TOKENS, Map.of());
    for (long first = 0; first <= TOKENS.length; first++) {
      float[] rows = TinyHead.run(pruned, TOKENS, Map.of(HeadPruning.FIRST_ROW, first));
      float[] expected = Arrays.copyOfRange(whole, (int) first * VOCABULARY, whole.length);
      assertThat(rows).hasSize(expected.length);
      for (int i = 0; i < rows.length; i++) {
        assertThat(rows[i]).as("row %d on", first).isCloseTo(expected[i], offset(tolerance));
      }
    }
  }

  private static void isLeft(ModelProto model, String reason) {
    assertThat(HeadPruning.apply(model, "logits"))
        .isInstanceOfSatisfying(
            Rewrite.Left.class, left -> assertThat(left.why()).contains(reason));
  }

  @Test
  void prunesAProduct() throws Exception {
    keepsItsRows(head.model(head.product()), 0);
  }

  @Test
  void prunesBehindBiasScaleSoftCapAndCast() throws Exception {
    Value biased = graph.node("Add", head.weights("bias", VOCABULARY), head.product()).output();
    Value scaled = graph.node("Mul", biased, graph.number("scale", 0.5f)).output();
    Value cap = graph.number("cap", 30);
    Value bounded = graph.node("Tanh", graph.node("Div", scaled, cap).output()).output();
    Value capped = graph.node("Mul", bounded, cap).output();
    keepsItsRows(head.model(graph.node("Cast", capped).with("to", FLOAT).output()), 0);
  }

  @Test
  void prunesAHeadThatIsTiedToTheEmbeddings() throws Exception {
    Value tied =
        graph.node("Transpose", new Value("embed")).with("perm", new long[] {1, 0}).output();
    keepsItsRows(head.model(graph.node("MatMul", head.hidden, tied).output()), 1e-5f);
  }

  @Test
  void prunesAHeadOfFourBits() throws Exception {
    Value packed = head.bytes("packed", UINT8, VOCABULARY, HIDDEN / 16, 8);
    Value scales = head.weights("scales", VOCABULARY * HIDDEN / 16);
    Value product =
        graph
            .microsoft("MatMulNBits", head.hidden, packed, scales)
            .with("K", HIDDEN)
            .with("N", VOCABULARY)
            .with("bits", 4)
            .with("block_size", 16)
            .output();
    keepsItsRows(head.model(product), 1e-3f);
  }

  @Test
  void prunesInFrontOfActivationsThatAreQuantizedOnTheFly() throws Exception {
    List<Value> quantized = graph.node("DynamicQuantizeLinear", head.hidden).outputs("q", "s", "z");
    Value weight = head.bytes("head", INT8, HIDDEN, VOCABULARY);
    Value product =
        graph.node("MatMulInteger", quantized.get(0), weight, quantized.get(2)).output();
    Value numbers = graph.node("Cast", product).with("to", FLOAT).output();
    Value scale = graph.node("Mul", quantized.get(1), graph.number("scale", 0.01f)).output();
    // One scale for all rows: it is another one where there are fewer rows.
    keepsItsRows(head.model(graph.node("Mul", numbers, scale).output()), 0.5f);
  }

  @Test
  void leavesActivationsThatSomethingElseReadsToo() throws Exception {
    List<Value> quantized = graph.node("DynamicQuantizeLinear", head.hidden).outputs("q", "s", "z");
    Value weight = head.bytes("head", INT8, HIDDEN, VOCABULARY);
    Value product =
        graph.node("MatMulInteger", quantized.get(0), weight, quantized.get(2)).output();
    Value numbers = graph.node("Cast", product).with("to", FLOAT).output();
    graph.output(quantized.get(0), UINT8, dim("batch"), dim("tokens"), dim(HIDDEN));
    isLeft(head.model(graph.node("Mul", numbers, quantized.get(1)).output()), "read 2 times");
  }

  @Test
  void leavesRowsThatDependOnEachOther() throws Exception {
    Value mean = graph.node("ReduceMean", head.product()).with("axes", new long[] {1}).output();
    isLeft(head.model(graph.node("Sub", new Value("product"), mean).output()), "Sub");
  }

  @Test
  void leavesRowsThatAreReshaped() throws Exception {
    Value shape = graph.integers("shape", 1, -1, VOCABULARY);
    isLeft(head.model(graph.node("Reshape", head.product(), shape).output()), "Reshape");
  }

  @Test
  void leavesAConstantOfEveryPosition() throws Exception {
    Value each = head.weights("each", TOKENS.length, VOCABULARY);
    isLeft(head.model(graph.node("Add", head.product(), each).output()), "Add");
  }

  @Test
  void leavesAProductOfTwoActivations() throws Exception {
    Value turned = graph.node("Transpose", head.hidden).with("perm", new long[] {0, 2, 1}).output();
    isLeft(head.model(graph.node("MatMul", head.hidden, turned).output()), "no constant weight");
  }

  @Test
  void leavesLogitsThatTheGraphLooksAtItself() throws Exception {
    Value logits = head.product();
    Value best = graph.node("ArgMax", logits).with("axis", 2).output("best");
    graph.output(best, INT64, dim("batch"), dim("tokens"), dim(1));
    isLeft(head.model(logits), "read 2 times");
  }

  @Test
  void leavesLogitsOfABranch() throws Exception {
    GraphBuilder branch = new GraphBuilder("branch", WeightStore.inline());
    Value inner = branch.node("Identity", head.product()).output("inner");
    branch.output(inner, FLOAT, dim("batch"), dim("tokens"), dim(VOCABULARY));
    GraphBuilder other = new GraphBuilder("other", WeightStore.inline());
    Value zero = other.node("Sub", new Value("product"), new Value("product")).output("zero");
    other.output(zero, FLOAT, dim("batch"), dim("tokens"), dim(VOCABULARY));
    Value chosen =
        graph
            .node("If", graph.input("use_cache_branch", BOOL))
            .with("then_branch", branch.proto())
            .with("else_branch", other.proto())
            .output();
    isLeft(head.model(chosen), "If");
  }

  @Test
  void leavesAGraphThatTakesTheNumberAlready() throws Exception {
    graph.input("num_logits_to_keep", INT64);
    isLeft(head.model(head.product()), "'num_logits_to_keep' already");
  }

  @Test
  void leavesItsOwnWork() throws Exception {
    isLeft(pruned(head.model(head.product())), "already");
  }

  @Test
  void leavesAGraphThatGivesTheLastRowAlone() throws Exception {
    graph.output(head.product(), FLOAT, dim("batch"), dim(1), dim(VOCABULARY));
    ModelProto model = new ModelBuilder(graph).opset(17).proto();
    assertThat(HeadPruning.apply(model, "product"))
        .isInstanceOfSatisfying(
            Rewrite.Left.class, left -> assertThat(left.why()).contains("[batch, 1, 48]"));
  }

  @Test
  void leavesGraphsOfOldOperators() throws Exception {
    graph.output(head.product(), FLOAT, dim("batch"), dim("tokens"), dim(VOCABULARY));
    assertThat(HeadPruning.apply(new ModelBuilder(graph).opset(9).proto(), "product"))
        .isInstanceOf(Rewrite.Left.class);
  }

  @Test
  void declaresTheRowsUnderANameOfTheirOwn() throws Exception {
    ModelProto model = head.model(head.product());
    ModelProto noted =
        model.toBuilder()
            .setGraph(
                model.getGraph().toBuilder()
                    .addValueInfo(note("product"))
                    .addValueInfo(note("hidden")))
            .build();
    ModelProto pruned = pruned(noted);
    assertThat(pruned.getGraph().getValueInfoList())
        .extracting(ValueInfoProto::getName)
        .containsExactly("hidden");
    assertThat(
            pruned
                .getGraph()
                .getOutput(0)
                .getType()
                .getTensorType()
                .getShape()
                .getDim(1)
                .getDimParam())
        .isEqualTo("edgellm_logits_rows");
  }

  private static ValueInfoProto note(String name) {
    return ValueInfoProto.newBuilder().setName(name).build();
  }
}
