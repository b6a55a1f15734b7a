package io.edgellm.inference.shard;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import io.edgellm.inference.engine.GoldenChat;
import io.edgellm.inference.onnx.ExternalFiles;
import io.edgellm.inference.onnx.OnnxGraphFile;
import io.edgellm.inference.onnx.TensorRange;
import io.edgellm.inference.quantize.BlockFormat;
import io.edgellm.inference.quantize.ModelQuantizer;
import io.edgellm.inference.quantize.QuantizationRecipe;
import io.edgellm.inference.shard.ShardException.Reason;
import io.edgellm.model.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelSharderTest {
  private static final Path GENAI = GoldenChat.SAMPLE.resolve("genai");

  @TempDir Path temp;

  private static Map<String, Sha256> digests(Path directory) throws IOException {
    Map<String, Sha256> digests = new TreeMap<>();
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        digests.put(directory.relativize(file).toString().replace('\\', '/'), Sha256.of(file));
      }
    }
    return digests;
  }

  private Path copy(Path directory) throws IOException {
    Path copy = Files.createTempDirectory(temp, "source");
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path to = copy.resolve(directory.relativize(file).toString());
        Files.createDirectories(to.resolveSibling(""));
        Files.copy(file, to);
      }
    }
    return copy;
  }

  private Map<String, Sha256> sharded(Path model, String target) throws IOException {
    new ModelSharder().shard(model, temp.resolve(target));
    return digests(temp.resolve(target));
  }

  private void refuses(Path model, Reason reason) {
    ShardException e =
        catchThrowableOfType(
            ShardException.class, () -> new ModelSharder().shard(model, temp.resolve("refused")));
    assertThat(e.reason()).as(e.getMessage()).isEqualTo(reason);
    assertThat(temp.resolve("refused")).doesNotExist();
  }

  @ParameterizedTest
  @CsvSource({"genai, model.onnx, weights", "optimum, onnx/model.onnx, onnx/weights"})
  void writesOneFileForEachBlock(String layout, String graph, String folder) throws IOException {
    ShardReport report =
        new ModelSharder().shard(GoldenChat.SAMPLE.resolve(layout), temp.resolve("sharded"));

    assertThat(report.shards())
        .extracting(ShardReport.Written::path)
        .containsExactly(
            folder + "/block-00.data",
            folder + "/block-01.data",
            folder + "/block-02.data",
            folder + "/block-03.data",
            folder + "/block-04.data",
            folder + "/embeddings.data",
            folder + "/head.data");
    assertThat(report.graphs()).extracting(ShardReport.Written::path).containsExactly(graph);
    assertThat(report.shards()).extracting(ShardReport.Written::tensors).doesNotContain(0);
    for (ShardReport.Written shard : report.shards()) {
      assertThat(temp.resolve("sharded").resolve(shard.path())).hasSize(shard.sizeBytes());
    }
    List<String> before = new ArrayList<>(digests(GoldenChat.SAMPLE.resolve(layout)).keySet());
    before.remove("model.onnx.data");
    assertThat(digests(temp.resolve("sharded")).keySet()).containsAll(before);
  }

  @ParameterizedTest
  @CsvSource({"genai, model.onnx", "optimum, onnx/model.onnx"})
  void leavesNoWeightInTheGraph(String layout, String graph) throws IOException {
    new ModelSharder().shard(GoldenChat.SAMPLE.resolve(layout), temp.resolve("sharded"));

    Path file = temp.resolve("sharded").resolve(graph);
    ModelProto model = ModelProto.parseFrom(Files.readAllBytes(file));
    for (TensorProto tensor : model.getGraph().getInitializerList()) {
      boolean isWeight = tensor.getDataType() == TensorProto.DataType.FLOAT_VALUE;
      assertThat(tensor.getRawData().size() < (isWeight ? 64 : 1024)).as(tensor.getName()).isTrue();
    }
  }

  @Test
  void placesLargeTensorsOnPagesAndSmallOnesInFront() throws IOException {
    sharded(GENAI, "sharded");

    ModelProto model = OnnxGraphFile.read(temp.resolve("sharded/model.onnx"));
    Map<String, Long> endOfSmall = new TreeMap<>();
    Map<String, Long> firstLarge = new TreeMap<>();
    for (TensorRange range : ExternalFiles.ranges(model)) {
      if (range.length() < 65536) {
        assertThat(range.offset() % 64).isZero();
        endOfSmall.merge(range.location(), range.offset() + range.length(), Math::max);
      } else {
        assertThat(range.offset() % 65536).isZero();
        firstLarge.merge(range.location(), range.offset(), Math::min);
      }
    }
    assertThat(firstLarge).isNotEmpty();
    endOfSmall.forEach(
        (file, end) ->
            assertThat(end).isLessThanOrEqualTo(firstLarge.getOrDefault(file, Long.MAX_VALUE)));
  }

  @ParameterizedTest
  @CsvSource({"genai", "optimum"})
  void givesTheSameBytesEveryTimeAndOfItsOwnResult(String layout) throws IOException {
    Map<String, Sha256> once = sharded(GoldenChat.SAMPLE.resolve(layout), "once");

    assertThat(sharded(GoldenChat.SAMPLE.resolve(layout), "twice")).isEqualTo(once);
    assertThat(sharded(temp.resolve("once"), "again")).isEqualTo(once);
  }

  @ParameterizedTest
  @CsvSource({
    "genai, model.onnx, weights/block-02.data",
    "optimum, onnx/model.onnx, onnx/weights/block-02.data"
  })
  void changesOnlyTheFileOfTheBlockThatChanged(String layout, String graph, String shard)
      throws IOException {
    Path tuned = copy(GoldenChat.SAMPLE.resolve(layout));
    assertThat(FineTune.halve(tuned.resolve(graph), name -> name.contains("layers.2.")))
        .isGreaterThan(1);

    Map<String, Sha256> before = sharded(GoldenChat.SAMPLE.resolve(layout), "before");
    Map<String, Sha256> after = sharded(tuned, "after");

    assertThat(after.keySet()).isEqualTo(before.keySet());
    after.entrySet().removeAll(before.entrySet());
    assertThat(after).containsOnlyKeys(shard);
  }

  @Test
  void shardsWhatTheQuantizerMade() throws IOException {
    new ModelQuantizer(QuantizationRecipe.of(new BlockFormat(4, 32, false)))
        .quantize(GoldenChat.SAMPLE.resolve("optimum"), temp.resolve("int4"));

    assertThat(sharded(temp.resolve("int4"), "sharded"))
        .containsKeys("onnx/weights/block-04.data", "quantization.json", "tokenizer.json")
        .doesNotContainKey("onnx/model.onnx_data")
        .hasSize(digests(temp.resolve("int4")).size() + 6);
  }

  @Test
  void copiesOtherGraphsWithTheirWeightsAndLeavesPapersAndHiddenFiles() throws IOException {
    Path model = copy(GENAI);
    Files.copy(model.resolve("model.onnx"), model.resolve("draft.onnx"));
    Files.writeString(model.resolve("broken.onnx"), "no graph");
    Files.writeString(model.resolve("release.json"), "{}");
    Files.createDirectories(model.resolve(".git"));
    Files.writeString(model.resolve(".git/config"), "");

    assertThat(sharded(model, "sharded"))
        .containsKeys("draft.onnx", "model.onnx.data", "broken.onnx", "weights/block-00.data")
        .doesNotContainKeys("release.json", ".git/config");
  }

  @Test
  void reportsEveryTensorOnce() {
    List<ShardListener.Progress> events = new ArrayList<>();

    new ModelSharder().shard(GENAI, temp.resolve("sharded"), events::add, () -> false);

    ShardListener.Progress last = events.get(events.size() - 1);
    assertThat(events).hasSize(last.count()).isSortedAccordingTo((a, b) -> a.number() - b.number());
    assertThat(last.doneBytes()).isEqualTo(last.totalBytes()).isGreaterThan(5_000_000);
  }

  @Test
  void stopsWhenCancelledAndLeavesNothing() {
    AtomicInteger asked = new AtomicInteger();
    ShardException e =
        catchThrowableOfType(
            ShardException.class,
            () ->
                new ModelSharder()
                    .shard(
                        GENAI, temp.resolve("out"), p -> {}, () -> asked.incrementAndGet() > 10));

    assertThat(e.reason()).isEqualTo(Reason.CANCELLED);
    assertThat(temp).isEmptyDirectory();
  }

  @Test
  void leavesNoHalfTargetWhenItsProcessIsKilled() throws Exception {
    KilledSharder.run(GENAI, temp.resolve("killed"));

    assertThat(temp.resolve("killed")).doesNotExist();
    try (Stream<Path> left = Files.list(temp)) {
      assertThat(left).hasSize(2).allMatch(file -> file.toString().contains(".killed.partial-"));
    }
    assertThat(sharded(GENAI, "killed")).containsKey("model.onnx");
    assertThat(temp.toFile().list()).containsExactly("killed");
  }

  @Test
  void refusesATargetThatExistsAndLeavesItAlone() throws IOException {
    Files.createDirectory(temp.resolve("target"));
    Files.writeString(temp.resolve("target/precious"), "mine");

    ShardException e =
        catchThrowableOfType(
            ShardException.class, () -> new ModelSharder().shard(GENAI, temp.resolve("target")));

    assertThat(e.reason()).isEqualTo(Reason.TARGET_EXISTS);
    assertThat(digests(temp)).containsOnlyKeys("target/precious");
  }

  @Test
  void refusesATargetInsideOfTheModel() throws IOException {
    Path model = copy(GENAI);

    ShardException e =
        catchThrowableOfType(
            ShardException.class, () -> new ModelSharder().shard(model, model.resolve("sharded")));

    assertThat(e.reason()).isEqualTo(Reason.TARGET_INSIDE_MODEL);
    assertThat(digests(model)).isEqualTo(digests(GENAI));
  }

  @Test
  void refusesWeightsThatAreCutOff() throws IOException {
    Path model = copy(GENAI);
    Path data = model.resolve("model.onnx.data");
    Files.write(data, Arrays.copyOf(Files.readAllBytes(data), 100_000));

    refuses(model, Reason.MODEL_INVALID);
  }

  @Test
  void refusesWeightsThatLieOutsideOfTheDirectory() throws IOException {
    Path model = copy(GENAI);
    Files.move(model.resolve("model.onnx.data"), temp.resolve("elsewhere"));
    Files.createSymbolicLink(model.resolve("model.onnx.data"), temp.resolve("elsewhere"));

    refuses(model, Reason.MODEL_INVALID);
  }

  @Test
  void refusesAGraphThatIsCutOff() throws IOException {
    Path model = copy(GENAI);
    Path graph = model.resolve("model.onnx");
    Files.write(graph, Arrays.copyOf(Files.readAllBytes(graph), 10_000));

    refuses(model, Reason.MODEL_INVALID);
  }

  @Test
  void refusesAGraphWhoseNamesTellNothing() throws IOException {
    Path model = copy(GENAI);
    Path graph = model.resolve("model.onnx");
    ModelProto anonymous =
        ModelProto.parseFrom(
            new String(Files.readAllBytes(graph), ISO_8859_1)
                .replace("layers.", "strata.")
                .getBytes(ISO_8859_1));
    Files.write(graph, anonymous.toByteArray());

    refuses(model, Reason.NO_BLOCKS);
  }

  @Test
  void refusesADirectoryThatIsNoModel() throws IOException {
    refuses(Files.createDirectory(temp.resolve("empty")), Reason.MODEL_UNSUPPORTED);
    refuses(temp.resolve("absent"), Reason.MODEL_INVALID);
  }

  @Test
  void namesAFullDisk() throws Exception {
    Path mount = Files.createDirectory(temp.resolve("small"));
    assumeTrue(
        run("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", mount.toString()),
        "Needs Linux, root and the right to mount a tmpfs.");
    try {
      ShardException e =
          catchThrowableOfType(
              ShardException.class, () -> new ModelSharder().shard(GENAI, mount.resolve("out")));
      assertThat(e.reason()).isEqualTo(Reason.NO_SPACE);
      assertThat(mount).isEmptyDirectory();
    } finally {
      assertThat(run("umount", mount.toString())).isTrue();
    }
  }

  private static boolean run(String... command) throws Exception {
    return new ProcessBuilder(command).redirectErrorStream(true).start().waitFor() == 0;
  }
}
