package io.edgellm.transfer;

import static io.edgellm.model.Artifact.CHUNK_BYTES;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.OperatingSystemMXBean;
import io.edgellm.model.Artifact;
import io.edgellm.model.Sha256;
import io.edgellm.store.ModelStore;
import io.edgellm.store.PartialBlob;
import io.edgellm.store.StoreOptions;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Measures downloads on this machine beside what they cannot be faster than. Run by name: {@code
 * ./mvnw -pl edgellm-core test -Dtest=TransferFigures}.
 */
final class TransferFigures {
  private static final byte[] BLOB = SampleBlob.bytes(256 * CHUNK_BYTES, 1);
  private static final Artifact ARTIFACT = SampleBlob.artifact(BLOB);
  private static final int ROUNDS = 9;

  @TempDir Path dir;

  private interface Work {
    void run() throws IOException;
  }

  /** Prints the best of some rounds, and the processor time of the cheapest. */
  private static void measure(String what, Work work) throws IOException {
    OperatingSystemMXBean system =
        (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    long shortest = Long.MAX_VALUE;
    long cheapest = Long.MAX_VALUE;
    for (int round = 0; round < ROUNDS; round++) {
      long begin = System.nanoTime();
      long beginCpu = system.getProcessCpuTime();
      work.run();
      shortest = Math.min(shortest, System.nanoTime() - begin);
      cheapest = Math.min(cheapest, system.getProcessCpuTime() - beginCpu);
    }
    System.out.printf(
        "%-48s %6.0f MB/s %6.2f s of processor time per GB%n",
        what, BLOB.length / 1e6 / (shortest / 1e9), cheapest / (double) BLOB.length);
  }

  private void fetch(ModelStore store, ArtifactSource source, TransferLimits limits) {
    try (PartialBlob partial = store.openPartial(ARTIFACT).orElseThrow()) {
      new BlobDownload(source, TransferOptions.defaults(), limits, new SplittableRandom(1))
          .fetch(partial.chunks(), event -> {});
      assertThat(partial.chunks().isComplete()).isTrue();
      partial.discard();
    }
  }

  @Test
  void print() throws IOException, InterruptedException {
    Path root = dir.resolve("repository");
    Path blobs = Files.createDirectories(root.resolve("blobs/sha256"));
    Path blob = Files.write(blobs.resolve(ARTIFACT.sha256().hex()), BLOB);
    TransferLimits wide = TransferLimits.none().withBandwidth(Bandwidth.of(1L << 40));
    measure("SHA-256, one thread", () -> Sha256.of(blob));
    measure(
        "copy of a file",
        () -> Files.copy(blob, dir.resolve("copy"), StandardCopyOption.REPLACE_EXISTING));
    try (ModelStore store = ModelStore.open(dir.resolve("store"), StoreOptions.defaults());
        NginxServer nginx =
            new NginxServer(Files.createDirectories(dir.resolve("nginx")), root, "")) {
      measure("HTTP from nginx, read and thrown away", () -> readAll(nginx.uri()));
      measure(
          "download from nginx, verified and written",
          () -> fetch(store, HttpArtifactSource.at(nginx.uri()), TransferLimits.none()));
      measure(
          "the same under a bandwidth that is not used up",
          () -> fetch(store, HttpArtifactSource.at(nginx.uri()), wide));
      measure(
          "download from a directory",
          () -> fetch(store, new DirectoryArtifactSource(root), TransferLimits.none()));
    }
  }

  private static void readAll(URI uri) throws IOException {
    byte[] piece = new byte[1 << 16];
    try (ArtifactSource.BlobStream stream = HttpArtifactSource.at(uri).open(ARTIFACT.sha256(), 0)) {
      long bytes = 0;
      for (int n = stream.bytes().read(piece); n >= 0; n = stream.bytes().read(piece)) {
        bytes += n;
      }
      assertThat(bytes).isEqualTo(BLOB.length);
    }
  }
}
