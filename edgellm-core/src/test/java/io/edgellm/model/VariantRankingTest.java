package io.edgellm.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.edgellm.model.ReleaseManifest.Quality;
import io.edgellm.model.ReleaseManifest.Quantization;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class VariantRankingTest {
  private static final DeviceProfile DEVICE =
      new DeviceProfile("aarch64", "linux", "onnxruntime", "1.28.0", 1L << 30);

  /** A variant for tests; what is not said is like that of the others. */
  private record Variant(
      String version,
      long ramMib,
      @Nullable String accelerator,
      @Nullable Quality quality,
      boolean quantized,
      String precision,
      String architecture) {
    static Variant of(String version) {
      return new Variant(version, 256, null, good(0.98), true, "float32,int8", "aarch64");
    }

    Variant ramMib(long value) {
      return new Variant(version, value, accelerator, quality, quantized, precision, architecture);
    }

    Variant accelerator(String value) {
      return new Variant(version, ramMib, value, quality, quantized, precision, architecture);
    }

    Variant quality(@Nullable Quality value) {
      return new Variant(version, ramMib, accelerator, value, quantized, precision, architecture);
    }

    Variant computes(boolean quantizedWeights, String in) {
      return new Variant(version, ramMib, accelerator, quality, quantizedWeights, in, architecture);
    }

    Variant architecture(String value) {
      return new Variant(version, ramMib, accelerator, quality, quantized, precision, value);
    }

    ReleaseManifest manifest() {
      ReleaseManifest m =
          ManifestScene.says(
              version,
              ManifestScene.small().toBuilder()
                  .architectures(List.of(architecture))
                  .minRamBytes(ramMib << 20)
                  .accelerator(accelerator)
                  .build(),
              quality,
              new ModelTraits(null, 0, precision, Capabilities.unknown()));
      return quantized ? quantized(m) : m;
    }

    private static ReleaseManifest quantized(ReleaseManifest m) {
      return new ReleaseManifest(
          m.model(),
          m.version(),
          m.created(),
          m.format(),
          m.files(),
          m.requirements(),
          new Quantization(
              "matmul-nbits-rtn", 4, 32, true, List.of(), "x", "1", ManifestScene.DIGEST),
          m.quality(),
          m.provenance(),
          m.rollbackIndex(),
          m.approvedBy(),
          m.deltas(),
          m.descriptor(),
          m.traits(),
          m.adapters(),
          m.tritonVersion());
    }
  }

  private static Quality good(double exactMatch) {
    return new Quality(exactMatch, 0.1, 2, "probes");
  }

  private static List<String> order(DeviceProfile device, Variant... variants) {
    List<ReleaseManifest> releases = new ArrayList<>();
    for (Variant variant : variants) {
      releases.add(variant.manifest());
    }
    return VariantRanking.of(releases, device).candidates().stream()
        .map(c -> c.release().version().toString())
        .toList();
  }

  @Test
  void whatFitsComesBeforeEverythingElse() {
    assertThat(
            order(
                DEVICE,
                Variant.of("2.0.0+x86").architecture("x86_64"),
                Variant.of("1.0.0+old").quality(null).computes(true, "float16")))
        .containsExactly("1.0.0+old", "2.0.0+x86");
  }

  @Test
  void aHigherVersionComesBeforeABetterVariant() {
    assertThat(order(DEVICE, Variant.of("1.9.0"), Variant.of("1.10.0").quality(null)))
        .containsExactly("1.10.0", "1.9.0");
  }

  @Test
  void anAcceleratorThatIsThereComesBeforeQuality() {
    DeviceProfile npu = DEVICE.withAccelerators(List.of("qnn-htp"));
    Variant forNpu = Variant.of("1.0.0+npu").accelerator("qnn-htp").quality(good(0.5));
    Variant forCpu = Variant.of("1.0.0+cpu");
    assertThat(order(npu, forCpu, forNpu)).containsExactly("1.0.0+npu", "1.0.0+cpu");
    assertThat(order(DEVICE, forCpu, forNpu)).containsExactly("1.0.0+cpu", "1.0.0+npu");
  }

  @Test
  void qualityComesBeforeMemoryAndArithmetic() {
    assertThat(
            order(
                DEVICE,
                Variant.of("1.0.0+bad").quality(good(0.95)),
                Variant.of("1.0.0+unknown").quality(null),
                Variant.of("1.0.0+whole").computes(false, "float32").ramMib(1000).quality(good(1))))
        .containsExactly("1.0.0+whole", "1.0.0+bad", "1.0.0+unknown");
  }

  @Test
  void twoPointsAreNoDifferenceOfQuality() {
    assertThat(
            order(
                DEVICE,
                Variant.of("1.0.0+whole").computes(false, "float32").quality(good(0.99)),
                Variant.of("1.0.0+int4").quality(good(0.975))))
        .containsExactly("1.0.0+int4", "1.0.0+whole");
  }

  @Test
  void aVariantWithMuchHigherPerplexityIsWorse() {
    assertThat(
            order(
                DEVICE,
                Variant.of("1.0.0+a").quality(new Quality(0.98, 0.1, 2.2, "probes")),
                Variant.of("1.0.0+b").quality(new Quality(0.98, 0.1, 2.0, "probes"))))
        .containsExactly("1.0.0+b", "1.0.0+a");
  }

  @Test
  void figuresOfDifferentDataAreNotCompared() {
    assertThat(
            order(
                DEVICE,
                Variant.of("1.0.0+a").ramMib(300).quality(new Quality(1, 0.1, 2, "easy")),
                Variant.of("1.0.0+b").ramMib(900).quality(new Quality(0.5, 0.1, 2, "hard"))))
        .containsExactly("1.0.0+a", "1.0.0+b");
  }

  @Test
  void roomComesBeforeArithmetic() {
    assertThat(
            order(
                DEVICE,
                Variant.of("1.0.0+tight").ramMib(769),
                Variant.of("1.0.0+roomy").ramMib(768).computes(true, "float16")))
        .containsExactly("1.0.0+roomy", "1.0.0+tight");
  }

  @Test
  void processorsLikeQuantizedWeightsWithFullActivations() {
    assertThat(
            order(
                DEVICE,
                Variant.of("1.0.0+q4f16").computes(true, "float16,int8"),
                Variant.of("1.0.0+fp16").computes(false, "float16"),
                Variant.of("1.0.0+fp32").computes(false, "float32"),
                Variant.of("1.0.0+q4").computes(true, "float32")))
        .containsExactly("1.0.0+q4", "1.0.0+fp32", "1.0.0+fp16", "1.0.0+q4f16");
  }

  @Test
  void theOrderDoesNotDependOnTheOrderOfTheReleases() {
    List<Variant> variants = new ArrayList<>();
    Random random = new Random(41);
    for (int i = 0; i < 40; i++) {
      Variant variant =
          Variant.of("1." + random.nextInt(2) + ".0+v" + i)
              .ramMib(200 + 200L * random.nextInt(6))
              .quality(random.nextInt(4) == 0 ? null : good(0.9 + 0.02 * random.nextInt(5)))
              .computes(random.nextBoolean(), random.nextBoolean() ? "float32" : "float16")
              .architecture(random.nextInt(4) == 0 ? "x86_64" : "aarch64");
      variants.add(random.nextBoolean() ? variant : variant.accelerator("qnn-htp"));
    }
    DeviceProfile device = DEVICE.withAccelerators(List.of("qnn-htp"));
    List<String> first = order(device, variants.toArray(Variant[]::new));
    for (int round = 0; round < 50; round++) {
      Collections.shuffle(variants, random);
      assertThat(order(device, variants.toArray(Variant[]::new)))
          .as("seed 41, round %d", round)
          .isEqualTo(first);
    }
  }

  @Test
  void theMatrixShowsForEachKindOfDeviceWhatToTakeAndWhyNot() {
    Map<String, DeviceProfile> fleet = new LinkedHashMap<>();
    fleet.put("board", DEVICE);
    fleet.put("desktop", new DeviceProfile("x86_64", "linux", "onnxruntime", "1.28.0", 1L << 30));
    fleet.put("old", new DeviceProfile("x86_64", "linux", "onnxruntime", "1.10.0", 1L << 30));
    CompatibilityMatrix matrix =
        new CompatibilityMatrix(
            List.of(
                Variant.of("1.4.0+onnx-int8-aarch64").manifest(),
                Variant.of("1.4.0+onnx-q4-x86-64").architecture("x86_64").manifest()),
            fleet);
    assertThat(matrix.preferred().keySet()).containsExactly("board", "desktop");
    assertThat(matrix.toText())
        .isEqualTo(
            """
            board
              preferred  assistant 1.4.0+onnx-int8-aarch64: fits: as good as the best, quantized \
            weights with fp32 activations, 768 MiB stay free
              no  assistant 1.4.0+onnx-q4-x86-64: does not fit: It is built for x86_64, this \
            device has aarch64.
            desktop
              preferred  assistant 1.4.0+onnx-q4-x86-64: fits: as good as the best, quantized \
            weights with fp32 activations, 768 MiB stay free
              no  assistant 1.4.0+onnx-int8-aarch64: does not fit: It is built for aarch64, this \
            device has x86_64.
            old
              no  assistant 1.4.0+onnx-int8-aarch64: does not fit: It is built for aarch64, this \
            device has x86_64. It needs onnxruntime 1.20 or newer, this device has 1.10.0.
              no  assistant 1.4.0+onnx-q4-x86-64: does not fit: It needs onnxruntime 1.20 or \
            newer, this device has 1.10.0.
            """);
    assertThat(new String(matrix.toJson(), StandardCharsets.UTF_8))
        .contains("\"board\":{\"preferred\":\"1.4.0+onnx-int8-aarch64\"");
  }
}
