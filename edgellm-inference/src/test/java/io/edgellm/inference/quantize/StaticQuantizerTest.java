package io.edgellm.inference.quantize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtSession;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.edgellm.inference.calibration.ActivationRange;
import io.edgellm.inference.calibration.ActivationRanges;
import io.edgellm.inference.calibration.CalibrationData;
import io.edgellm.inference.calibration.Calibrator;
import io.edgellm.inference.calibration.RangeMethod;
import io.edgellm.inference.drift.OnnxTeacherForced;
import io.edgellm.inference.drift.TeacherForced.LogitRows;
import io.edgellm.inference.quantize.QuantizationException.Reason;
import java.io.InputStream;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Compares with what onnxruntime's {@code QDQQuantizer} 1.30.0 makes of the same ranges. */
class StaticQuantizerTest {
  private static final Path OPTIMUM = StoredModel.SAMPLE.resolve("optimum");
  private static final Path GRAPH = Path.of("onnx/model.onnx");
  private static final List<String> TEXTS =
      List.of(
          "<|bos|><|user|>spin pitch<|end|><|assistant|>{\"tool\":\"music.play\"}<|end|>",
          "<|bos|><|user|>dim the bedroom lights to 30 percent<|end|><|assistant|>"
              + "{\"tool\":\"light.set\",\"args\":{\"room\":\"bedroom\",\"level\":30}}<|end|>");

  static Stream<Arguments> goldens() throws Exception {
    List<Arguments> all = new ArrayList<>();
    JsonNode goldens = json("qdq.json");
    for (String model : List.of("small", "optimum")) {
      for (JsonNode golden : goldens.get(model)) {
        Set<String> operators = new TreeSet<>();
        golden.get("operators").forEach(operator -> operators.add(operator.asText()));
        StaticRecipe recipe =
            StaticRecipe.of(ActivationType.valueOf(golden.get("activations").asText()))
                .withOperators(operators);
        boolean perChannel = golden.get("perChannel").asBoolean();
        all.add(Arguments.of(model, perChannel ? recipe : recipe.perTensor(), golden));
      }
    }
    assertThat(all).hasSize(7);
    return all.stream();
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("goldens")
  void makesTheSameNodesAndTensorsToTheBit(
      String model, StaticRecipe recipe, JsonNode golden, @TempDir Path temp) throws Exception {
    Path source = model.equals("small") ? small(temp) : OPTIMUM;
    ActivationRanges ranges = ranges("qdq-" + model + ".json");

    StaticReport report =
        new StaticQuantizer(recipe).quantize(source, temp.resolve("target"), ranges);

    StoredModel before = StoredModel.read(source.resolve(report.graph()));
    StoredModel after = StoredModel.read(temp.resolve("target").resolve(report.graph()));
    assertSame(NodeLines.added(before, after), golden.get("tensors"));
    assertSame(NodeLines.nodes(after), golden.get("nodes"));
  }

  private static void assertSame(List<String> lines, JsonNode golden) throws Exception {
    List<String> expected = new ArrayList<>();
    golden.get("lines").forEach(line -> expected.add(line.asText()));
    if (!expected.isEmpty()) {
      assertThat(lines).isEqualTo(expected);
    }
    assertThat(lines).hasSize(golden.get("count").asInt());
    StringBuilder text = new StringBuilder();
    lines.forEach(line -> text.append(line).append('\n'));
    assertThat(StoredModel.sha256(text.toString().getBytes(StandardCharsets.UTF_8)))
        .isEqualTo(golden.get("sha256").asText());
  }

  @Test
  void givesWhatIsJoinedOneScale(@TempDir Path temp) throws Exception {
    StaticRecipe recipe = StaticRecipe.of(ActivationType.UINT8);

    new StaticQuantizer(recipe)
        .quantize(small(temp), temp.resolve("target"), ranges("qdq-small.json"));

    StoredModel quantized = StoredModel.read(temp.resolve("target/model.onnx"));
    byte[] joined = quantized.bytes(quantized.tensor("cat_scale"));
    assertThat(quantized.bytes(quantized.tensor("t_scale"))).isEqualTo(joined);
  }

  @Test
  void computesCloseToItsSource(@TempDir Path temp) throws Exception {
    Path source = small(temp);
    StaticRecipe recipe =
        StaticRecipe.of(ActivationType.UINT16).withOperators(StaticRecipe.SUPPORTED);

    new StaticQuantizer(recipe).quantize(source, temp.resolve("target"), ranges("qdq-small.json"));

    float[] before = run(source.resolve("model.onnx"));
    float[] after = run(temp.resolve("target/model.onnx"));
    double error = 0;
    double size = 0;
    for (int i = 0; i < before.length; i++) {
      error += Math.pow(before[i] - after[i], 2);
      size += Math.pow(before[i], 2);
    }
    assertThat(Math.sqrt(error / size)).isLessThan(0.05);
  }

  private static float[] run(Path graph) throws Exception {
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    FloatBuffer x = FloatBuffer.allocate(32);
    for (int i = 0; i < x.capacity(); i++) {
      x.put(i, (float) Math.sin(i * 0.7));
    }
    LongBuffer ids = LongBuffer.wrap(new long[] {3, 1, 4, 1});
    try (OrtSession session = environment.createSession(graph.toString());
        OnnxTensor first = OnnxTensor.createTensor(environment, x, new long[] {1, 4, 8});
        OnnxTensor second = OnnxTensor.createTensor(environment, ids, new long[] {1, 4});
        OrtSession.Result result = session.run(Map.of("x", first, "ids", second), Set.of("u"))) {
      return ((OnnxTensor) result.get(0)).getFloatBuffer().array();
    }
  }

  @Test
  void makesAModelThatTheEngineRunsNearlyLikeItsSource(@TempDir Path temp) throws Exception {
    ActivationRanges ranges =
        new Calibrator(new RangeMethod.MinMax(), 1)
            .calibrate(OPTIMUM.resolve(GRAPH), CalibrationData.ofTexts(TEXTS));
    Path target = temp.resolve("target");

    new StaticQuantizer(StaticRecipe.of(ActivationType.UINT16)).quantize(OPTIMUM, target, ranges);

    int[] tokens = {1, 4, 500, 20, 33, 700, 2};
    try (OnnxTeacherForced before = OnnxTeacherForced.open(OPTIMUM.resolve(GRAPH), 1);
        OnnxTeacherForced after = OnnxTeacherForced.open(target.resolve(GRAPH), 1)) {
      assertThat(mostProbable(after, tokens)).isEqualTo(mostProbable(before, tokens));
    }
  }

  private static List<Integer> mostProbable(OnnxTeacherForced model, int[] tokens) {
    LogitRows rows = model.run(tokens);
    float[] row = new float[1024];
    List<Integer> most = new ArrayList<>();
    for (int i = 0; i < tokens.length; i++) {
      rows.read(i, row);
      int best = 0;
      for (int token = 1; token < row.length; token++) {
        best = row[token] > row[best] ? token : best;
      }
      most.add(best);
    }
    return most;
  }

  @Test
  void makesTheSameBytesFromTheSameRanges(@TempDir Path temp) throws Exception {
    StaticQuantizer quantizer = new StaticQuantizer(StaticRecipe.of(ActivationType.UINT8));
    ActivationRanges ranges = ranges("qdq-optimum.json");

    quantizer.quantize(OPTIMUM, temp.resolve("one"), ranges);
    quantizer.quantize(OPTIMUM, temp.resolve("two"), ranges);

    assertThat(StoredModel.digests(temp.resolve("one")))
        .isEqualTo(StoredModel.digests(temp.resolve("two")))
        .containsKeys("onnx/model.onnx", "onnx/model.onnx_data", "tokenizer.json");
  }

  @Test
  void keepsAMaskInFp32AndSaysSo(@TempDir Path temp) throws Exception {
    StaticReport report =
        new StaticQuantizer(
                StaticRecipe.of(ActivationType.UINT8).withOperators(StaticRecipe.SUPPORTED))
            .quantize(OPTIMUM, temp.resolve("target"), ranges("qdq-optimum.json"));

    assertThat(report.kept())
        .anySatisfy(
            kept -> {
              assertThat(kept.node()).isEqualTo("/model/layers.0/self_attn/Add_2");
              assertThat(kept.reason()).contains("as a mask does");
            });
    assertThat(report.others()).containsEntry("ReduceMean", 11);
  }

  @Test
  void keepsTheAnglesOfPositionsInFp32(@TempDir Path temp) throws Exception {
    StaticReport report =
        new StaticQuantizer(StaticRecipe.of(ActivationType.UINT8))
            .quantize(OPTIMUM, temp.resolve("target"), ranges("qdq-optimum.json"));

    assertThat(report.kept())
        .extracting(QuantizationReport.KeptNode::node)
        .containsExactly("/model/rotary_emb/Concat");
  }

  @Test
  void saysInTheManifestWhatWasDone(@TempDir Path temp) throws Exception {
    ActivationRanges ranges = ranges("qdq-small.json");

    StaticReport report =
        new StaticQuantizer(StaticRecipe.of(ActivationType.INT8).keeping("la*"))
            .quantize(small(temp), temp.resolve("target"), ranges);

    assertThat(report.manifestEntry().method()).isEqualTo("qdq-static");
    assertThat(report.manifestEntry().calibrationDigest()).isEqualTo(ranges.dataDigest());
    assertThat(report.manifestEntry().excludedNodes()).containsExactly("last");
    assertThat(report.manifestEntry().knobs())
        .containsEntry("activations", "int8")
        .containsEntry("rangeMethod", "min-max")
        .containsEntry("perChannel", "true");
    assertThat(Files.readString(temp.resolve("target/quantization.json")))
        .isEqualTo(report.toJson());
  }

  @Test
  void refusesRangesOfAnotherGraph(@TempDir Path temp) {
    ActivationRanges none =
        new ActivationRanges(
            "min-max",
            CalibrationData.ofTexts(TEXTS).digest(),
            null,
            new TreeMap<>(Map.of("elsewhere", new ActivationRange(0, 1))));

    refuses(StaticRecipe.of(ActivationType.UINT8), none, temp, Reason.NOTHING_TO_QUANTIZE);
  }

  @Test
  void refusesRangesOfAFineTuneWithTheSameNames(@TempDir Path temp) throws Exception {
    ActivationRanges ranges =
        new Calibrator(new RangeMethod.MinMax(), 1)
            .calibrate(OPTIMUM.resolve(GRAPH), CalibrationData.ofTexts(TEXTS));
    Path tuned = StoredModel.copy(OPTIMUM, temp.resolve("tuned"));
    byte[] bytes = Files.readAllBytes(tuned.resolve(GRAPH));
    int inTheWeights = bytes.length / 2;
    bytes[inTheWeights] ^= 1;
    Files.write(tuned.resolve(GRAPH), bytes);
    Path target = temp.resolve("target");

    assertThatThrownBy(
            () ->
                new StaticQuantizer(StaticRecipe.of(ActivationType.UINT8))
                    .quantize(tuned, target, ActivationRanges.fromJson(ranges.toJson())))
        .isInstanceOfSatisfying(
            QuantizationException.class,
            e -> assertThat(e.reason()).isEqualTo(Reason.RANGES_MISMATCH))
        .hasMessageContaining(String.valueOf(ranges.modelDigest()));
    assertThat(target).doesNotExist();
  }

  @Test
  void namesTheNodesWhoseRangesAreMissing(@TempDir Path temp) throws Exception {
    ActivationRanges all = ranges("qdq-optimum.json");
    TreeMap<String, ActivationRange> some = new TreeMap<>(all.ranges());
    some.keySet().removeIf(tensor -> tensor.contains("layers.2/mlp"));
    ActivationRanges ranges = new ActivationRanges(all.method(), all.dataDigest(), null, some);

    StaticReport report =
        new StaticQuantizer(StaticRecipe.of(ActivationType.UINT8))
            .quantize(OPTIMUM, temp.resolve("target"), ranges);

    assertThat(report.kept())
        .filteredOn(kept -> kept.reason().startsWith("there is no range of "))
        .extracting(QuantizationReport.KeptNode::node)
        .contains(
            "/model/layers.2/mlp/gate_proj/MatMul",
            "/model/layers.2/mlp/up_proj/MatMul",
            "/model/layers.2/mlp/down_proj/MatMul");
  }

  @Test
  void refusesANameThatNoNodeHas(@TempDir Path temp) throws Exception {
    refuses(
        StaticRecipe.of(ActivationType.UINT8).keeping("*lm-head*"),
        ranges("qdq-optimum.json"),
        temp,
        Reason.INVALID_RECIPE);
  }

  private static void refuses(
      StaticRecipe recipe, ActivationRanges ranges, Path temp, Reason reason) {
    Path target = temp.resolve("target");
    assertThatThrownBy(() -> new StaticQuantizer(recipe).quantize(OPTIMUM, target, ranges))
        .isInstanceOfSatisfying(
            QuantizationException.class, e -> assertThat(e.reason()).isEqualTo(reason));
    assertThat(target).doesNotExist();
  }

  @Test
  void refusesAnOperatorThatCannotBeRounded() {
    StaticRecipe recipe = StaticRecipe.of(ActivationType.UINT8);

    assertThatThrownBy(() -> recipe.withOperators(Set.of("MatMul", "LSTM")))
        .hasMessageStartingWith("LSTM cannot be rounded; the operators that can are [Add,");
  }

  @Test
  void leavesNothingBehindWhenItIsCancelled(@TempDir Path temp) throws Exception {
    ActivationRanges ranges = ranges("qdq-optimum.json");
    Path target = temp.resolve("target");
    StaticQuantizer quantizer = new StaticQuantizer(StaticRecipe.of(ActivationType.UINT8));

    assertThatThrownBy(
            () -> quantizer.quantize(OPTIMUM, target, ranges, progress -> {}, () -> true))
        .isInstanceOfSatisfying(
            QuantizationException.class, e -> assertThat(e.reason()).isEqualTo(Reason.CANCELLED));
    assertThat(temp).isEmptyDirectory();
  }

  private static Path small(Path temp) throws Exception {
    Path model = Files.createDirectories(temp.resolve("model"));
    try (InputStream in = resource("qdq-small.fp32.onnx")) {
      Files.copy(in, model.resolve("model.onnx"));
    }
    return model;
  }

  private static ActivationRanges ranges(String name) throws Exception {
    try (InputStream in = resource(name)) {
      return ActivationRanges.fromJson(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    }
  }

  private static JsonNode json(String name) throws Exception {
    try (InputStream in = resource(name)) {
      return new ObjectMapper().readTree(in);
    }
  }

  private static InputStream resource(String name) {
    return Objects.requireNonNull(StaticQuantizerTest.class.getResourceAsStream(name), name);
  }
}
