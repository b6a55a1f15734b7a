package io.edgellm.transfer;

import static io.edgellm.model.Artifact.CHUNK_BYTES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.edgellm.model.Artifact;
import io.edgellm.store.ModelStore;
import io.edgellm.store.PartialBlob;
import io.edgellm.store.StoreOptions;
import io.edgellm.transfer.ArtifactSource.BlobStream;
import io.edgellm.transfer.FaultyServer.Fault;
import io.edgellm.transfer.TransferListener.TransferEvent;
import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class MirroredArtifactSourceTest {
  private static final byte[] BLOB = SampleBlob.bytes(3 * CHUNK_BYTES + 777, 2);
  private static final Artifact ARTIFACT = SampleBlob.artifact(BLOB);
  private static final HttpClient CLIENT = HttpClient.newHttpClient();

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

  private static ArtifactSource http(FaultyServer server) {
    return new HttpArtifactSource(server.uri(), CLIENT, Duration.ofSeconds(5));
  }

  private ArtifactSource directory(String name, boolean full) throws IOException {
    Path blobs = Files.createDirectories(dir.resolve(name).resolve("blobs/sha256"));
    if (full) {
      Files.write(blobs.resolve(ARTIFACT.sha256().hex()), BLOB);
      Files.write(dir.resolve(name).resolve("index.json"), new byte[10]);
    }
    return new DirectoryArtifactSource(dir.resolve(name));
  }

  private MirroredArtifactSource mirrors(ArtifactSource... sources) {
    MirroredArtifactSource.Builder builder =
        MirroredArtifactSource.builder().jitter(new SplittableRandom(11)).nanoTime(clock::nanoTime);
    Arrays.stream(sources).forEach(builder::mirror);
    return builder.build();
  }

  /** Fetches the blob into a place of its own, as another file would be. */
  private void fetch(ArtifactSource source) {
    try (PartialBlob partial = store.openPartial(ARTIFACT).orElseThrow()) {
      new BlobDownload(
              source,
              TransferOptions.defaults().withPauses(Duration.ofHours(1), Duration.ofHours(1)),
              TransferLimits.none(),
              new SplittableRandom(1),
              clock)
          .fetch(partial.chunks(), events::add);
      assertThat(partial.chunks().isComplete()).isTrue();
      partial.discard();
    }
  }

  private List<String> senders() {
    return events.stream()
        .filter(TransferEvent.Receiving.class::isInstance)
        .map(e -> ((TransferEvent.Receiving) e).sender())
        .toList();
  }

  @Test
  void anotherMirrorGoesOnInTheMiddleOfAFileAtOnceAndNoByteComesTwice() throws IOException {
    try (FaultyServer first = new FaultyServer(BLOB, Fault.CUT);
        FaultyServer second = new FaultyServer(BLOB)) {
      fetch(mirrors(http(first), http(second)));
      assertThat(second.offsets()).containsExactly((long) BLOB.length / 2);
      assertThat(first.servedBytes() + second.servedBytes()).isEqualTo(BLOB.length);
      assertThat(senders()).containsExactly(first.uri().toString(), second.uri().toString());
    }
    assertThat(clock.passed()).isZero();
  }

  @Test
  void aMirrorThatCannotBeOpenedIsPassedOver() throws IOException {
    try (FaultyServer first = new FaultyServer(BLOB, Fault.UNAVAILABLE);
        FaultyServer second = new FaultyServer(BLOB)) {
      fetch(mirrors(http(first), http(second)));
      assertThat(first.offsets()).hasSize(1);
      assertThat(second.offsets()).containsExactly(0L);
    }
    assertThat(clock.passed()).isZero();
  }

  @Test
  void aMirrorWithWrongBytesIsLeftAloneForLong() throws IOException {
    try (FaultyServer first = new FaultyServer(BLOB, Fault.CORRUPT);
        FaultyServer second = new FaultyServer(BLOB)) {
      ArtifactSource source = mirrors(http(first), http(second));
      fetch(source);
      clock.pass(Duration.ofMinutes(59));
      fetch(source);
      assertThat(first.offsets()).hasSize(1);
      clock.pass(Duration.ofMinutes(2));
      fetch(source);
      assertThat(first.offsets()).hasSize(2);
    }
  }

  @Test
  void aMirrorThatAsksForTimeGetsIt() throws IOException {
    try (FaultyServer first = new FaultyServer(BLOB, Fault.BUSY);
        FaultyServer second = new FaultyServer(BLOB)) {
      ArtifactSource source = mirrors(http(first), http(second));
      fetch(source);
      clock.pass(Duration.ofMinutes(50));
      fetch(source);
      assertThat(first.offsets()).hasSize(1);
      assertThat(second.offsets()).hasSize(2);
    }
  }

  @Test
  void aMirrorThatIsBehindIsAskedForTheNextFileAllTheSame() throws IOException {
    ArtifactSource behind = directory("behind", false);
    ArtifactSource source = mirrors(behind, directory("full", true));
    fetch(source);
    assertThat(senders()).containsExactly(dir.resolve("full").toString());
    directory("behind", true);
    fetch(source);
    assertThat(senders()).endsWith(dir.resolve("behind").toString());
  }

  @Test
  void oneMirrorOfTwoThatFailFromTimeToTimeIsEnough() throws IOException {
    Fault[] cuts = new Fault[5];
    Arrays.fill(cuts, Fault.CUT);
    try (FaultyServer first = new FaultyServer(BLOB, cuts);
        FaultyServer second = new FaultyServer(BLOB, cuts)) {
      fetch(mirrors(http(first), http(second)));
      assertThat(first.servedBytes() + second.servedBytes()).isEqualTo(BLOB.length);
    }
    assertThat(clock.passed()).as("waits when both are left alone").isPositive();
  }

  @Test
  void aDocumentThatNobodyWhoAnswersHasIsNotThere() throws IOException {
    try (FaultyServer down = new FaultyServer(BLOB, Fault.UNAVAILABLE)) {
      ArtifactSource source = mirrors(directory("empty", false), http(down));
      for (int i = 0; i < 2; i++) {
        TransferException e =
            catchThrowableOfType(
                TransferException.class, () -> source.document("attestations.json", 100));
        assertThat(e.reason()).isEqualTo(TransferException.Reason.NOT_FOUND);
      }
      assertThat(down.offsets()).as("left alone").hasSize(1);
    }
  }

  @Test
  void aBlobIsSomewhereAsLongAsAMirrorDoesNotAnswer() throws IOException {
    try (FaultyServer down = new FaultyServer(BLOB, Fault.UNAVAILABLE)) {
      ArtifactSource source = mirrors(directory("empty", false), http(down));
      TransferException first = failure(source);
      assertThat(first.reason()).isEqualTo(TransferException.Reason.UNREACHABLE);
      TransferException second = failure(source);
      assertThat(second.reason()).isEqualTo(TransferException.Reason.UNREACHABLE);
      assertThat(second).hasMessageContaining("left alone");
    }
    TransferException absent = failure(mirrors(directory("empty", false)));
    assertThat(absent.reason()).isEqualTo(TransferException.Reason.NOT_FOUND);
  }

  private static TransferException failure(ArtifactSource source) {
    return catchThrowableOfType(TransferException.class, () -> source.open(ARTIFACT.sha256(), 0));
  }

  @Test
  void oneQuestionFindsOutWhetherAMirrorIsBack() throws IOException {
    try (FaultyServer first = new FaultyServer(BLOB, Fault.UNAVAILABLE);
        FaultyServer second = new FaultyServer(BLOB)) {
      ArtifactSource source = mirrors(http(first), http(second));
      source.open(ARTIFACT.sha256(), 0).close();
      clock.pass(Duration.ofSeconds(2));
      try (BlobStream probe = source.open(ARTIFACT.sha256(), 0);
          BlobStream beside = source.open(ARTIFACT.sha256(), 0)) {
        assertThat(probe.sender().describe()).isEqualTo(first.uri().toString());
        assertThat(beside.sender().describe()).isEqualTo(second.uri().toString());
        probe.sender().delivered();
      }
      try (BlobStream back = source.open(ARTIFACT.sha256(), 0)) {
        assertThat(back.sender().describe()).isEqualTo(first.uri().toString());
      }
    }
  }

  @Test
  void mirrorsOfOneRankAreAskedAsTheirWeightsSay() throws IOException {
    ArtifactSource often = directory("often", true);
    ArtifactSource seldom = directory("seldom", true);
    try (ArtifactSource source =
        MirroredArtifactSource.builder()
            .mirror(directory("last", true), 2, 100)
            .mirror(often, 1, 3)
            .mirror(seldom, 1, 1)
            .jitter(new SplittableRandom(4))
            .build()) {
      int count = 0;
      for (int i = 0; i < 1000; i++) {
        try (BlobStream stream = source.open(ARTIFACT.sha256(), 0)) {
          assertThat(stream.sender().describe()).doesNotContain("last");
          count += stream.sender().describe().equals(often.describe()) ? 1 : 0;
        }
      }
      assertThat(count).as("seed 4").isBetween(700, 800);
    }
  }

  @Test
  void documentsComeFromWhoeverHasThem() throws IOException {
    try (ArtifactSource source = mirrors(directory("empty", false), directory("full", true))) {
      assertThat(source.document("index.json", 100)).hasSize(10);
      assertThat(source.describe()).contains("empty").contains("full");
    }
  }

  @Test
  void thereIsAMirrorAndItHasAWeight() throws IOException {
    ArtifactSource source = directory("full", true);
    assertThatIllegalArgumentException().isThrownBy(() -> MirroredArtifactSource.builder().build());
    assertThatIllegalArgumentException()
        .isThrownBy(() -> MirroredArtifactSource.builder().mirror(source, 0, 0));
  }
}
