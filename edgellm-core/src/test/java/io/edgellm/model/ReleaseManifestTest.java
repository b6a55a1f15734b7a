package io.edgellm.model;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class ReleaseManifestTest {
  private static final Sha256 DIGEST = Sha256.of("x".getBytes(UTF_8));
  private static final Sha256 OTHER_DIGEST = Sha256.of("y".getBytes(UTF_8));

  private static Artifact file(String path) {
    return new Artifact(
        path, 1, DIGEST, "application/octet-stream", Artifact.Role.WEIGHTS, List.of(DIGEST));
  }

  private static ReleaseManifest manifest(Artifact... files) {
    return new ReleaseManifest(
        new ModelId("assistant"),
        ModelVersion.parse("1.3.0+onnx-int8-aarch64"),
        Instant.parse("2026-03-01T12:00:00.5Z"),
        ReleaseManifest.Format.ONNX_GENAI,
        List.of(files),
        new Requirements(
            List.of("aarch64", "x86_64"), List.of("linux"), "onnxruntime", "1.28.0", 1L << 31, 512),
        new ReleaseManifest.Quantization(
            "matmul-nbits-rtn", 8, 32, true, List.of("/lm_head"), "edgellm", "0.1.0", DIGEST),
        new ReleaseManifest.Quality(0.9375, 0.1234567, 3.25, "heldout"),
        Map.of("source", "line\nbreak, \"quotes\", \u00fc, \ud83d\ude00", "licence", "Apache-2.0"),
        3,
        List.of("release-manager"),
        List.of());
  }

  private static Artifact delta(Artifact.Role role) {
    return new Artifact(
        "model.edelta", 1, DIGEST, "application/octet-stream", role, List.of(DIGEST));
  }

  private static ReleaseManifest withDeltas(Delta... deltas) {
    ReleaseManifest m = whole();
    return new ReleaseManifest(
        m.model(),
        m.version(),
        m.created(),
        m.format(),
        m.files(),
        m.requirements(),
        m.quantization(),
        m.quality(),
        m.provenance(),
        m.rollbackIndex(),
        m.approvedBy(),
        List.of(deltas));
  }

  private static ReleaseManifest whole() {
    return manifest(file("model.onnx.data"), file("model.onnx"));
  }

  private static void assertRefused(ModelException.Reason reason, String json) {
    assertThatThrownBy(() -> ReleaseManifest.fromJson(json.getBytes(UTF_8)))
        .isInstanceOfSatisfying(
            ModelException.class, e -> assertThat(e.reason()).isEqualTo(reason));
  }

  private static String json() {
    return new String(whole().toJson(), UTF_8);
  }

  @Test
  void readsWhatItWrote() {
    ReleaseManifest read = ReleaseManifest.fromJson(whole().toJson());
    assertThat(read.toJson()).isEqualTo(whole().toJson());
    assertThat(read.files()).isEqualTo(whole().files());
    assertThat(read.provenance()).isEqualTo(whole().provenance());
    assertThat(read).isEqualTo(ReleaseManifest.fromJson(read.toJson()));
  }

  @Test
  void equalManifestsHaveEqualBytes() {
    assertThat(manifest(file("b"), file("a")).toJson())
        .isEqualTo(manifest(file("a"), file("b")).toJson());
  }

  @Test
  void theBytesOfAManifestNeverChange() {
    assertThat(Sha256.of(whole().toJson()).hex())
        .as("signatures of earlier versions cover these bytes")
        .isEqualTo("e7a701aa469cf872dc9dd8143426f4dca38ddf45a93f4160ae24514ae8ff0fcf");
  }

  @Test
  void readsTheDeltasThatItWrote() {
    ReleaseManifest written =
        withDeltas(new Delta(OTHER_DIGEST, DIGEST, delta(Artifact.Role.DELTA)));
    ReleaseManifest read = ReleaseManifest.fromJson(written.toJson());
    assertThat(read.deltas()).isEqualTo(written.deltas());
    assertThat(read.deltasTo(DIGEST)).isEqualTo(written.deltas());
    assertThat(read.deltasTo(OTHER_DIGEST)).isEmpty();
  }

  @Test
  void refusesADeltaThatLeadsNowhere() {
    Artifact file = delta(Artifact.Role.DELTA);
    assertThatThrownBy(() -> withDeltas(new Delta(DIGEST, OTHER_DIGEST, file)))
        .isInstanceOf(ModelException.class);
    assertThatThrownBy(() -> new Delta(DIGEST, DIGEST, file)).isInstanceOf(ModelException.class);
    Delta once = new Delta(OTHER_DIGEST, DIGEST, file);
    assertThatThrownBy(() -> withDeltas(once, once)).isInstanceOf(ModelException.class);
  }

  @Test
  void tellsDeltasFromFiles() {
    assertThatThrownBy(() -> manifest(delta(Artifact.Role.DELTA)))
        .isInstanceOf(ModelException.class);
    assertThatThrownBy(() -> new Delta(OTHER_DIGEST, DIGEST, delta(Artifact.Role.WEIGHTS)))
        .isInstanceOf(ModelException.class);
  }

  @Test
  void readsTheSameFromYamlAsFromJson() {
    assertThat(ReleaseManifest.fromYaml(whole().toJson()))
        .isEqualTo(ReleaseManifest.fromJson(whole().toJson()));
    String yaml =
        """
        schema: edgellm.release/v1
        model: assistant
        version: 1.0.0
        created: "2026-01-01T00:00:00Z"
        format: onnx-optimum
        files:
          - path: model.onnx
            size: 1
            sha256: %s
            mediaType: application/vnd.onnx.model
            role: graph
            chunks: [%s]
        requirements:
          runtime: onnxruntime
          minRuntimeVersion: "1.28"
          minRamBytes: 1000
          contextLength: 128
        rollbackIndex: 0
        """
            .formatted(DIGEST, DIGEST);
    ReleaseManifest read = ReleaseManifest.fromYaml(yaml.getBytes(UTF_8));
    assertThat(read.format()).isEqualTo(ReleaseManifest.Format.ONNX_OPTIMUM);
    assertThat(ReleaseManifest.fromJson(read.toJson())).isEqualTo(read);
  }

  @Test
  void refusesAFieldThatItDoesNotKnow() {
    assertRefused(ModelException.Reason.UNKNOWN_FIELD, json().replaceFirst("\\{", "{\"x\":1,"));
    assertRefused(
        ModelException.Reason.UNKNOWN_FIELD,
        json().replaceFirst("\\{\"chunks\"", "{\"x\":1,\"chunks\""));
  }

  @Test
  void refusesAFieldThatIsThereTwice() {
    assertRefused(
        ModelException.Reason.MALFORMED, json().replaceFirst("\\{", "{\"rollbackIndex\":9,"));
  }

  @Test
  void refusesAMissingField() {
    assertRefused(ModelException.Reason.MISSING_FIELD, json().replace(",\"rollbackIndex\":3", ""));
  }

  @Test
  void refusesWhatStandsAfterTheDocument() {
    assertRefused(ModelException.Reason.MALFORMED, json() + "{}");
  }

  @Test
  void refusesAQualityThatIsNoNumber() {
    assertRefused(
        ModelException.Reason.INVALID_VALUE,
        json().replace("\"perplexity\":3.25", "\"perplexity\":1e400"));
  }

  @Test
  void refusesUnsafePaths() {
    assertRefused(
        ModelException.Reason.UNSAFE_PATH, json().replace("\"model.onnx\"", "\"../model.onnx\""));
  }

  @Test
  void refusesPathsThatDifferOnlyInCaseAndReservedNames() {
    assertThatThrownBy(() -> manifest(file("Model.onnx"), file("model.onnx")))
        .isInstanceOf(ModelException.class);
    assertThatThrownBy(() -> manifest(file("RELEASE.json"))).isInstanceOf(ModelException.class);
  }

  @Test
  void refusesAFileInThePlaceOfADirectory() {
    assertThatThrownBy(() -> manifest(file("model"), file("model/weights")))
        .isInstanceOf(ModelException.class);
    assertThatThrownBy(() -> manifest(file("Model"), file("model/weights")))
        .isInstanceOf(ModelException.class);
    assertThatThrownBy(() -> manifest(file("release.json/weights")))
        .isInstanceOf(ModelException.class);
  }

  @Test
  void survivesAnyChangeOfItsBytes() {
    mutate(whole().toJson(), ReleaseManifest::fromJson);
  }

  @Test
  void survivesAnyChangeOfItsBytesAsYaml() {
    mutate(whole().toJson(), ReleaseManifest::fromYaml);
  }

  /** Feeds changed documents to a reader; nothing but {@link ModelException} may escape. */
  private static void mutate(byte[] good, Consumer<byte[]> reader) {
    long seed = 20260301;
    Random random = new Random(seed);
    for (int round = 0; round < 2000; round++) {
      byte[] bad = mutated(good, random);
      try {
        reader.accept(bad);
      } catch (ModelException e) {
        assertThat(e.getMessage()).isNotBlank();
      } catch (Throwable e) {
        throw new AssertionError(
            "seed " + seed + ", round " + round + ": " + new String(bad, UTF_8), e);
      }
    }
  }

  private static byte[] mutated(byte[] good, Random random) {
    byte[] bad = good.clone();
    for (int changes = 1 + random.nextInt(4); changes > 0; changes--) {
      int at = random.nextInt(bad.length);
      switch (random.nextInt(5)) {
        case 0 -> bad[at] = (byte) random.nextInt(256);
        case 1 -> bad[at] ^= (byte) (1 << random.nextInt(8));
        case 2 -> bad = Arrays.copyOf(bad, at + 1);
        case 3 -> bad[at] = (byte) "\"{}[]:,-0e.9&*!|\n".charAt(random.nextInt(17));
        default -> {
          int from = random.nextInt(bad.length);
          int length = Math.min(random.nextInt(64), bad.length - Math.max(at, from));
          System.arraycopy(bad.clone(), from, bad, at, length);
        }
      }
    }
    return bad;
  }
}
