package io.edgellm.inference.surgery;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtSession;
import io.edgellm.inference.graph.RuntimeGuard;
import io.edgellm.inference.layout.ModelDirectory;
import io.edgellm.inference.layout.ModelLayout;
import io.edgellm.inference.onnx.OnnxGraphFile;
import io.edgellm.inference.quantize.BlockFormat;
import io.edgellm.inference.quantize.ModelQuantizer;
import io.edgellm.inference.quantize.QuantizationRecipe;
import io.edgellm.inference.surgery.SurgeryStep.Outcome;
import io.edgellm.internal.io.Disk;
import io.edgellm.model.Sha256;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PrepackingTest {
  private static final OrtEnvironment RUNTIME = RuntimeGuard.ofThisProcess(false).start();

  @TempDir static Path shared;
  private static Path model;

  @TempDir Path temp;

  @BeforeAll
  static void quantize() {
    Path sample = Path.of(System.getProperty("edgellm.sample.dir"));
    model = shared.resolve("int4");
    new ModelQuantizer(QuantizationRecipe.of(new BlockFormat(4, 32, true)))
        .quantize(sample.resolve("genai"), model);
  }

  private SurgeryOptions options() {
    return new SurgeryOptions(temp.resolve("cache"), null, 1, false, true);
  }

  private PreparedGraph prepare() {
    ModelDirectory directory = ModelDirectory.open(model);
    return new GraphSurgery(RUNTIME, options()).prepare(directory, ModelLayout.read(directory));
  }

  private static SurgeryStep step(PreparedGraph prepared) {
    return prepared.steps().get(prepared.steps().size() - 1);
  }

  private static Behaviour behaviour(GraphSource source) throws Exception {
    ModelLayout layout = ModelLayout.read(ModelDirectory.open(model));
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions();
        OrtSession session = source.open(RUNTIME, options);
        GraphProbe probe = new GraphProbe(RUNTIME, session, layout)) {
      return Behaviour.of(probe);
    }
  }

  private Path packed() throws IOException {
    try (Stream<Path> files = Files.walk(temp.resolve("cache"))) {
      return files.filter(it -> it.endsWith("prepacked")).findFirst().orElseThrow();
    }
  }

  private static void flip(Path file, long position) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      ByteBuffer one = ByteBuffer.allocate(1);
      channel.read(one, position);
      one.put(0, (byte) (one.get(0) ^ 1)).flip();
      channel.write(one, position);
    }
  }

  @Test
  void givesTheSameBitsAsWeightsThatArePackedAtLoad() throws Exception {
    PreparedGraph prepared = prepare();

    assertThat(step(prepared).outcome()).as("%s", prepared.steps()).isEqualTo(Outcome.DONE);
    assertThat(prepared.source()).isEqualTo(new GraphSource.OnDisk(packed().resolve("model.onnx")));
    assertThat(prepared.choosesRows()).isTrue();
    GraphSource original = new GraphSource.OnDisk(model.resolve("model.onnx"));
    assertThat(behaviour(original).objection(behaviour(prepared.source()), 99, 0)).isEmpty();
  }

  @Test
  void putsPackedWeightsAtMultiplesOfSixtyFour() throws Exception {
    prepare();
    ModelProto written = OnnxGraphFile.read(packed().resolve("model.onnx"));
    List<String> places =
        written.getGraph().getInitializerList().stream()
            .flatMap(tensor -> tensor.getExternalDataList().stream())
            .filter(entry -> entry.getKey().startsWith("prepacked_"))
            .map(entry -> entry.getValue())
            .toList();
    assertThat(places).isNotEmpty();
    for (String place : places) {
      for (Matcher blob = Pattern.compile("\\|(\\d+);").matcher(place); blob.find(); ) {
        assertThat(Long.parseLong(blob.group(1)) % 64).as(place).isZero();
      }
    }
  }

  @Test
  void findsThemAgain() throws Exception {
    prepare();
    Path weights = packed().resolve("weights.bin");
    Object before = Files.readAttributes(weights, "lastModifiedTime,fileKey");

    PreparedGraph second = prepare();

    assertThat(step(second).detail()).startsWith("they were packed before");
    assertThat(Files.readAttributes(weights, "lastModifiedTime,fileKey")).isEqualTo(before);
  }

  @Test
  void packsAnewWhatIsDamaged() throws Exception {
    prepare();
    for (String file : List.of("weights.bin", "model.onnx", "seal.json")) {
      flip(packed().resolve(file), Files.size(packed().resolve(file)) / 2);
      assertThat(step(prepare()).detail()).as(file).startsWith("they are mapped from");
    }
    try (FileChannel channel =
        FileChannel.open(packed().resolve("weights.bin"), StandardOpenOption.WRITE)) {
      channel.truncate(channel.size() - 1);
    }
    assertThat(step(prepare()).detail()).startsWith("they are mapped from");
    Files.delete(packed().resolve("model.onnx"));
    assertThat(step(prepare()).detail()).startsWith("they are mapped from");
    assertThat(step(prepare()).detail()).startsWith("they were packed before");
  }

  @Test
  void packsAnewWhatIsOfAnotherGraph() throws Exception {
    prepare();
    SurgeryCache cache = cache(Disk.local());
    PrepackedWeights weights = new PrepackedWeights(Disk.local(), cache, "prepacked");
    Path folder = packed();
    Path moved = Files.createDirectories(weights.folder().resolveSibling(""));
    Files.move(folder, moved.resolve("prepacked"));

    assertThat(weights.find(Sha256.of(new byte[0]))).isEmpty();
    assertThat(moved.resolve("prepacked")).doesNotExist();
  }

  private SurgeryCache cache(Disk disk) {
    return SurgeryCache.of(disk, temp.resolve("cache"), Sha256.of(new byte[1]), "1.28.0");
  }

  @Test
  void leavesTheOldOrNothingWhereverItIsStopped() throws Exception {
    ModelLayout layout = ModelLayout.read(ModelDirectory.open(model));
    GraphSource plain = new GraphSource.OnDisk(layout.graph());
    int stop = 0;
    boolean stopped = true;
    for (; stopped && stop < 100; stop++) {
      StoppingDisk disk = new StoppingDisk(stop);
      Prepacking.Result result =
          new Prepacking(RUNTIME, options(), layout, disk).apply(cache(disk), plain, 1);
      stopped = disk.isStopped();
      assertThat(result.source()).as("stop %d", stop).isNotNull();
      assertThat(result.step().isDone()).as("stop %d", stop).isEqualTo(!stopped);
      if (stopped) {
        assertThat(result.source()).isEqualTo(plain);
        // Whatever is there now: whoever comes next finds all of it, or nothing.
        PrepackedWeights left = new PrepackedWeights(Disk.local(), cache(disk), "prepacked");
        assertThat(isWholeOrAbsent(left)).as("stop %d", stop).isTrue();
      }
    }
    assertThat(stop).isGreaterThan(10);
    assertThat(packed().resolveSibling(".prepacked.partial")).doesNotExist();
    assertThat(packed().resolveSibling(".prepacked.raw")).doesNotExist();
  }

  private static boolean isWholeOrAbsent(PrepackedWeights weights) throws IOException {
    if (!Files.exists(weights.folder())) {
      return true;
    }
    Optional<PackedSeal> seal =
        PackedSeal.read(Files.readAllBytes(weights.folder().resolve("seal.json")));
    return seal.isPresent()
        && seal.get()
            .weights()
            .equals(PackedSeal.Checksum.of(weights.folder().resolve("weights.bin")));
  }

  @Test
  void needsACacheDirectory() {
    ModelDirectory directory = ModelDirectory.open(model);
    PreparedGraph prepared =
        new GraphSurgery(RUNTIME, new SurgeryOptions(null, null, 1, false, true))
            .prepare(directory, ModelLayout.read(directory));
    assertThat(step(prepared))
        .isEqualTo(SurgeryStep.left("prepacked", "there is no cache directory"));
  }

  @Test
  void needsRoomOnTheDisk() {
    ModelLayout layout = ModelLayout.read(ModelDirectory.open(model));
    GraphSource plain = new GraphSource.OnDisk(layout.graph());
    Prepacking.Result result =
        new Prepacking(RUNTIME, options(), layout, Disk.local())
            .apply(cache(Disk.local()), plain, Long.MAX_VALUE / 8);
    assertThat(result.source()).isEqualTo(plain);
    assertThat(result.step().detail()).contains("free disk");
  }
}
