package io.edgellm.release;

import io.edgellm.model.ModelId;
import io.edgellm.model.ModelVersion;
import io.edgellm.model.ReleaseManifest;
import io.edgellm.model.Requirements;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.Stream;

/** A release of the sample model, in a directory that a test may change. */
public final class SampleRelease {
  /** When everything in these tests happens. */
  public static final InstantSource CLOCK =
      InstantSource.fixed(Instant.parse("2026-03-01T12:00:00Z"));

  private SampleRelease() {}

  /** Copies the sample model into a new directory. */
  public static Path copyModel(Path parent) throws IOException {
    Path directory = Files.createTempDirectory(parent, "model");
    try (Stream<Path> files =
        Files.list(Path.of(System.getProperty("edgellm.sample.dir"), "genai"))) {
      for (Path file : files.toList()) {
        Files.copy(file, directory.resolve(file.getFileName()));
      }
    }
    return directory;
  }

  /** Returns a builder with what a test does not care about. */
  public static ReleaseBuilder describe(Path directory, String model, String version) {
    return ReleaseBuilder.of(
            directory,
            new ModelId(model),
            ModelVersion.parse(version),
            ReleaseManifest.Format.ONNX_GENAI,
            new Requirements(List.of(), List.of(), "onnxruntime", "1.20", 64L << 20, 512))
        .clock(CLOCK);
  }

  /** Copies, describes and signs the sample model, ready to be verified. */
  public static Path signed(Path parent, ReleaseSigner signer) throws IOException {
    Path directory = copyModel(parent);
    signer.sign(describe(directory, "assistant", "1.0.0").build()).writeInto(directory);
    return directory;
  }
}
