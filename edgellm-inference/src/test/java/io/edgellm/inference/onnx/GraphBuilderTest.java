package io.edgellm.inference.onnx;

import static io.edgellm.inference.onnx.Dim.dim;
import static io.edgellm.inference.onnx.ElementType.BOOL;
import static io.edgellm.inference.onnx.ElementType.FLOAT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.TensorProto.DataLocation;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import io.edgellm.inference.graph.RuntimeGuard;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GraphBuilderTest {
  private static final OrtEnvironment RUNTIME = RuntimeGuard.ofThisProcess(false).start();

  @TempDir Path directory;

  private static GraphBuilder linear(WeightStore store, int rows, int columns) throws IOException {
    GraphBuilder graph = new GraphBuilder("linear", store);
    Value x = graph.input("x", FLOAT, dim("rows"), dim(rows));
    Value w =
        graph.weights(
            "w",
            FLOAT,
            TensorContent.of(
                (first, into) -> {
                  for (long i = first; into.hasRemaining(); i++) {
                    into.put((float) (i % columns));
                  }
                }),
            rows,
            columns);
    Value y = graph.node("MatMul", x, w).output("y");
    graph.output(y, FLOAT, dim("rows"), dim(columns));
    return graph;
  }

  private static float[] run(Path model, float[][] x) throws OrtException {
    try (OrtSession session = RUNTIME.createSession(model.toString());
        OnnxTensor input = OnnxTensor.createTensor(RUNTIME, x);
        OrtSession.Result result = session.run(Map.of("x", input))) {
      return ((float[][]) result.get(0).getValue())[0];
    }
  }

  @Test
  void runsAGraphWithItsWeightsInside() throws Exception {
    Path model = directory.resolve("model.onnx");
    new ModelBuilder(linear(WeightStore.inline(), 2, 3)).opset(17).write(model);
    assertThat(run(model, new float[][] {{1, 1}})).containsExactly(0, 2, 4);
  }

  @Test
  void runsAGraphWithItsWeightsInSeveralFilesBesideIt() throws Exception {
    Path model = directory.resolve("model.onnx");
    try (ExternalWeights one = new ExternalWeights(directory.resolve("model.onnx_data"));
        ExternalWeights two = new ExternalWeights(directory.resolve("model.onnx_data_1"))) {
      WeightStore both =
          (name, type, dims, content) ->
              (name.equals("w") ? one : two).keep(name, type, dims, content);
      GraphBuilder graph = new GraphBuilder("two", both);
      Value x = graph.input("x", FLOAT, dim("rows"), dim(2));
      float[] ones = new float[1000];
      Arrays.fill(ones, 1);
      Value w = graph.weights("w", ones, 2, 500);
      Value b = graph.weights("b", ones, 1000);
      Value end = graph.integers("end", 500);
      Value start = graph.integers("start", 0);
      Value cut = graph.node("Slice", b, start, end).output();
      Value product = graph.node("MatMul", x, w).output();
      graph.output(graph.node("Add", product, cut).output("y"), FLOAT, dim("rows"), dim(500));
      assertThat(graph.proto().getInitializerList())
          .filteredOn(it -> it.getDataLocation() == DataLocation.EXTERNAL)
          .hasSize(2);
      new ModelBuilder(graph).opset(17).write(model);
    }
    assertThat(run(model, new float[][] {{1, 1}})).hasSize(500).containsOnly(3);
  }

  @Test
  void streamsAWeightThatIsLargerThanItsBuffer() throws Exception {
    int columns = 100_003;
    try (ExternalWeights weights = new ExternalWeights(directory.resolve("model.onnx.data"))) {
      new ModelBuilder(linear(weights, 3, columns)).opset(17).write(directory.resolve("m.onnx"));
    }
    assertThat(Files.size(directory.resolve("model.onnx.data"))).isEqualTo(3L * 4 * columns);
    float[] sums = run(directory.resolve("m.onnx"), new float[][] {{1, 0, 1}});
    assertThat(sums[columns - 1]).isEqualTo(2f * (columns - 1));
  }

  @Test
  void namesTheDimensionsThatAreOpen() throws Exception {
    Path model = directory.resolve("model.onnx");
    new ModelBuilder(linear(WeightStore.inline(), 2, 3)).opset(17).write(model);
    try (OrtSession session = RUNTIME.createSession(model.toString())) {
      TensorInfo x = (TensorInfo) session.getInputInfo().values().iterator().next().getInfo();
      assertThat(x.getDimensionNames()).containsExactly("rows", "");
      assertThat(x.getShape()).containsExactly(-1, 2);
    }
  }

  @Test
  void putsSubgraphsIntoAttributes() throws Exception {
    GraphBuilder yes = new GraphBuilder("yes", WeightStore.inline());
    yes.output(yes.node("Identity", yes.number("one", 1)).output("yes_out"), FLOAT);
    GraphBuilder no = new GraphBuilder("no", WeightStore.inline());
    no.output(no.node("Identity", no.number("two", 2)).output("no_out"), FLOAT);
    GraphBuilder graph = new GraphBuilder("choose", WeightStore.inline());
    Value flag = graph.input("flag", BOOL, dim(1));
    Value chosen =
        graph
            .node("If", flag)
            .with("then_branch", yes.proto())
            .with("else_branch", no.proto())
            .output("chosen");
    graph.output(chosen, FLOAT);
    Path model = directory.resolve("model.onnx");
    new ModelBuilder(graph).opset(17).producer("test").metadata("k", "v").write(model);
    try (OrtSession session = RUNTIME.createSession(model.toString());
        OnnxTensor input = OnnxTensor.createTensor(RUNTIME, new boolean[] {false});
        OrtSession.Result result = session.run(Map.of("flag", input))) {
      assertThat(result.get(0).getValue()).isEqualTo(2f);
      assertThat(session.getMetadata().getCustomMetadata()).containsEntry("k", "v");
    }
  }

  @Test
  void refusesContentThatDoesNotFillItsTensor() throws Exception {
    try (ExternalWeights weights = new ExternalWeights(directory.resolve("model.onnx.data"))) {
      assertThatThrownBy(
              () ->
                  weights.keep(
                      "w", FLOAT, new long[] {1000}, (at, into) -> into.putFloat(1).flip()))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void neverWritesOverWeightsThatAreThere() throws Exception {
    Path file = Files.createFile(directory.resolve("model.onnx.data"));
    assertThatThrownBy(() -> new ExternalWeights(file))
        .isInstanceOf(FileAlreadyExistsException.class);
  }
}
