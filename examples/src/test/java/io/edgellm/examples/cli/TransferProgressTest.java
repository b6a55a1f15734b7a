package io.edgellm.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.edgellm.model.Artifact;
import io.edgellm.model.ModelId;
import io.edgellm.model.ModelVersion;
import io.edgellm.model.ReleaseManifest;
import io.edgellm.model.Requirements;
import io.edgellm.release.ReleaseBuilder;
import io.edgellm.transfer.TransferListener.TransferEvent;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TransferProgressTest {
  private static final int SIZE = 4_000_000;

  @TempDir Path directory;

  private final StringWriter said = new StringWriter();
  private final AtomicLong nanoTime = new AtomicLong();
  private final TransferProgress progress =
      new TransferProgress(
          new Console(new PrintWriter(said), new PrintWriter(said), true), nanoTime::get);
  private ReleaseManifest manifest;
  private Artifact file;

  @BeforeEach
  void plan() throws IOException {
    Files.write(directory.resolve("model.onnx"), new byte[SIZE]);
    manifest =
        ReleaseBuilder.of(
                directory,
                new ModelId("assistant"),
                ModelVersion.parse("1.0.0"),
                ReleaseManifest.Format.ONNX_GENAI,
                new Requirements(List.of(), List.of(), "onnxruntime", "1.20", 1, 1))
            .build();
    file = manifest.files().get(0);
    progress.onEvent(new TransferEvent.Planned(manifest, manifest.files()));
  }

  private String saidAfter(Duration time, long doneBytes) {
    nanoTime.addAndGet(time.toNanos());
    said.getBuffer().setLength(0);
    progress.onEvent(new TransferEvent.Progress(file, doneBytes, 0));
    return said.toString().strip();
  }

  @Test
  void tellsBytesRateAndTheTimeThatIsLeft() {
    saidAfter(Duration.ofSeconds(1), 0);
    assertThat(saidAfter(Duration.ofSeconds(2), 1_000_000))
        .isEqualTo("25%  1.00 MB of 4.00 MB  500.0 kB/s  6 s left");
    assertThat(saidAfter(Duration.ofSeconds(2), SIZE))
        .isEqualTo("100%  4.00 MB of 4.00 MB  1.00 MB/s");
  }

  @Test
  void whatAnEarlierCallHasLeftSaysNothingOfTheRate() {
    assertThat(saidAfter(Duration.ofSeconds(1), 3_000_000)).isEqualTo("75%  3.00 MB of 4.00 MB");
    assertThat(saidAfter(Duration.ofSeconds(10), 3_100_000))
        .isEqualTo("77%  3.10 MB of 4.00 MB  10.0 kB/s  1 min 30 s left");
  }

  @Test
  void doesNotRedrawForEveryPiece() {
    saidAfter(Duration.ofSeconds(1), 0);
    assertThat(saidAfter(Duration.ofMillis(50), 1000)).isEmpty();
    assertThat(saidAfter(Duration.ofMillis(60), 2000)).isNotEmpty();
  }
}
