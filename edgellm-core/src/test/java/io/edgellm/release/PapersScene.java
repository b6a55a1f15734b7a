package io.edgellm.release;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.edgellm.model.Capabilities;
import io.edgellm.model.Capabilities.Modality;
import io.edgellm.model.ModelDescriptor;
import io.edgellm.model.ModelTraits;
import io.edgellm.model.ReleaseManifest;
import io.edgellm.model.Sha256;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A release of the sample model of which everything is said. */
final class PapersScene {
  static final Sha256 SOURCE = Sha256.of("source".getBytes(UTF_8));
  static final Sha256 CALIBRATION = Sha256.of("calibration".getBytes(UTF_8));
  static final Sha256 VALIDATION = Sha256.of("validation".getBytes(UTF_8));
  static final Sha256 VERDICT = Sha256.of("verdict".getBytes(UTF_8));

  private PapersScene() {}

  static ReleaseBuilder describe(Path directory) {
    return SampleRelease.describe(directory, "assistant", "1.4.0+onnx-int8")
        .descriptor(
            ModelDescriptor.builder()
                .author("J. Doe")
                .vendor("Example")
                .family("assistant-base")
                .title("Assistant")
                .docUrl("https://example.com/doc")
                .sourceUrl("https://example.com/base")
                .revision("abc123")
                .license("Apache-2.0")
                .license("MIT OR BSD-3-Clause")
                .build())
        .traits(
            new ModelTraits(
                "llama",
                1_179_776,
                "float32,int8",
                new Capabilities(
                    List.of(Modality.TEXT),
                    List.of(Modality.TEXT),
                    null,
                    null,
                    true,
                    null,
                    List.of("en"))))
        .quantization(
            new ReleaseManifest.Quantization(
                "static-qdq",
                8,
                0,
                true,
                List.of("/lm_head"),
                "edgellm-quantizer",
                "2",
                SOURCE,
                Map.of("range", "percentile"),
                CALIBRATION))
        .quality(
            new ReleaseManifest.Quality(
                0.98, 0.0171, 2.03, "probes.jsonl", 200, 0.0164, VALIDATION, VERDICT))
        .provenance("pipeline", "run 7")
        .approvedBy("release-manager")
        .tritonVersion(4);
  }
}
