package io.edgellm.transfer;

import static io.edgellm.model.Artifact.CHUNK_BYTES;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.edgellm.model.Artifact;
import io.edgellm.store.ModelStore;
import io.edgellm.store.PartialBlob;
import io.edgellm.store.StoreOptions;
import io.edgellm.transfer.TransferException.Reason;
import io.edgellm.transfer.TransferListener.TransferEvent;
import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.locks.Condition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class FaultsOnTheLineTest {
  private static final byte[] BLOB = SampleBlob.bytes(3 * CHUNK_BYTES + 4321, 8);
  private static final Artifact ARTIFACT = SampleBlob.artifact(BLOB);
  private static final int ALL = Integer.MAX_VALUE;

  @TempDir Path dir;
  private final VirtualClock clock = new VirtualClock(Instant.EPOCH);
  private final List<TransferEvent> events = new ArrayList<>();
  private ModelStore store;

  @BeforeEach
  void openStore() {
    store = ModelStore.open(dir.resolve("store"), StoreOptions.defaults());
  }

  @AfterEach
  void closeStore() {
    store.close();
  }

  /** Fetches as a process does that is started once. */
  private void fetch(PlainServer server, TransferOptions options) {
    ArtifactSource source =
        new HttpArtifactSource(
            server.uri(),
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build(),
            Duration.ofSeconds(2));
    try (PartialBlob partial = store.openPartial(ARTIFACT).orElseThrow()) {
      new BlobDownload(source, options, TransferLimits.none(), new SplittableRandom(1), clock)
          .fetch(partial.chunks(), events::add);
    }
  }

  private static TransferOptions tries(int attempts) {
    return TransferOptions.defaults().withAttempts(attempts);
  }

  private byte[] arrived() throws IOException {
    try (PartialBlob partial = store.openPartial(ARTIFACT).orElseThrow()) {
      partial.commit();
    }
    try (FileChannel blob = store.readBlob(ARTIFACT.sha256()).orElseThrow()) {
      return Channels.newInputStream(blob).readAllBytes();
    }
  }

  @ParameterizedTest
  @ValueSource(
      ints = {
        0,
        1,
        16_383,
        65_536,
        CHUNK_BYTES - 1,
        CHUNK_BYTES,
        CHUNK_BYTES + 1,
        2 * CHUNK_BYTES,
        3 * CHUNK_BYTES,
        3 * CHUNK_BYTES + 4320
      })
  void aCutAtAnyKindOfByteIsGoneOnFromThere(int cut) throws IOException {
    try (PlainServer server =
        new PlainServer(
            (request, line) -> {
              line.file(request, BLOB, request.number() == 0 ? cut : ALL);
              return false;
            })) {
      fetch(server, tries(2));
      assertThat(server.requests().get(1).from()).isEqualTo(cut);
      assertThat(server.bodyBytes()).isEqualTo(BLOB.length);
    }
    assertThat(arrived()).isEqualTo(BLOB);
  }

  @Test
  void manyCutsAtRandomAndManyRestartsBringNoByteTwice() throws IOException {
    for (long seed = 0; seed < 4; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      try (PlainServer server =
          new PlainServer(
              (request, line) -> {
                line.file(request, BLOB, random.nextInt(1 + random.nextInt(300_000)));
                return false;
              })) {
        // Each process gives up after three tries that bring nothing; then the next one goes on.
        boolean complete = false;
        while (!complete) {
          complete =
              catchThrowableOfType(TransferException.class, () -> fetch(server, tries(1 + 2)))
                  == null;
        }
        assertThat(server.bodyBytes())
            .as("seed %s, %s cuts", seed, server.requests().size())
            .isEqualTo(BLOB.length);
        assertThat(server.requests()).hasSizeGreaterThan(10);
      }
      assertThat(arrivedAndForgotten()).as("seed %s", seed).isEqualTo(BLOB);
    }
  }

  @Test
  void aByteForEachConnectionIsNoProgress() throws IOException {
    try (PlainServer server = breakingOffAfter(1)) {
      TransferException e =
          catchThrowableOfType(TransferException.class, () -> fetch(server, tries(6)));
      assertThat(e.reason()).isEqualTo(Reason.UNREACHABLE);
      assertThat(server.requests()).hasSize(6);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {40_000, 300_000})
  void aLineThatBreaksAgainAndAgainGetsOnWithFewTries(int bytes) throws IOException {
    try (PlainServer server = breakingOffAfter(bytes)) {
      fetch(server, tries(3));
      assertThat(server.bodyBytes()).isEqualTo(BLOB.length);
    }
    assertThat(arrived()).isEqualTo(BLOB);
  }

  private static PlainServer breakingOffAfter(int bytes) throws IOException {
    return new PlainServer(
        (request, line) -> {
          line.file(request, BLOB, bytes);
          return false;
        });
  }

  private byte[] arrivedAndForgotten() throws IOException {
    byte[] bytes = arrived();
    store.close();
    store =
        ModelStore.open(
            dir.resolve("store-" + System.identityHashCode(bytes)), StoreOptions.defaults());
    return bytes;
  }

  @Test
  void oneConnectionServesManyRangesAndAnErrorInBetween() throws IOException {
    try (PlainServer server =
        new PlainServer(
            (request, line) -> {
              if (request.number() == 1) {
                line.head("HTTP/1.1 503 Busy\nContent-Length: 4\n\nbusy");
                return true;
              }
              line.file(request, BLOB, ALL);
              return true;
            })) {
      keepOnly(1);
      fetch(server, tries(3));
      assertThat(server.requests()).hasSize(3);
      assertThat(server.connections()).isLessThanOrEqualTo(2);
    }
    assertThat(arrived()).isEqualTo(BLOB);
  }

  /** Leaves one chunk in the middle as if it had come before. */
  private void keepOnly(int chunk) {
    try (PartialBlob partial = store.openPartial(ARTIFACT).orElseThrow()) {
      partial.chunks().write(chunk, ByteBuffer.wrap(BLOB, chunk * CHUNK_BYTES, CHUNK_BYTES));
    }
  }

  @Test
  void partialContentThatNobodyAskedForIsTakenIfItIsAll() throws IOException {
    try (PlainServer server =
        new PlainServer(
            (request, line) -> {
              line.head(
                  "HTTP/1.1 206 Partial\nContent-Range: bytes 0-"
                      + (BLOB.length - 1)
                      + "/"
                      + BLOB.length
                      + "\nContent-Length: "
                      + BLOB.length);
              line.body(BLOB, 0, BLOB.length);
              return true;
            })) {
      fetch(server, tries(1));
    }
    assertThat(arrived()).isEqualTo(BLOB);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "bytes 1-100/1000",
        "bytes */1000",
        "bytes 0-99",
        "octets 0-99/1000",
        "bytes -5-99/1000",
        "bytes 99999999999999999999-5/1000",
        ""
      })
  void aRangeThatWasNotAskedForIsRefused(String range) throws IOException {
    try (PlainServer server =
        new PlainServer(
            (request, line) -> {
              line.head("HTTP/1.1 206 Partial\nContent-Range: " + range + "\nContent-Length: 100");
              line.body(BLOB, 0, 100);
              return false;
            })) {
      assertThat(reason(server, tries(3))).isEqualTo(Reason.REFUSED);
      assertThat(server.requests()).hasSize(1);
    }
  }

  @Test
  void aBodyWithoutAnEndIsReadNoFurtherThanTheFile() throws IOException {
    byte[] nonsense = new byte[1 << 16];
    try (PlainServer server =
        new PlainServer(
            (request, line) -> {
              line.head("HTTP/1.1 200 OK");
              line.body(BLOB, 0, BLOB.length);
              while (true) {
                line.body(nonsense, 0, nonsense.length);
              }
            })) {
      fetch(server, tries(1));
    }
    assertThat(arrived()).isEqualTo(BLOB);
  }

  @Test
  void aLengthThatIsTooLargeCostsATryAndALengthThatIsTooSmallDoes() throws IOException {
    try (PlainServer server =
        new PlainServer(
            (request, line) -> {
              switch (request.number()) {
                case 0 -> {
                  line.head("HTTP/1.1 200 OK\nContent-Length: " + 10L * BLOB.length);
                  line.body(BLOB, 0, 1000);
                }
                case 1 -> {
                  line.head(
                      "HTTP/1.1 206 Partial\nContent-Range: bytes 1000-1999/"
                          + BLOB.length
                          + "\nContent-Length: 1000");
                  line.body(BLOB, 1000, 1000);
                }
                default -> line.file(request, BLOB, ALL);
              }
              return false;
            })) {
      fetch(server, tries(3));
      assertThat(server.requests()).extracting(PlainServer.Request::from).contains(1000L, 2000L);
      assertThat(server.bodyBytes()).isEqualTo(BLOB.length);
    }
    assertThat(arrived()).isEqualTo(BLOB);
  }

  @Test
  void aDripThatIsSlowerThanAllowedIsCutOff() throws IOException {
    try (PlainServer server =
        new PlainServer(
            (request, line) -> {
              line.file(request, BLOB, 100);
              return true;
            })) {
      // Ten seconds pass with each event, so that a hundred bytes are all that a minute brings.
      TransferOptions demanding = tries(1).withMinimumRate(1024, Duration.ofSeconds(30));
      ArtifactSource source =
          new HttpArtifactSource(server.uri(), HttpClient.newHttpClient(), Duration.ofSeconds(1));
      try (PartialBlob partial = store.openPartial(ARTIFACT).orElseThrow()) {
        TransferException e =
            catchThrowableOfType(
                TransferException.class,
                () ->
                    new BlobDownload(
                            source,
                            demanding,
                            TransferLimits.none(),
                            new SplittableRandom(1),
                            new HurryingClock())
                        .fetch(partial.chunks(), events::add));
        assertThat(e.reason()).isEqualTo(Reason.STALLED);
        assertThat(e).hasMessageContaining("too slowly");
      }
    }
  }

  /** Time of which ten seconds pass with each look at it. */
  private static final class HurryingClock implements TransferClock {
    private long nanos;

    @Override
    public Instant instant() {
      return Instant.EPOCH;
    }

    @Override
    public long nanoTime() {
      nanos += Duration.ofSeconds(10).toNanos();
      return nanos;
    }

    @Override
    public void await(Condition condition, Duration atMost) {
      nanos += atMost.toNanos();
    }
  }

  @Test
  void whatIsNoHttpIsNoSource() throws IOException {
    try (PlainServer server =
        new PlainServer(
            (request, line) -> {
              line.head("SSH-2.0-OpenSSH_9.2");
              return false;
            })) {
      assertThat(reason(server, tries(1))).isIn(Reason.REFUSED, Reason.UNREACHABLE);
    }
  }

  @Test
  void aHeadThatIsCutOffIsAPassingFault() throws IOException {
    try (PlainServer server =
        new PlainServer(
            (request, line) -> {
              if (request.number() == 0) {
                line.body("HTTP/1.1 200 OK\r\nContent-Le".getBytes(US_ASCII), 0, 20);
                return false;
              }
              line.file(request, BLOB, ALL);
              return true;
            })) {
      fetch(server, tries(2));
    }
    assertThat(arrived()).isEqualTo(BLOB);
  }

  private Reason reason(PlainServer server, TransferOptions options) {
    return catchThrowableOfType(TransferException.class, () -> fetch(server, options)).reason();
  }
}
