package io.edgellm.transfer;

import static io.edgellm.model.Artifact.CHUNK_BYTES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.edgellm.model.Artifact;
import io.edgellm.model.Sha256;
import io.edgellm.transfer.FaultyServer.Fault;
import io.edgellm.transfer.TransferListener.TransferEvent;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
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
      names = {"CUT", "STALL", "SILENT", "CORRUPT", "NO_RANGES", "UNAVAILABLE", "BUSY"})
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
      names = {"WRONG_RANGE", "NO_SUCH_RANGE", "REDIRECT", "GZIP", "NOT_FOUND"})
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
  void readsNoFurtherThanTheManifestSays() throws IOException {
    try (FaultyServer server = new FaultyServer(BLOB, Fault.TOO_LONG)) {
      fetch(server);
    }
    assertThat(part()).hasBinaryContent(BLOB);
    assertThat(retries()).isEmpty();
  }

  @Test
  void aFileThatIsTooShortThereIsToldWithItsEnd() throws IOException {
    Fault[] always = new Fault[20];
    Arrays.fill(always, Fault.TOO_SHORT);
    try (FaultyServer server = new FaultyServer(BLOB, always)) {
      TransferException e = catchThrowableOfType(TransferException.class, () -> fetch(server));
      assertThat(e.reason()).isEqualTo(TransferException.Reason.UNREACHABLE);
      assertThat(e).hasMessageContaining("at byte " + (BLOB.length - 1000) + " of " + BLOB.length);
    }
    assertThat(Files.size(part())).as("whole chunks stay").isEqualTo(5L * CHUNK_BYTES);
  }

  @Test
  void aSourceThatIsTooSlowIsGivenUp() throws IOException {
    TransferOptions demanding =
        new TransferOptions(
            3, Duration.ZERO, Duration.ZERO, Long.MAX_VALUE / 2, Duration.ofNanos(1));
    try (FaultyServer server = new FaultyServer(BLOB)) {
      BlobDownload download =
          new BlobDownload(
              source(server.uri(), Duration.ofSeconds(5)), demanding, new SplittableRandom(1));
      TransferException e =
          catchThrowableOfType(
              TransferException.class, () -> download.fetch(ARTIFACT, part(), events::add));
      assertThat(e.reason()).isEqualTo(TransferException.Reason.STALLED);
      assertThat(e).hasMessageContaining("too slowly");
      assertThat(server.offsets()).hasSize(3);
    }
  }

  @Test
  void theLastOfManySilencesIsAStall() throws IOException {
    try (FaultyServer server = new FaultyServer(BLOB, Fault.SILENT, Fault.SILENT, Fault.SILENT)) {
      TransferException e = catchThrowableOfType(TransferException.class, () -> fetch(server));
      assertThat(e.reason()).isEqualTo(TransferException.Reason.STALLED);
    }
  }

  @Test
  void anInterruptBeforeTheFirstByteCancels() throws IOException {
    Files.write(part(), Arrays.copyOf(BLOB, CHUNK_BYTES));
    try (FaultyServer server = new FaultyServer(BLOB)) {
      Thread.currentThread().interrupt();
      TransferException e = catchThrowableOfType(TransferException.class, () -> fetch(server));
      assertThat(Thread.interrupted()).as("the flag stays").isTrue();
      assertThat(e.reason()).isEqualTo(TransferException.Reason.CANCELLED);
    }
    assertThat(Files.size(part())).isEqualTo(CHUNK_BYTES);
  }

  @Test
  void anInterruptWhileADirectoryIsReadCancels() throws IOException {
    Path blobs = Files.createDirectories(dir.resolve("source/blobs/sha256"));
    Files.write(blobs.resolve(ARTIFACT.sha256().hex()), BLOB);
    try (ArtifactSource source = new DirectoryArtifactSource(dir.resolve("source"))) {
      BlobDownload download = new BlobDownload(source, options(), new SplittableRandom(1));
      TransferException e =
          catchThrowableOfType(
              TransferException.class,
              () -> download.fetch(ARTIFACT, part(), event -> Thread.currentThread().interrupt()));
      assertThat(Thread.interrupted()).isTrue();
      assertThat(e.reason()).isEqualTo(TransferException.Reason.CANCELLED);
    }
  }

  @Test
  void aSourceThatBreaksWhileItIsReadIsTriedAgain() throws IOException {
    ArtifactSource breaking = new BreakingSource(BLOB);
    new BlobDownload(breaking, options(), new SplittableRandom(1))
        .fetch(ARTIFACT, part(), events::add);
    assertThat(part()).hasBinaryContent(BLOB);
    assertThat(retries()).hasSize(1);
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

  private void fetch(FaultyServer server) {
    download(server).fetch(ARTIFACT, part(), events::add);
  }

  private static BlobDownload download(FaultyServer server) {
    return new BlobDownload(
        source(server.uri(), Duration.ofSeconds(1)), options(), new SplittableRandom(1));
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

  /** Breaks in the middle of the first stream, as a mount does that goes away for a moment. */
  private static final class BreakingSource implements ArtifactSource {
    private final byte[] blob;
    private boolean broken;

    BreakingSource(byte[] blob) {
      this.blob = blob;
    }

    @Override
    public byte[] document(String path, int maxBytes) {
      return new byte[0];
    }

    @Override
    public BlobStream open(String path, long offsetBytes) {
      int from = (int) offsetBytes;
      InputStream whole = new ByteArrayInputStream(blob, from, blob.length - from);
      InputStream stream = broken ? whole : new SequenceInputStream(half(), failing());
      broken = true;
      return new BlobStream(offsetBytes, stream);
    }

    private InputStream half() {
      return new ByteArrayInputStream(blob, 0, blob.length / 2);
    }

    private static InputStream failing() {
      return new InputStream() {
        @Override
        public int read() throws IOException {
          throw new IOException("Input/output error");
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
          throw new IOException("Input/output error");
        }
      };
    }

    @Override
    public String describe() {
      return "a stick";
    }

    @Override
    public void close() {}
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
