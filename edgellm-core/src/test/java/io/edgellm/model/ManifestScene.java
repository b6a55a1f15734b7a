package io.edgellm.model;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Manifests for tests: one that says little, and one that says everything. */
final class ManifestScene {
  static final Sha256 DIGEST = Sha256.of("x".getBytes(UTF_8));

  private ManifestScene() {}

  static Requirements small() {
    return new Requirements(List.of(), List.of(), "onnxruntime", "1.20", 64L << 20, 512);
  }

  static Requirements whole() {
    return small().toBuilder()
        .architectures(List.of("aarch64"))
        .operatingSystems(List.of("linux"))
        .runtime(new RuntimeRange("onnxruntime", "1.20", "1.28"))
        .otherRuntimes(List.of(new RuntimeRange("onnxruntime-genai", "0.9", null)))
        .opsets(Map.of(Requirements.ONNX_DOMAIN, 21, "com.microsoft", 1, "com.example", 2))
        .executionProviders(List.of("QNNExecutionProvider", "CPUExecutionProvider"))
        .customOps(List.of("com.example"))
        .accelerator("qnn-htp")
        .memory(new MemoryNeed(1 << 20, 2560, 5 << 20))
        .tokenizerDigest(DIGEST)
        .chatTemplateDigest(DIGEST)
        .build();
  }

  static Artifact file(String path, Artifact.Role role) {
    return new Artifact(path, 1, DIGEST, "application/octet-stream", role, List.of(DIGEST));
  }

  static ReleaseManifest says(String version, Requirements requirements) {
    return says(version, requirements, null, ModelTraits.unknown());
  }

  static ReleaseManifest says(
      String version,
      Requirements requirements,
      ReleaseManifest.@Nullable Quality quality,
      ModelTraits traits) {
    return new ReleaseManifest(
        new ModelId("assistant"),
        ModelVersion.parse(version),
        Instant.parse("2026-03-01T12:00:00Z"),
        ReleaseManifest.Format.ONNX_GENAI,
        List.of(file("model.onnx", Artifact.Role.GRAPH)),
        requirements,
        null,
        quality,
        Map.of(),
        0,
        List.of(),
        List.of(),
        ModelDescriptor.unknown(),
        traits,
        List.of(),
        0);
  }

  static ReleaseManifest everything() {
    return new ReleaseManifest(
        new ModelId("assistant"),
        ModelVersion.parse("1.4.0+onnx-int8-aarch64"),
        Instant.parse("2026-03-01T12:00:00Z"),
        ReleaseManifest.Format.ONNX_GENAI,
        List.of(
            file("model.onnx", Artifact.Role.GRAPH),
            file("polite.onnx_adapter", Artifact.Role.WEIGHTS)),
        whole(),
        new ReleaseManifest.Quantization(
            "static-qdq",
            8,
            0,
            true,
            List.of("/lm_head"),
            "edgellm-quantizer",
            "2",
            DIGEST,
            Map.of("range", "percentile", "percentile", "99.9"),
            DIGEST),
        new ReleaseManifest.Quality(0.98, 0.017, 2.03, "probes", 200, 0.016, DIGEST, DIGEST),
        Map.of("pipeline", "run 7"),
        4,
        List.of("release-manager"),
        List.of(),
        ModelDescriptor.builder()
            .author("EdgeLLM")
            .vendor("Example")
            .family("assistant")
            .title("Assistant")
            .description("Answers a command with a tool call.")
            .docUrl("https://example.com/doc")
            .sourceUrl("https://example.com/assistant")
            .datasetUrl("https://example.com/data")
            .revision("abc123")
            .license("Apache-2.0")
            .build(),
        new ModelTraits(
            "llama",
            6_738_415_616L,
            "float32,int8",
            new Capabilities(
                List.of(Capabilities.Modality.TEXT),
                List.of(Capabilities.Modality.TEXT),
                Instant.parse("2026-01-01T00:00:00Z"),
                false,
                true,
                false,
                List.of("en", "de"))),
        List.of(new Adapter("polite", List.of("polite.onnx_adapter"))),
        7);
  }
}
