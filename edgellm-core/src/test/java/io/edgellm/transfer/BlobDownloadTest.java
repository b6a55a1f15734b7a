package io.edgellm.transfer;

import static io.edgellm.model.Artifact.CHUNK_BYTES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.edgellm.model.Artifact;
import io.edgellm.model.Sha256;
import io.edgellm.transfer.FaultyServer.Fault;
import io.edgellm.transfer.TransferListener.TransferEvent;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class BlobDownloadTest {
  private static final byte[] BLOB = bytes(5 * CHUNK_BYTES + 12345, 1);
  private static final Artifact ARTIFACT = artifact(BLOB);

  @TempDir Path dir;
  private final List<TransferEvent> events = new ArrayList<>();

  @Test
  void aWholeBlobArrivesWithProgress() throws IOException {
    try (FaultyServer server = new FaultyServer(BLOB)) {
      fetch(server);
    }
    assertThat(part()).hasBinaryContent(BLOB);
    assertThat(progress()).startsWith(0L).endsWith((long) BLOB.length).isSorted();
  }

  @ParameterizedTest
  @EnumSource(
      value = Fault.class,
      names = {"CUT", "STALL", "CORRUPT", "NO_RANGES", "UNAVAILABLE"})
  void aPassingFaultCostsARetryAndNothingElse(Fault fault) throws IOException {
    // The first request is cut, so that the second one asks for a range and meets the fault.
    try (FaultyServer server = new FaultyServer(BLOB, Fault.CUT, fault)) {
      fetch(server);
      assertThat(part()).hasBinaryContent(BLOB);
      assertThat(server.offsets().get(1)).as("resumes at a chunk").isEqualTo(2L * CHUNK_BYTES);
    }
    assertThat(retries()).isNotEmpty();
  }

  @ParameterizedTest
  @EnumSource(
      value = Fault.class,
      names = {"WRONG_RANGE", "REDIRECT", "GZIP", "NOT_FOUND"})
  void aServerThatIsNotASourceIsRefusedAtOnceAndWhatArrivedStays(Fault fault) throws IOException {
    try (FaultyServer server = new FaultyServer(BLOB, Fault.CUT, fault)) {
      TransferException e = catchThrowableOfType(TransferException.class, () -> fetch(server));
      assertThat(e.reason())
          .isEqualTo(
              fault == Fault.NOT_FOUND
                  ? TransferException.Reason.NOT_FOUND
                  : TransferException.Reason.REFUSED);
      assertThat(Files.size(part())).isEqualTo(2L * CHUNK_BYTES);
      fetch(server);
    }
    assertThat(part()).hasBinaryContent(BLOB);
  }

  @Test
  void givesUpAfterTheConfiguredTriesWithoutANewChunk() throws IOException {
    Fault[] always = new Fault[20];
    Arrays.fill(always, Fault.UNAVAILABLE);
    try (FaultyServer server = new FaultyServer(BLOB, always)) {
      TransferException e = catchThrowableOfType(TransferException.class, () -> fetch(server));
      assertThat(e.reason()).isEqualTo(TransferException.Reason.UNREACHABLE);
      assertThat(server.offsets()).hasSize(3);
    }
  }

  @Test
  void continuesAfterTheLastChunkThatIsReallyThere() throws IOException {
    byte[] damaged = Arrays.copyOf(BLOB, 4 * CHUNK_BYTES);
    damaged[3 * CHUNK_BYTES + 7] ^= 1;
    Files.write(part(), damaged);
    try (FaultyServer server = new FaultyServer(BLOB)) {
      fetch(server);
      assertThat(server.offsets()).containsExactly(3L * CHUNK_BYTES);
    }
    assertThat(part()).hasBinaryContent(BLOB);
  }

  @Test
  void aFileThatIsTooLongIsCut() throws IOException {
    Files.write(part(), Arrays.copyOf(BLOB, BLOB.length + 10));
    try (FaultyServer server = new FaultyServer(BLOB)) {
      fetch(server);
      assertThat(server.offsets()).isEmpty();
    }
    assertThat(part()).hasBinaryContent(BLOB);
  }

  @Test
  void anEmptyBlobNeedsNoRequest() throws IOException {
    try (FaultyServer server = new FaultyServer(new byte[0])) {
      download(server).fetch(artifact(new byte[0]), part(), events::add);
      assertThat(server.offsets()).isEmpty();
    }
    assertThat(part()).isEmptyFile();
  }

  @Test
  void anInterruptEndsTheTransferAndKeepsTheBytes() throws Exception {
    try (FaultyServer server = new FaultyServer(BLOB, Fault.STALL)) {
      TransferException[] thrown = new TransferException[1];
      Thread reader =
          new Thread(
              () ->
                  thrown[0] =
                      catchThrowableOfType(
                          TransferException.class,
                          () ->
                              new BlobDownload(
                                      source(server.uri(), Duration.ofMinutes(5)),
                                      options(),
                                      new SplittableRandom(1))
                                  .fetch(
                                      ARTIFACT,
                                      part(),
                                      e -> {
                                        if (e instanceof TransferEvent.Progress p
                                            && p.doneBytes() == 2L * CHUNK_BYTES) {
                                          Thread.currentThread().interrupt();
                                        }
                                      })));
      reader.start();
      reader.join();
      assertThat(thrown[0].reason()).isEqualTo(TransferException.Reason.CANCELLED);
    }
    assertThat(Files.size(part())).isEqualTo(2L * CHUNK_BYTES);
  }

  @Test
  void aDirectoryServesTheSameBytes() throws IOException {
    Path blobs = Files.createDirectories(dir.resolve("source/blobs/sha256"));
    Files.write(blobs.resolve(ARTIFACT.sha256().hex()), BLOB);
    Files.write(part(), Arrays.copyOf(BLOB, CHUNK_BYTES));
    try (ArtifactSource source = new DirectoryArtifactSource(dir.resolve("source"))) {
      new BlobDownload(source, options(), new SplittableRandom(1))
          .fetch(ARTIFACT, part(), events::add);
    }
    assertThat(part()).hasBinaryContent(BLOB);
  }

  @Test
  void aPartFileInADirectoryThatIsNotThereIsALocalFault() throws IOException {
    try (FaultyServer server = new FaultyServer(BLOB)) {
      TransferException e =
          catchThrowableOfType(
              TransferException.class,
              () -> download(server).fetch(ARTIFACT, dir.resolve("absent/part"), events::add));
      assertThat(e.reason()).isEqualTo(TransferException.Reason.IO);
    }
  }

  @Test
  void documentsAreBoundedAndCannotLeaveTheRoot() throws IOException {
    Files.writeString(dir.resolve("doc.json"), "0123456789");
    try (ArtifactSource source = new DirectoryArtifactSource(dir)) {
      assertThat(source.document("doc.json", 10)).hasSize(10);
      assertThat(
              catchThrowableOfType(TransferException.class, () -> source.document("doc.json", 9))
                  .reason())
          .isEqualTo(TransferException.Reason.REFUSED);
      assertThat(
              catchThrowableOfType(TransferException.class, () -> source.document("absent.json", 9))
                  .reason())
          .isEqualTo(TransferException.Reason.NOT_FOUND);
      assertThat(
              catchThrowableOfType(
                  io.edgellm.model.ModelException.class, () -> source.document("../doc.json", 9)))
          .isNotNull();
    }
  }

  @Test
  void anAddressWithoutAServerIsUnreachable() throws IOException {
    URI nobody;
    try (FaultyServer server = new FaultyServer(BLOB)) {
      nobody = server.uri();
    }
    TransferException e =
        catchThrowableOfType(
            TransferException.class,
            () -> source(nobody, Duration.ofSeconds(5)).document("index.json", 10));
    assertThat(e.reason()).isEqualTo(TransferException.Reason.UNREACHABLE);
  }

  private void fetch(FaultyServer server) {
    download(server).fetch(ARTIFACT, part(), events::add);
  }

  private static BlobDownload download(FaultyServer server) {
    return new BlobDownload(
        source(server.uri(), Duration.ofMillis(300)), options(), new SplittableRandom(1));
  }

  private static HttpArtifactSource source(URI uri, Duration inactivity) {
    return new HttpArtifactSource(uri, HttpClient.newHttpClient(), inactivity);
  }

  private static TransferOptions options() {
    return new TransferOptions(3, Duration.ZERO, Duration.ZERO, 0, Duration.ofSeconds(1));
  }

  private Path part() {
    return dir.resolve("blob.part");
  }

  private List<Long> progress() {
    return events.stream()
        .filter(TransferEvent.Progress.class::isInstance)
        .map(e -> ((TransferEvent.Progress) e).doneBytes())
        .toList();
  }

  private List<TransferEvent> retries() {
    return events.stream().filter(TransferEvent.Retry.class::isInstance).toList();
  }

  private static byte[] bytes(int n, long seed) {
    byte[] bytes = new byte[n];
    new SplittableRandom(seed).nextBytes(bytes);
    return bytes;
  }

  private static Artifact artifact(byte[] content) {
    List<Sha256> chunks = new ArrayList<>();
    for (int i = 0; i < content.length; i += CHUNK_BYTES) {
      chunks.add(
          Sha256.of(Arrays.copyOfRange(content, i, Math.min(content.length, i + CHUNK_BYTES))));
    }
    return new Artifact(
        "model.onnx",
        content.length,
        Sha256.of(content),
        "application/octet-stream",
        Artifact.Role.GRAPH,
        chunks);
  }
}
