package io.edgellm.inference.delta;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnx.proto.OnnxMl.ModelProto;
import io.edgellm.delta.DeltaEncoder;
import io.edgellm.delta.DeltaListener;
import io.edgellm.delta.ElementKind;
import io.edgellm.delta.TensorAlignment;
import io.edgellm.delta.TensorAlignment.Region;
import io.edgellm.inference.quantize.BlockFormat;
import io.edgellm.inference.quantize.ModelQuantizer;
import io.edgellm.inference.quantize.QuantizationRecipe;
import io.edgellm.model.Artifact;
import io.edgellm.model.ModelId;
import io.edgellm.model.ModelVersion;
import io.edgellm.model.ReleaseManifest;
import io.edgellm.model.Requirements;
import io.edgellm.release.ReleaseBuilder;
import io.edgellm.release.ReleaseFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The sample model, changed and quantized as publishers do. */
class OnnxTensorAlignerTest {
  private static final Path SAMPLE = Path.of(System.getProperty("edgellm.sample.dir"));
  private static final String GRAPH = "model.onnx";
  private static final String WEIGHTS = "model.onnx.data";

  @TempDir Path temp;

  @Test
  void alignsEveryWeightOfAFileBesideTheGraph() throws IOException {
    ReleaseFiles model = copy("genai", "model");
    TensorAlignment alignment = align(model, model, WEIGHTS);
    long aligned = alignment.regions().stream().mapToLong(Region::lengthBytes).sum();
    assertThat(aligned).isGreaterThan(file(model, WEIGHTS).sizeBytes() * 98 / 100);
    assertThat(alignment.regions()).allMatch(r -> r.baseOffset() == r.targetOffset());
    assertThat(alignment.regions()).allMatch(r -> r.kind() == ElementKind.FLOAT32);
  }

  @Test
  void alignsWeightsInsideOfAGraphWhoseHeaderGrew() throws IOException {
    ReleaseFiles model = copy("optimum/onnx", "model");
    Path directory = Files.createDirectories(temp.resolve("longer"));
    ModelProto graph =
        ModelProto.parseFrom(Files.readAllBytes(SAMPLE.resolve("optimum/onnx").resolve(GRAPH)));
    String producer = graph.getProducerName() + " with a longer name";
    Files.write(
        directory.resolve(GRAPH),
        graph.toBuilder().setProducerName(producer).build().toByteArray());
    ReleaseFiles longer = release(directory);
    TensorAlignment alignment = align(model, longer, GRAPH);
    long shift = file(longer, GRAPH).sizeBytes() - file(model, GRAPH).sizeBytes();
    assertThat(alignment.regions()).isNotEmpty();
    assertThat(alignment.regions())
        .allMatch(region -> region.targetOffset() - region.baseOffset() == shift);
  }

  @Test
  void tellsCodesOfFourBitsFromTheirScales() throws IOException {
    ReleaseFiles quantized = quantized(copy("genai", "model"), "quantized");
    List<Region> regions = align(quantized, quantized, WEIGHTS).regions();
    assertThat(regions).extracting(Region::kind).contains(ElementKind.INT4, ElementKind.FLOAT32);
    assertThat(regions).extracting(Region::kind).doesNotContain(ElementKind.INT8);
  }

  @Test
  void makesTheDeltaOfAFineTuneThatWasQuantizedAnewSmaller() throws IOException {
    ReleaseFiles base = quantized(copy("genai", "model"), "base");
    ReleaseFiles tuned = quantized(fineTuned(), "tuned");
    long aware = encode(base, tuned, align(base, tuned, WEIGHTS));
    long unaware = encode(base, tuned, TensorAlignment.none());
    assertThat(aware).isLessThanOrEqualTo(unaware);
    assertThat((double) aware / file(tuned, WEIGHTS).sizeBytes()).isLessThan(0.3);
  }

  @Test
  void alignsNothingOfAGraphThatIsNone() throws IOException {
    ReleaseFiles model = copy("genai", "model");
    Path directory = Files.createDirectories(temp.resolve("broken"));
    Files.write(directory.resolve(GRAPH), new byte[] {1, 2, 3});
    Files.copy(model.locate(file(model, WEIGHTS)), directory.resolve(WEIGHTS));
    assertThat(align(model, release(directory), WEIGHTS).regions()).isEmpty();
  }

  @Test
  void alignsNothingOfAFileThatIsShorterThanTheGraphSays() throws IOException {
    ReleaseFiles model = copy("genai", "model");
    Path directory = Files.createDirectories(temp.resolve("short"));
    Files.copy(model.locate(file(model, GRAPH)), directory.resolve(GRAPH));
    Files.write(directory.resolve(WEIGHTS), new byte[10]);
    assertThat(align(model, release(directory), WEIGHTS).regions()).isEmpty();
  }

  private static TensorAlignment align(ReleaseFiles base, ReleaseFiles target, String path) {
    return new OnnxTensorAligner().align(base, file(base, path), target, file(target, path));
  }

  private long encode(ReleaseFiles base, ReleaseFiles target, TensorAlignment alignment) {
    return new DeltaEncoder()
        .encode(
            base.locate(file(base, WEIGHTS)),
            target.locate(file(target, WEIGHTS)),
            alignment,
            temp.resolve("delta"),
            DeltaListener.silent(),
            () -> false)
        .orElseThrow()
        .deltaBytes();
  }

  /** Every weight moves by about a thousandth of what weights are. */
  private ReleaseFiles fineTuned() throws IOException {
    ReleaseFiles tuned = copy("genai", "tuned-source");
    Path weights = tuned.locate(file(tuned, WEIGHTS));
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(weights)).order(ByteOrder.LITTLE_ENDIAN);
    Random random = new Random(11);
    for (int i = 0; i < bytes.limit(); i += Float.BYTES) {
      float weight = bytes.getFloat(i);
      bytes.putFloat(i, weight + 5e-5f * (float) random.nextGaussian());
    }
    Files.write(weights, bytes.array());
    return tuned;
  }

  private ReleaseFiles quantized(ReleaseFiles model, String name) {
    Path source = model.locate(file(model, GRAPH)).resolveSibling("");
    Path directory = temp.resolve(name);
    new ModelQuantizer(QuantizationRecipe.of(new BlockFormat(4, 32, true)))
        .quantize(source, directory);
    return release(directory);
  }

  private ReleaseFiles copy(String sample, String name) throws IOException {
    Path directory = Files.createDirectories(temp.resolve(name));
    try (Stream<Path> files = Files.list(SAMPLE.resolve(sample))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Files.copy(file, directory.resolve(file.getFileName()));
      }
    }
    return release(directory);
  }

  private static ReleaseFiles release(Path directory) {
    ReleaseManifest manifest =
        ReleaseBuilder.of(
                directory,
                new ModelId("sample"),
                ModelVersion.parse("1.0.0"),
                ReleaseManifest.Format.ONNX_GENAI,
                new Requirements(List.of(), List.of(), "onnxruntime", "1.20", 64L << 20, 512))
            .build();
    return ReleaseFiles.inDirectory(manifest, directory);
  }

  private static Artifact file(ReleaseFiles release, String path) {
    return release.manifest().file(path).orElseThrow();
  }
}
