package io.edgellm.inference.surgery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtSession;
import io.edgellm.inference.graph.RuntimeGuard;
import io.edgellm.inference.layout.ModelDirectory;
import io.edgellm.inference.layout.ModelLayout;
import io.edgellm.inference.quantize.BlockFormat;
import io.edgellm.inference.quantize.ModelQuantizer;
import io.edgellm.inference.quantize.NodeRule;
import io.edgellm.inference.quantize.QuantizationRecipe;
import io.edgellm.inference.surgery.SurgeryStep.Outcome;
import io.edgellm.llm.InferenceException;
import io.edgellm.model.Sha256;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GraphSurgeryTest {
  private static final Path SAMPLE = Path.of(System.getProperty("edgellm.sample.dir"));
  private static final OrtEnvironment RUNTIME = RuntimeGuard.ofThisProcess(false).start();

  @TempDir Path temp;

  private static PreparedGraph prepare(Path model, SurgeryOptions options) {
    ModelDirectory directory = ModelDirectory.open(model);
    return new GraphSurgery(RUNTIME, options).prepare(directory, ModelLayout.read(directory));
  }

  private SurgeryOptions keeping(boolean int8Cache) {
    return new SurgeryOptions(temp.resolve("cache"), null, 1, int8Cache, false);
  }

  private static Behaviour behaviour(Path model, GraphSource source, int rows) throws Exception {
    ModelLayout layout = ModelLayout.read(ModelDirectory.open(model));
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions();
        OrtSession session = source.open(RUNTIME, options);
        GraphProbe probe = new GraphProbe(RUNTIME, session, layout)) {
      return Behaviour.of(probe, rows);
    }
  }

  private static Behaviour unchanged(Path model) throws Exception {
    ModelLayout layout = ModelLayout.read(ModelDirectory.open(model));
    return behaviour(model, new GraphSource.OnDisk(layout.graph()), Integer.MAX_VALUE);
  }

  private static SurgeryStep step(PreparedGraph prepared, String name) {
    return prepared.steps().stream().filter(it -> it.name().equals(name)).findFirst().orElseThrow();
  }

  private Path copy(String layout) throws IOException {
    Path source = SAMPLE.resolve(layout);
    Path target = temp.resolve("model");
    try (Stream<Path> files = Files.walk(source)) {
      for (Path file : files.toList()) {
        Files.copy(file, target.resolve(source.relativize(file).toString()));
      }
    }
    return target;
  }

  private Path quantized(String layout, int bits, NodeRule... rules) {
    QuantizationRecipe recipe = QuantizationRecipe.of(new BlockFormat(bits, 32, true));
    for (NodeRule rule : rules) {
      recipe = recipe.with(rule);
    }
    Path target = temp.resolve("quantized");
    new ModelQuantizer(recipe).quantize(SAMPLE.resolve(layout), target);
    return target;
  }

  @ParameterizedTest
  @ValueSource(strings = {"genai", "optimum"})
  void prunesTheSampleToTheSameBits(String layout) throws Exception {
    Path model = SAMPLE.resolve(layout);
    PreparedGraph prepared = prepare(model, SurgeryOptions.plain(1));

    assertThat(step(prepared, "head").outcome()).as("%s", prepared.steps()).isEqualTo(Outcome.DONE);
    assertThat(prepared.choosesRows()).isTrue();
    Behaviour whole = unchanged(model);
    for (int rows : new int[] {Integer.MAX_VALUE, 5, 1, 0}) {
      Behaviour kept = behaviour(model, prepared.source(), rows);
      assertThat(whole.objection(kept, rows, rows > 5 ? 0 : 1e-5)).as("%d rows", rows).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource({"genai, 4", "genai, 8", "optimum, 4", "optimum, 8"})
  void prunesQuantizedModels(String layout, int bits) throws Exception {
    Path model = quantized(layout, bits);
    PreparedGraph prepared = prepare(model, SurgeryOptions.plain(1));

    assertThat(step(prepared, "head").outcome()).as("%s", prepared.steps()).isEqualTo(Outcome.DONE);
    Behaviour all = behaviour(model, prepared.source(), Integer.MAX_VALUE);
    assertThat(unchanged(model).objection(all, Integer.MAX_VALUE, 0)).isEmpty();
  }

  @Test
  void prunesAHeadThatStaysInFloats() {
    Path model = quantized("genai", 4, new NodeRule.KeepFloat("*lm_head*"));
    assertThat(prepare(model, SurgeryOptions.plain(1)).choosesRows()).isTrue();
  }

  @Test
  void mapsTheWeightsOfASingleFileInsteadOfCopyingThem() {
    PreparedGraph prepared = prepare(SAMPLE.resolve("optimum"), SurgeryOptions.plain(1));

    assertThat(step(prepared, "weights").outcome()).isEqualTo(Outcome.DONE);
    assertThat(prepared.source())
        .isInstanceOfSatisfying(
            GraphSource.InMemory.class,
            graph -> assertThat(graph.model().size()).isLessThan(200_000));
    PreparedGraph genai = prepare(SAMPLE.resolve("genai"), SurgeryOptions.plain(1));
    assertThat(step(genai, "weights").outcome()).isEqualTo(Outcome.LEFT);
  }

  @Test
  void keepsTheCacheInBytesWhereItIsAskedTo() throws Exception {
    Path model = SAMPLE.resolve("genai");
    PreparedGraph prepared = prepare(model, new SurgeryOptions(null, null, 1, true, false));

    assertThat(step(prepared, "cache").outcome())
        .as("%s", prepared.steps())
        .isEqualTo(Outcome.DONE);
    Behaviour bytes = behaviour(model, prepared.source(), Integer.MAX_VALUE);
    assertThat(unchanged(model).drift(bytes, 0.01, 0.95)).isEmpty();
    assertThat(unchanged(model).objection(bytes, Integer.MAX_VALUE, 0)).isPresent();
  }

  @Test
  void leavesTheCacheWhereTheGraphJoinsItItself() {
    PreparedGraph prepared =
        prepare(SAMPLE.resolve("optimum"), new SurgeryOptions(null, null, 1, true, false));
    assertThat(step(prepared, "cache"))
        .isEqualTo(SurgeryStep.left("cache", "the graph has no GroupQueryAttention"));
    assertThat(prepared.choosesRows()).isTrue();
  }

  @Test
  void remembersItsVerdict() {
    PreparedGraph first = prepare(SAMPLE.resolve("genai"), keeping(true));
    PreparedGraph second = prepare(SAMPLE.resolve("genai"), keeping(true));

    assertThat(first.evidence()).startsWith("compared now; kept in");
    assertThat(second.evidence()).startsWith("compared before");
    assertThat(second.steps()).isEqualTo(first.steps());
    assertThat(second.source()).isEqualTo(first.source());
  }

  @Test
  void comparesAnewWhatIsDamaged() throws Exception {
    prepare(SAMPLE.resolve("genai"), keeping(false));
    Path verdict = verdict();
    byte[] whole = Files.readAllBytes(verdict);
    for (int i = 0; i < whole.length; i += 7) {
      byte[] damaged = whole.clone();
      damaged[i] ^= 1;
      assertThat(Verdict.read(damaged, key(whole))).as("byte %d", i).isEmpty();
    }
    Files.write(verdict, Arrays.copyOf(whole, whole.length / 2));

    assertThat(prepare(SAMPLE.resolve("genai"), keeping(false)).evidence())
        .startsWith("compared now");
    assertThat(verdict).hasBinaryContent(whole);
  }

  private static Sha256 key(byte[] verdict) {
    String text = new String(verdict, StandardCharsets.UTF_8);
    return new Sha256(text.replaceAll("(?s).*\"key\":\"([0-9a-f]{64})\".*", "$1"));
  }

  private Path verdict() throws IOException {
    try (Stream<Path> files = Files.walk(temp.resolve("cache"))) {
      return files.filter(it -> it.endsWith("verdict.json")).findFirst().orElseThrow();
    }
  }

  @Test
  void comparesAnewWhenAWeightChanges() throws Exception {
    Path model = copy("genai");
    prepare(model, keeping(false));
    Path data = model.resolve("model.onnx.data");
    FileTime time = Files.getLastModifiedTime(data);
    byte[] bytes = Files.readAllBytes(data);
    for (int i = 3; i < bytes.length; i += 4096) {
      bytes[i] ^= 1;
    }
    Files.write(data, bytes);
    Files.setLastModifiedTime(data, time);

    assertThat(prepare(model, keeping(false)).evidence()).startsWith("compared now");
  }

  @Test
  void forgetsWhatWasFoundOutInAnotherEnvironment() throws Exception {
    prepare(SAMPLE.resolve("genai"), keeping(false));
    Path folder = verdict().resolveSibling("");
    Path old = Files.createDirectory(folder.resolveSibling("old-runtime"));
    Files.writeString(old.resolve("verdict.json"), "{}");

    prepare(SAMPLE.resolve("genai"), keeping(true));

    assertThat(old).doesNotExist();
    assertThat(folder.resolve("verdict.json")).exists();
    assertThat(folder.resolve("verdict-int8.json")).exists();
  }

  @Test
  void worksWithoutItsCacheWhenThatCannotBeWritten() throws Exception {
    Files.writeString(temp.resolve("cache"), "a file");
    PreparedGraph prepared = prepare(SAMPLE.resolve("genai"), keeping(false));
    assertThat(prepared.choosesRows()).isTrue();
    assertThat(prepared.evidence()).contains("cannot be kept");
  }

  @Test
  void refusesWeightsOutsideOfTheDirectory() throws Exception {
    Path model = copy("genai");
    Path graph = model.resolve("model.onnx");
    ModelProto.Builder read = ModelProto.parseFrom(Files.readAllBytes(graph)).toBuilder();
    for (TensorProto.Builder tensor : read.getGraphBuilder().getInitializerBuilderList()) {
      for (StringStringEntryProto.Builder entry : tensor.getExternalDataBuilderList()) {
        if (entry.getKey().equals("location")) {
          entry.setValue("../secret");
        }
      }
    }
    Files.write(graph, read.build().toByteArray());
    Files.writeString(temp.resolve("secret"), "");
    assertThatThrownBy(() -> prepare(model, SurgeryOptions.plain(1)))
        .isInstanceOf(InferenceException.class)
        .hasMessageContaining("../secret");
  }

  @Test
  void refusesAGraphThatIsCutOff() throws Exception {
    Path model = copy("optimum");
    Path graph = model.resolve("onnx/model.onnx");
    Files.write(graph, Arrays.copyOf(Files.readAllBytes(graph), 1_000_000));
    assertThatThrownBy(() -> prepare(model, SurgeryOptions.plain(1)))
        .isInstanceOf(InferenceException.class)
        .hasMessageContaining("not a whole ONNX graph");
  }

  @Test
  void objectsToRowsOfOtherPositions() throws Exception {
    Path model = SAMPLE.resolve("genai");
    Behaviour whole = unchanged(model);
    Behaviour two = behaviour(model, prepare(model, SurgeryOptions.plain(1)).source(), 2);
    List<GraphProbe.Rows> shifted =
        two.passes().stream().map(rows -> new GraphProbe.Rows(rows.values(), 1024)).toList();
    Optional<String> objection = whole.objection(new Behaviour(shifted), 1, 0.1);
    assertThat(objection).hasValueSatisfying(it -> assertThat(it).contains("rows of logits"));
    Behaviour scaled =
        new Behaviour(
            whole.passes().stream()
                .map(rows -> new GraphProbe.Rows(rotated(rows), rows.vocabulary()))
                .toList());
    assertThat(whole.objection(scaled, Integer.MAX_VALUE, 0.1)).isPresent();
  }

  private static FloatBuffer rotated(GraphProbe.Rows rows) {
    FloatBuffer other = FloatBuffer.allocate(rows.values().capacity());
    for (int i = 0; i < other.capacity(); i++) {
      other.put(i, rows.values().get((i + 1) % other.capacity()));
    }
    return other;
  }
}
