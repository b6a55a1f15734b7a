package io.edgellm.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.edgellm.model.Artifact;
import io.edgellm.store.BlobChunks;
import io.edgellm.store.PartialBlob;
import io.edgellm.transfer.TransferControl;
import io.edgellm.transfer.TransferException;
import io.edgellm.transfer.TransferListener;
import io.edgellm.transfer.TransferListener.TransferEvent;
import java.net.http.HttpClient;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SiteFetcherTest {
  private static final PeerDirectory NOBODY = PeerDirectory.of(List.of());
  private static final SiteOptions OPTIONS =
      new SiteOptions(
          6,
          2,
          1 << 16,
          Duration.ofSeconds(5),
          Duration.ofMillis(50),
          Duration.ofMillis(200),
          Duration.ofMillis(200),
          64);

  @TempDir(factory = FastTempDir.class)
  Path dir;

  private final byte[] bytes = TestBlob.bytes(3 * Artifact.CHUNK_BYTES + 17, 3);
  private final Artifact file = TestBlob.of(bytes).artifact();
  private final byte[] largeBytes = TestBlob.bytes(8 * Artifact.CHUNK_BYTES, 4);
  private final Artifact large = TestBlob.of(largeBytes).artifact();
  private final PeerClient client = PeerClient.create(Optional.empty());
  private CountingOrigin origin;
  private SiteNode node;

  @BeforeEach
  void open() throws Exception {
    origin = new CountingOrigin(bytes, 1_000_000_000);
    node = new SiteNode(dir, 1);
  }

  @AfterEach
  void close() {
    node.close();
    origin.close();
  }

  private Optional<OriginFetcher> fromOrigin() {
    return Optional.of(origin.fetcher(HttpClient.newHttpClient()));
  }

  @Test
  void withoutPeersItIsADownload() {
    node.fetch(
        file, node.fetcher(NOBODY, client, fromOrigin(), OPTIONS), TransferListener.silent());

    assertThat(node.has(file)).isTrue();
    assertThat(origin.sentBytes()).isEqualTo(bytes.length);
  }

  @Test
  void whatIsThereIsNotFetchedAgain() {
    try (PartialBlob partial = node.store.openPartial(file).orElseThrow();
        BlobChunks chunks = partial.chunks()) {
      chunks.write(1, ByteBuffer.wrap(bytes, Artifact.CHUNK_BYTES, Artifact.CHUNK_BYTES));

      node.fetcher(NOBODY, client, fromOrigin(), OPTIONS).fetch(chunks, TransferListener.silent());

      assertThat(chunks.isComplete()).isTrue();
      assertThat(origin.sentBytes()).isEqualTo(bytes.length - Artifact.CHUNK_BYTES);
    }
  }

  @Test
  void aNodeInItsOwnListIsNotAPeer() {
    PeerDirectory itself = PeerDirectory.of(List.of(node.peer));

    node.fetch(
        file, node.fetcher(itself, client, fromOrigin(), OPTIONS), TransferListener.silent());

    assertThat(origin.sentBytes()).isEqualTo(bytes.length);
  }

  @Test
  void aFileThatNobodyHasDoesNotCome() {
    SiteFetcher fetcher = node.fetcher(NOBODY, client, Optional.empty(), OPTIONS);

    assertThatThrownBy(() -> node.fetch(file, fetcher, TransferListener.silent()))
        .isInstanceOfSatisfying(
            TransferException.class,
            e -> assertThat(e.reason()).isEqualTo(TransferException.Reason.UNREACHABLE));
  }

  @Test
  void aFailureOfTheOriginIsTold() {
    origin.fail();
    SiteFetcher fetcher = node.fetcher(NOBODY, client, fromOrigin(), OPTIONS);

    assertThatThrownBy(() -> node.fetch(file, fetcher, TransferListener.silent()))
        .isInstanceOf(TransferException.class)
        .hasMessageContaining("503");
  }

  @Test
  void anInterruptEndsAFetchAndItsThread() {
    SiteFetcher fetcher = node.fetcher(NOBODY, client, fromOrigin(), OPTIONS);
    TransferListener interrupts = event -> Thread.currentThread().interrupt();

    assertThatThrownBy(() -> node.fetch(file, fetcher, interrupts))
        .isInstanceOfSatisfying(
            TransferException.class,
            e -> assertThat(e.reason()).isEqualTo(TransferException.Reason.CANCELLED));

    assertThat(Thread.interrupted()).isTrue();
    assertThat(Thread.getAllStackTraces().keySet())
        .noneMatch(thread -> thread.getName().equals("edgellm-peer-origin"));
  }

  @Test
  void cancellingEndsAFetchFromNeighbours() throws Exception {
    TransferControl control = new TransferControl();
    fetchFromANeighbour(
        control,
        (other, fetcher) -> {
          TransferListener cancels = event -> onceAChunkCame(event, control::cancel);

          assertThatThrownBy(() -> other.fetch(large, fetcher, cancels))
              .isInstanceOfSatisfying(
                  TransferException.class,
                  e -> assertThat(e.reason()).isEqualTo(TransferException.Reason.CANCELLED));
        });
  }

  @Test
  void aPauseStopsAFetchFromNeighboursUntilItIsOver() throws Exception {
    TransferControl control = new TransferControl();
    AtomicInteger waits = new AtomicInteger();
    AtomicInteger pauses = new AtomicInteger();
    fetchFromANeighbour(
        control,
        (other, fetcher) -> {
          other.fetch(
              large,
              fetcher,
              event -> {
                if (pauses.get() == 0) {
                  onceAChunkCame(
                      event,
                      () -> {
                        pauses.incrementAndGet();
                        control.pause();
                      });
                }
                if (event instanceof TransferEvent.Waiting) {
                  waits.incrementAndGet();
                  control.resume();
                }
              });

          assertThat(other.has(large)).isTrue();
        });
    assertThat(waits.get()).isEqualTo(1);
  }

  private interface Scene {
    void play(SiteNode other, SiteFetcher fetcher);
  }

  private void fetchFromANeighbour(TransferControl control, Scene scene) throws Exception {
    try (CountingOrigin all = new CountingOrigin(largeBytes, 1_000_000_000);
        SiteNode other = new SiteNode(dir.resolve("other"), 2)) {
      Optional<OriginFetcher> from = Optional.of(all.fetcher(HttpClient.newHttpClient()));
      node.fetch(large, node.fetcher(NOBODY, client, from, OPTIONS), TransferListener.silent());
      PeerDirectory peers = PeerDirectory.of(List.of(node.peer));
      scene.play(
          other,
          new SiteFetcher(
              other.shelf, peers, client, Optional.empty(), OPTIONS, new Random(1), control));
    }
  }

  private void onceAChunkCame(TransferEvent event, Runnable then) {
    if (event instanceof TransferEvent.Progress progress && progress.doneBytes() > 0) {
      then.run();
    }
  }

  @Test
  void whatWasFetchedIsServedBeforeItIsInstalled() throws Exception {
    node.fetch(
        file, node.fetcher(NOBODY, client, fromOrigin(), OPTIONS), TransferListener.silent());
    try (SiteNode other = new SiteNode(dir.resolve("other"), 2)) {
      PeerDirectory peers = PeerDirectory.of(List.of(node.peer));

      other.fetch(
          file, other.fetcher(peers, client, Optional.empty(), OPTIONS), TransferListener.silent());

      assertThat(other.has(file)).isTrue();
      assertThat(origin.sentBytes()).isEqualTo(bytes.length);
    }
  }
}
