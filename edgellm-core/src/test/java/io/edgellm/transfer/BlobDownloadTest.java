package io.edgellm.transfer;

import static io.edgellm.model.Artifact.CHUNK_BYTES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.edgellm.model.Artifact;
import io.edgellm.store.BlobChunks;
import io.edgellm.store.ModelStore;
import io.edgellm.store.PartialBlob;
import io.edgellm.store.StoreOptions;
import io.edgellm.transfer.FaultyServer.Fault;
import io.edgellm.transfer.TransferListener.TransferEvent;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class BlobDownloadTest {
  private static final byte[] BLOB = SampleBlob.bytes(5 * CHUNK_BYTES + 12345, 1);
  private static final Artifact ARTIFACT = SampleBlob.artifact(BLOB);
  private static final int CHUNKS = 6;
  private static final long HALF = BLOB.length / 2;

  @TempDir Path dir;
  private ModelStore store;
  private final List<TransferEvent> events = new ArrayList<>();

  @BeforeEach
  void openStore() {
    store = ModelStore.open(dir.resolve("store"), StoreOptions.defaults());
  }

  @AfterEach
  void closeStore() {
    store.close();
  }

  @Test
  void aWholeBlobArrivesWithProgress() throws IOException {
    try (FaultyServer server = new FaultyServer(BLOB)) {
      fetch(server);
    }
    assertThat(arrived()).isEqualTo(BLOB);
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
      assertThat(arrived()).isEqualTo(BLOB);
      assertThat(server.offsets().get(1)).as("goes on at the very byte").isEqualTo(HALF);
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
      assertThat(verified()).isEqualTo(firstChunks(2));
      fetch(server);
      assertThat(server.offsets()).endsWith(HALF);
    }
    assertThat(arrived()).isEqualTo(BLOB);
  }

  @Test
  void noByteComesTwiceHoweverOftenTheLineAndTheDownloadAreCut() throws IOException {
    Fault[] cuts = new Fault[40];
    Arrays.fill(cuts, Fault.CUT);
    try (FaultyServer server = new FaultyServer(BLOB, cuts)) {
      for (int process = 0; process < 50 && !isComplete(); process++) {
        // Each cut leaves half of the rest; three tries in a row, then another download goes on.
        var unused = catchThrowableOfType(TransferException.class, () -> fetch(server));
      }
      assertThat(arrived()).isEqualTo(BLOB);
      assertThat(server.servedBytes()).isEqualTo(BLOB.length);
    }
  }

  @Test
  void takesOnlyTheChunksThatAreMissingByOneRangeForEachRun() throws IOException {
    try (FaultyServer server = new FaultyServer(BLOB)) {
      fetch(server, 0, 3);
      assertThat(verified().stream()).containsExactly(0, 3);
      fetch(server);
      assertThat(server.offsets())
          .containsExactly(0L, 3L * CHUNK_BYTES, 1L * CHUNK_BYTES, 4L * CHUNK_BYTES);
      assertThat(server.ends())
          .containsExactly(
              1L * CHUNK_BYTES, 4L * CHUNK_BYTES, 3L * CHUNK_BYTES, (long) BLOB.length);
      assertThat(server.servedBytes()).isEqualTo(BLOB.length);
    }
    assertThat(arrived()).isEqualTo(BLOB);
  }

  @Test
  void takesFromAServerWithoutRangesWhateverHelpsOnTheWay() throws IOException {
    Fault[] never = new Fault[3];
    Arrays.fill(never, Fault.NO_RANGES);
    try (FaultyServer server = new FaultyServer(BLOB)) {
      fetch(server, 0, 2);
    }
    try (FaultyServer server = new FaultyServer(BLOB, never)) {
      fetch(server);
      assertThat(server.offsets()).containsExactly(1L * CHUNK_BYTES);
    }
    assertThat(arrived()).isEqualTo(BLOB);
  }

  @Test
  void aBeginningThatWasKeptAndIsWrongIsFetchedOnceMoreAndNobodyIsToBlame() throws IOException {
    try (FaultyServer server = new FaultyServer(BLOB, Fault.CUT)) {
      var unused = catchThrowableOfType(TransferException.class, () -> fetchOnce(server));
      damageTheLastByteOnTheDisk();
      fetchOnce(server);
      assertThat(server.offsets()).containsExactly(0L, HALF, 2L * CHUNK_BYTES);
    }
    assertThat(retries()).isEmpty();
    assertThat(arrived()).isEqualTo(BLOB);
  }

  private void damageTheLastByteOnTheDisk() throws IOException {
    try (PartialBlob partial = partial()) {
      byte[] present = Files.readAllBytes(partial.path());
      assertThat(present).hasSize((int) HALF);
      present[present.length - 1] ^= 1;
      Files.write(partial.path(), present);
    }
  }

  @Test
  void readsNoFurtherThanTheManifestSays() throws IOException {
    try (FaultyServer server = new FaultyServer(BLOB, Fault.TOO_LONG)) {
      fetch(server);
    }
    assertThat(arrived()).isEqualTo(BLOB);
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
    assertThat(verified()).as("whole chunks stay").isEqualTo(firstChunks(5));
  }

  @Test
  void aSourceThatIsTooSlowIsGivenUp() throws IOException {
    TransferOptions demanding =
        new TransferOptions(
            3, Duration.ZERO, Duration.ZERO, Long.MAX_VALUE / 2, Duration.ofNanos(1));
    byte[] piece = Arrays.copyOf(BLOB, 100);
    try (FaultyServer server = new FaultyServer(piece, Fault.CORRUPT, Fault.CORRUPT);
        PartialBlob partial = store.openPartial(SampleBlob.artifact(piece)).orElseThrow()) {
      BlobDownload download =
          new BlobDownload(
              source(server.uri(), Duration.ofSeconds(5)), demanding, new SplittableRandom(1));
      TransferException e =
          catchThrowableOfType(
              TransferException.class, () -> download.fetch(partial.chunks(), events::add));
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
    try (FaultyServer server = new FaultyServer(BLOB);
        PartialBlob partial = partial()) {
      BlobChunks chunks = partial.chunks();
      Thread.currentThread().interrupt();
      TransferException e =
          catchThrowableOfType(
              TransferException.class, () -> download(server).fetch(chunks, events::add));
      assertThat(Thread.interrupted()).as("the flag stays").isTrue();
      assertThat(e.reason()).isEqualTo(TransferException.Reason.CANCELLED);
    }
  }

  @Test
  void anInterruptWhileADirectoryIsReadCancels() throws IOException {
    try (ArtifactSource source = directory()) {
      TransferException e =
          catchThrowableOfType(
              TransferException.class,
              () -> fetch(source, event -> Thread.currentThread().interrupt()));
      assertThat(Thread.interrupted()).isTrue();
      assertThat(e.reason()).isEqualTo(TransferException.Reason.CANCELLED);
    }
  }

  @Test
  void aSourceThatBreaksWhileItIsReadIsTriedAgain() throws IOException {
    fetch(new BreakingSource(BLOB), events::add);
    assertThat(arrived()).isEqualTo(BLOB);
    assertThat(retries()).hasSize(1);
  }

  @Test
  void givesUpAfterTheConfiguredTriesWithoutANewByte() throws IOException {
    Fault[] always = new Fault[20];
    Arrays.fill(always, Fault.UNAVAILABLE);
    try (FaultyServer server = new FaultyServer(BLOB, always)) {
      TransferException e = catchThrowableOfType(TransferException.class, () -> fetch(server));
      assertThat(e.reason()).isEqualTo(TransferException.Reason.UNREACHABLE);
      assertThat(server.offsets()).hasSize(3);
    }
  }

  @Test
  void fetchesWhatIsNotReallyThere() throws IOException {
    byte[] damaged = Arrays.copyOf(BLOB, 4 * CHUNK_BYTES);
    damaged[2 * CHUNK_BYTES + 7] ^= 1;
    try (PartialBlob partial = partial()) {
      Files.write(partial.path(), damaged);
    }
    try (FaultyServer server = new FaultyServer(BLOB)) {
      fetch(server);
      assertThat(server.offsets()).containsExactly(2L * CHUNK_BYTES, 4L * CHUNK_BYTES);
    }
    assertThat(arrived()).isEqualTo(BLOB);
  }

  @Test
  void anEmptyBlobNeedsNoRequest() throws IOException {
    try (FaultyServer server = new FaultyServer(new byte[0]);
        PartialBlob partial = store.openPartial(SampleBlob.artifact(new byte[0])).orElseThrow()) {
      download(server).fetch(partial.chunks(), events::add);
      assertThat(server.offsets()).isEmpty();
      partial.commit();
    }
  }

  @Test
  void anInterruptEndsTheTransferAndKeepsTheBytes() throws Exception {
    try (FaultyServer server = new FaultyServer(BLOB, Fault.STALL);
        PartialBlob partial = partial()) {
      BlobChunks chunks = partial.chunks();
      BlobDownload patient =
          new BlobDownload(
              source(server.uri(), Duration.ofMinutes(5)), options(), new SplittableRandom(1));
      TransferException[] thrown = new TransferException[1];
      Thread reader =
          new Thread(
              () ->
                  thrown[0] =
                      catchThrowableOfType(
                          TransferException.class,
                          () -> patient.fetch(chunks, BlobDownloadTest::interruptAfterTwoChunks)));
      reader.start();
      reader.join();
      assertThat(thrown[0].reason()).isEqualTo(TransferException.Reason.CANCELLED);
      assertThat(chunks.verified()).isEqualTo(firstChunks(2));
    }
  }

  private static void interruptAfterTwoChunks(TransferEvent event) {
    if (event instanceof TransferEvent.Progress progress
        && progress.doneBytes() == 2L * CHUNK_BYTES) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void aDirectoryServesTheSameBytes() throws IOException {
    try (FaultyServer server = new FaultyServer(BLOB);
        ArtifactSource source = directory()) {
      fetch(server, 1, 3);
      fetch(source, events::add);
    }
    assertThat(arrived()).isEqualTo(BLOB);
  }

  private void fetch(FaultyServer server, int... wanted) {
    try (PartialBlob partial = partial()) {
      BitSet chunks = new BitSet();
      Arrays.stream(wanted).forEach(chunks::set);
      if (wanted.length == 0) {
        download(server).fetch(partial.chunks(), events::add);
      } else {
        download(server).fetch(partial.chunks(), chunks, events::add);
      }
    }
  }

  private void fetch(ArtifactSource source, TransferListener listener) {
    try (PartialBlob partial = partial()) {
      new BlobDownload(source, options(), new SplittableRandom(1))
          .fetch(partial.chunks(), listener);
    }
  }

  /** Fetches without a second try. */
  private void fetchOnce(FaultyServer server) {
    TransferOptions once =
        new TransferOptions(1, Duration.ZERO, Duration.ZERO, 0, Duration.ofSeconds(1));
    try (PartialBlob partial = partial()) {
      new BlobDownload(source(server.uri(), Duration.ofSeconds(1)), once, new SplittableRandom(1))
          .fetch(partial.chunks(), events::add);
    }
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

  private ArtifactSource directory() throws IOException {
    Path blobs = Files.createDirectories(dir.resolve("source/blobs/sha256"));
    Files.write(blobs.resolve(ARTIFACT.sha256().hex()), BLOB);
    return new DirectoryArtifactSource(dir.resolve("source"));
  }

  private PartialBlob partial() {
    return store.openPartial(ARTIFACT).orElseThrow();
  }

  private BitSet verified() {
    try (PartialBlob partial = partial()) {
      return partial.chunks().verified();
    }
  }

  private boolean isComplete() {
    return verified().cardinality() == CHUNKS;
  }

  private static BitSet firstChunks(int count) {
    BitSet chunks = new BitSet();
    chunks.set(0, count);
    return chunks;
  }

  /** Takes what came into the store, and reads it there. */
  private byte[] arrived() throws IOException {
    try (PartialBlob partial = partial()) {
      partial.commit();
    }
    try (FileChannel blob = store.readBlob(ARTIFACT.sha256()).orElseThrow()) {
      return Channels.newInputStream(blob).readAllBytes();
    }
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
}
