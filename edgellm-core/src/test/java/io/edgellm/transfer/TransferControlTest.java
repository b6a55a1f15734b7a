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
import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TransferControlTest {
  private static final byte[] BLOB = SampleBlob.bytes(4 * CHUNK_BYTES + 99, 3);
  private static final Artifact ARTIFACT = SampleBlob.artifact(BLOB);

  @TempDir Path dir;
  private final VirtualClock clock = new VirtualClock(Instant.EPOCH);
  private final TransferControl control = new TransferControl();
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

  private BlobDownload download(FaultyServer server, TransferLimits limits) {
    return new BlobDownload(
        new HttpArtifactSource(server.uri(), HttpClient.newHttpClient(), Duration.ofMinutes(5)),
        new TransferOptions(1, Duration.ZERO, Duration.ZERO, 0, Duration.ofSeconds(1)),
        limits.withControl(control),
        new SplittableRandom(1),
        clock);
  }

  /** Does something when that many bytes have come for the first time. */
  private TransferListener when(long bytes, Runnable action) {
    boolean[] done = {false};
    return event -> {
      events.add(event);
      if (event instanceof TransferEvent.Progress progress
          && progress.doneBytes() >= bytes
          && !done[0]) {
        done[0] = true;
        action.run();
      }
    };
  }

  private List<Hold> holds() {
    return events.stream()
        .filter(TransferEvent.Waiting.class::isInstance)
        .map(e -> ((TransferEvent.Waiting) e).hold())
        .toList();
  }

  @Test
  void aPauseHangsUpAndTheTransferGoesOnAtTheVeryByte() throws IOException {
    clock.at(Duration.ofMinutes(10), control::resume);
    try (FaultyServer server = new FaultyServer(BLOB);
        PartialBlob partial = store.openPartial(ARTIFACT).orElseThrow()) {
      download(server, TransferLimits.none())
          .fetch(partial.chunks(), when(2L * CHUNK_BYTES, control::pause));
      partial.commit();
      assertThat(server.offsets()).containsExactly(0L, 2L * CHUNK_BYTES);
    }
    assertThat(holds()).containsExactly(new Hold.Paused());
    assertThat(clock.passed()).isEqualTo(Duration.ofMinutes(10));
    assertThat(events).noneMatch(TransferEvent.Retry.class::isInstance);
  }

  @Test
  void aPauseEndsAReadThatNothingComesFor() throws Exception {
    CompletableFuture<Void> half = new CompletableFuture<>();
    CompletableFuture<Void> pausing = half.thenRunAsync(control::pause);
    try (FaultyServer server = new FaultyServer(BLOB, Fault.STALL);
        PartialBlob partial = store.openPartial(ARTIFACT).orElseThrow()) {
      TransferListener listener = when(2L * CHUNK_BYTES, () -> half.complete(null));
      download(server, TransferLimits.none())
          .fetch(
              partial.chunks(),
              event -> {
                listener.onEvent(event);
                if (event instanceof TransferEvent.Waiting) {
                  control.resume();
                }
              });
      partial.commit();
      assertThat(server.offsets()).hasSize(2);
    }
    pausing.get();
    assertThat(holds()).containsExactly(new Hold.Paused());
  }

  @Test
  void cancellingKeepsWhatCameForTheNextProcess() throws IOException {
    try (FaultyServer server = new FaultyServer(BLOB)) {
      try (PartialBlob partial = store.openPartial(ARTIFACT).orElseThrow()) {
        TransferException e =
            catchThrowableOfType(
                TransferException.class,
                () ->
                    download(server, TransferLimits.none())
                        .fetch(partial.chunks(), when(2L * CHUNK_BYTES, control::cancel)));
        assertThat(e.reason()).isEqualTo(TransferException.Reason.CANCELLED);
      }
      try (PartialBlob partial = store.openPartial(ARTIFACT).orElseThrow()) {
        BlobChunks chunks = partial.chunks();
        assertThat(chunks.verifiedBytes()).isEqualTo(2L * CHUNK_BYTES);
      }
    }
  }

  @Test
  void aWindowThatClosesHangsUpAndTheNextOneGoesOn() throws IOException {
    MaintenanceWindows firstHour =
        MaintenanceWindows.daily(LocalTime.MIDNIGHT, LocalTime.of(1, 0), ZoneOffset.UTC);
    try (FaultyServer server = new FaultyServer(BLOB);
        PartialBlob partial = store.openPartial(ARTIFACT).orElseThrow()) {
      download(server, TransferLimits.none().withWindows(firstHour))
          .fetch(partial.chunks(), when(1L * CHUNK_BYTES, () -> clock.pass(Duration.ofHours(2))));
      partial.commit();
      assertThat(server.offsets()).containsExactly(0L, 1L * CHUNK_BYTES);
    }
    assertThat(holds())
        .containsExactly(new Hold.OutsideWindow(Instant.EPOCH.plus(Duration.ofDays(1))));
  }

  @Test
  void aFileThatIsLateEndsAndTheTimeItWasHeldUpDoesNotCount() throws IOException {
    TransferOptions hasty =
        TransferOptions.defaults()
            .withDeadline(Duration.ofMinutes(1))
            .withMinimumRate(0, Duration.ofDays(1));
    clock.at(Duration.ofHours(3), control::resume);
    try (FaultyServer server = new FaultyServer(BLOB);
        PartialBlob partial = store.openPartial(ARTIFACT).orElseThrow()) {
      BlobDownload download =
          new BlobDownload(
              new HttpArtifactSource(
                  server.uri(), HttpClient.newHttpClient(), Duration.ofMinutes(5)),
              hasty,
              TransferLimits.none().withControl(control),
              new SplittableRandom(1),
              clock);
      control.pause();
      TransferException e =
          catchThrowableOfType(
              TransferException.class,
              () ->
                  download.fetch(
                      partial.chunks(),
                      when(3L * CHUNK_BYTES, () -> clock.pass(Duration.ofSeconds(61)))));
      assertThat(e.reason()).isEqualTo(TransferException.Reason.DEADLINE);
      assertThat(partial.chunks().verifiedBytes()).isEqualTo(3L * CHUNK_BYTES);
    }
  }

  @Test
  void theBandwidthIsKeptAndItsWaitsAreNoSlowness() throws IOException {
    TransferOptions demanding =
        TransferOptions.defaults().withMinimumRate(1_000_000, Duration.ofSeconds(1));
    try (FaultyServer server = new FaultyServer(BLOB);
        PartialBlob partial = store.openPartial(ARTIFACT).orElseThrow()) {
      new BlobDownload(
              new HttpArtifactSource(
                  server.uri(), HttpClient.newHttpClient(), Duration.ofMinutes(5)),
              demanding,
              TransferLimits.none().withBandwidth(Bandwidth.of(100_000)),
              new SplittableRandom(1),
              clock)
          .fetch(partial.chunks(), events::add);
      assertThat(server.offsets()).hasSize(1);
    }
    assertThat(clock.passed().toSeconds()).isBetween(40L, 43L);
  }
}
