package io.edgellm.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.net.httpserver.HttpServer;
import io.edgellm.model.DeviceProfile;
import io.edgellm.model.ModelId;
import io.edgellm.model.ModelVersion;
import io.edgellm.model.ReleaseManifest;
import io.edgellm.release.PublishListener;
import io.edgellm.release.ReleasePublisher;
import io.edgellm.release.ReleaseSigner;
import io.edgellm.release.SampleRelease;
import io.edgellm.store.ModelStore;
import io.edgellm.store.StoreException;
import io.edgellm.store.StoreOptions;
import io.edgellm.store.StoredModel;
import io.edgellm.transfer.DeliveryStatus.Phase;
import io.edgellm.transfer.TransferListener.TransferEvent;
import io.edgellm.trust.PolicyModelVerifier;
import io.edgellm.trust.TrustException;
import io.edgellm.trust.TrustPolicy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ModelDeliveryTest {
  private static final ModelId MODEL = new ModelId("assistant");
  private static final ModelVersion VERSION = ModelVersion.parse("1.0.0+onnx-int4");

  @TempDir Path dir;
  private final ReleaseSigner signer = ReleaseSigner.generate();
  private final List<TransferEvent> events = new ArrayList<>();

  @BeforeEach
  void publish() throws IOException {
    Path model = SampleRelease.copyModel(dir);
    ReleaseManifest manifest =
        SampleRelease.describe(model, MODEL.value(), VERSION.toString()).build();
    new ReleasePublisher(dir.resolve("repository"))
        .publish(signer.sign(manifest), model, PublishListener.silent());
  }

  @Test
  void aReleaseComesOverHttpAndIsInstalledVerified() throws IOException {
    try (RepositoryServer server = new RepositoryServer(dir.resolve("repository"));
        ModelStore store = store()) {
      StoredModel installed = deliver(server.source(), store, signer);

      assertThat(installed.version()).isEqualTo(VERSION);
      assertThat(installed.directory().resolve("model.onnx.data"))
          .hasSameBinaryContentAs(
              Path.of(System.getProperty("edgellm.sample.dir"), "genai/model.onnx.data"));
      assertThat(installed.receipt().signer()).isEqualTo("publisher");
      assertThat(filesAndPapers().get(0)).isInstanceOf(TransferEvent.Planned.class);
      assertThat(events.get(events.size() - 1)).isInstanceOf(TransferEvent.Verifying.class);
    }
  }

  @Test
  void anInstalledReleaseIsNotFetchedAgain() throws IOException {
    try (ModelStore store = store()) {
      deliver(directory(), store, signer);
      events.clear();
      deliver(directory(), store, signer);
      assertThat(events).isEmpty();
    }
  }

  @Test
  void onlyTheBytesThatAreMissingCome() throws IOException {
    Path next = SampleRelease.copyModel(dir);
    Files.writeString(next.resolve("README.md"), "A new card.");
    ReleaseManifest manifest = SampleRelease.describe(next, MODEL.value(), "1.0.1").build();
    new ReleasePublisher(dir.resolve("repository"))
        .publish(signer.sign(manifest), next, PublishListener.silent());
    try (ModelStore store = store()) {
      deliver(directory(), store, signer);
      events.clear();
      delivery(directory(), store, signer, device(1L << 30))
          .deliver(MODEL, ModelVersion.parse("1.0.1"), events::add);
    }
    TransferEvent.Planned planned = (TransferEvent.Planned) filesAndPapers().get(0);
    assertThat(planned.missing()).extracting("path").containsExactly("README.md");
    assertThat(planned.missingBytes()).isEqualTo(11);
  }

  @Test
  void tellsEachPhaseInItsOrderAndAllBytesAtTheEnd() {
    try (ModelStore store = store()) {
      deliver(directory(), store, signer);
    }
    List<DeliveryStatus> told = statuses();
    assertThat(told.stream().map(DeliveryStatus::phase).distinct())
        .containsExactly(Phase.PAPERS, Phase.FETCHING, Phase.VERIFYING, Phase.INSTALLING);
    DeliveryStatus last = told.get(told.size() - 1);
    assertThat(last.doneBytes()).isEqualTo(last.totalBytes()).isPositive();
    assertThat(last.sender()).isEqualTo(directory().describe());
  }

  @Test
  void filesWaitForTheWindowAndPapersDoNot() {
    VirtualClock clock = new VirtualClock(Instant.parse("2030-01-01T12:00:00Z"));
    MaintenanceWindows nights =
        MaintenanceWindows.daily(LocalTime.of(1, 0), LocalTime.of(5, 0), ZoneOffset.UTC);
    try (ModelStore store = store()) {
      builder(directory(), store, signer, device(1L << 30))
          .limits(TransferLimits.none().withWindows(nights))
          .clock(clock)
          .build()
          .deliver(MODEL, VERSION, events::add);
    }
    assertThat(clock.passed()).isEqualTo(Duration.ofHours(13));
    assertThat(filesAndPapers().get(0)).isInstanceOf(TransferEvent.Planned.class);
    assertThat(filesAndPapers()).hasAtLeastOneElementOfType(TransferEvent.Waiting.class);
    assertThat(statuses()).extracting(DeliveryStatus::phase).contains(Phase.WAITING);
  }

  @Test
  void aPauseHoldsPapersUpToo() {
    VirtualClock clock = new VirtualClock(Instant.EPOCH);
    TransferControl control = new TransferControl();
    control.pause();
    clock.at(Duration.ofSeconds(9), control::resume);
    try (ModelStore store = store()) {
      builder(directory(), store, signer, device(1L << 30))
          .limits(TransferLimits.none().withControl(control))
          .clock(clock)
          .build()
          .deliver(MODEL, VERSION, events::add);
    }
    assertThat(clock.passed()).hasSeconds(9);
    assertThat(statuses().stream().map(DeliveryStatus::phase).distinct())
        .startsWith(Phase.WAITING, Phase.PAPERS, Phase.FETCHING);
  }

  @Test
  void anotherFetcherMayStandInForTheSource() {
    List<String> brought = new ArrayList<>();
    BlobFetcher origin =
        new BlobDownload(directory(), TransferOptions.defaults(), new SplittableRandom(1));
    try (ModelStore store = store()) {
      builder(directory(), store, signer, device(1L << 30))
          .fetcher(
              (into, listener) -> {
                brought.add(into.artifact().path());
                origin.fetch(into, listener);
              })
          .build()
          .deliver(MODEL, VERSION, events::add);
    }
    assertThat(brought).contains("model.onnx.data", "tokenizer.json");
  }

  @Test
  void whatIsFetchedAheadIsSparedUntilItsTimeAndNotFetchedAgain() {
    SettableClock clock = new SettableClock(Instant.now());
    StoreOptions hasty = StoreOptions.defaults().withGrace(Duration.ZERO).withClock(clock);
    try (ModelStore store = ModelStore.open(dir.resolve("store"), hasty)) {
      ModelDelivery delivery = delivery(directory(), store, signer, device(1L << 30));
      Instant rollout = clock.instant().plus(Duration.ofDays(10));
      ReleaseManifest manifest = delivery.prefetch(MODEL, VERSION, rollout, events::add);
      assertThat(store.find(MODEL, VERSION)).isEmpty();
      assertThat(store.missing(manifest)).isEmpty();

      clock.pass(Duration.ofDays(9));
      assertThat(store.collectGarbage().removedBlobs()).isZero();
      events.clear();
      delivery.deliver(MODEL, VERSION, events::add);
      assertThat(((TransferEvent.Planned) filesAndPapers().get(0)).missing()).isEmpty();
    }
  }

  @Test
  void garbageCollectionSparesOldFilesWhileTheLastOnesCome() {
    BlobFetcher origin =
        new BlobDownload(directory(), TransferOptions.defaults(), new SplittableRandom(1));
    try (ModelStore store = store()) {
      builder(directory(), store, signer, device(1L << 30))
          .fetcher(
              (into, listener) -> {
                makeBlobsOld();
                assertThat(store.collectGarbage().removedBlobs()).isZero();
                origin.fetch(into, listener);
              })
          .build()
          .deliver(MODEL, VERSION, events::add);
      assertThat(store.find(MODEL, VERSION)).isPresent();
    }
  }

  private void makeBlobsOld() {
    try (Stream<Path> blobs = Files.list(dir.resolve("store/.edgellm/blobs"))) {
      for (Path blob : blobs.toList()) {
        Files.setLastModifiedTime(blob, FileTime.from(Instant.now().minus(Duration.ofDays(8))));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void aFileThatGoesBeforeTheInstallationComesOnceMore() {
    List<Path> gone = new ArrayList<>();
    try (ModelStore store = store()) {
      delivery(directory(), store, signer, device(1L << 30))
          .deliver(
              MODEL,
              VERSION,
              event -> {
                if (event instanceof TransferEvent.Verifying && gone.isEmpty()) {
                  gone.add(deleteABlob());
                }
              });
      assertThat(store.find(MODEL, VERSION)).isPresent();
    }
    assertThat(gone).hasSize(1).allMatch(Files::exists);
  }

  private Path deleteABlob() {
    try (Stream<Path> blobs = Files.list(dir.resolve("store/.edgellm/blobs"))) {
      Path blob = blobs.findFirst().orElseThrow();
      Files.delete(blob);
      return blob;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void whatIsFetchedAheadAndNeverInstalledGoesAfterItsTime() {
    SettableClock clock = new SettableClock(Instant.now());
    StoreOptions hasty = StoreOptions.defaults().withGrace(Duration.ZERO).withClock(clock);
    try (ModelStore store = ModelStore.open(dir.resolve("store"), hasty)) {
      ReleaseManifest manifest =
          delivery(directory(), store, signer, device(1L << 30))
              .prefetch(MODEL, VERSION, clock.instant().plus(Duration.ofDays(1)), events::add);
      clock.pass(Duration.ofDays(2));
      assertThat(store.collectGarbage().removedBlobs()).isPositive();
      assertThat(store.missing(manifest)).isNotEmpty();
    }
  }

  @Test
  void aKeyThatIsNotInThePolicyInstallsNothing() {
    try (ModelStore store = store()) {
      TrustException e =
          catchThrowableOfType(
              TrustException.class, () -> deliver(directory(), store, ReleaseSigner.generate()));
      assertThat(e.reason())
          .isIn(TrustException.Reason.UNTRUSTED_SIGNER, TrustException.Reason.BAD_SIGNATURE);
      assertThat(store.find(MODEL, VERSION)).isEmpty();
    }
  }

  @Test
  void aSourceWithOtherBytesInstallsNothing() throws IOException {
    Path blob = largestBlob();
    byte[] bytes = Files.readAllBytes(blob);
    bytes[bytes.length / 2] ^= 1;
    Files.write(blob, bytes);
    try (ModelStore store = store()) {
      TransferException e =
          catchThrowableOfType(TransferException.class, () -> deliver(directory(), store, signer));
      assertThat(e.reason()).isEqualTo(TransferException.Reason.CORRUPT);
      assertThat(store.find(MODEL, VERSION)).isEmpty();
    }
  }

  @Test
  void aDeviceThatIsTooSmallIsToldWhyBeforeAnyByteComes() {
    try (ModelStore store = store()) {
      TransferException e =
          catchThrowableOfType(
              TransferException.class,
              () ->
                  delivery(directory(), store, signer, device(1000))
                      .deliver(MODEL, VERSION, events::add));
      assertThat(e.reason()).isEqualTo(TransferException.Reason.INCOMPATIBLE);
      assertThat(e).hasMessageContaining("bytes of memory");
      assertThat(filesAndPapers()).isEmpty();
    }
  }

  @Test
  void aStoreWithoutRoomSaysSoBeforeAnyByteComes() {
    try (ModelStore store =
        ModelStore.open(dir.resolve("store"), StoreOptions.defaults().withQuotaBytes(1_000_000))) {
      StoreException e =
          catchThrowableOfType(StoreException.class, () -> deliver(directory(), store, signer));
      assertThat(e.reason()).isEqualTo(StoreException.Reason.QUOTA);
      assertThat(filesAndPapers()).isEmpty();
    }
  }

  @Test
  void anUnknownModelIsNotFound() {
    try (ModelStore store = store()) {
      TransferException e =
          catchThrowableOfType(
              TransferException.class,
              () ->
                  delivery(directory(), store, signer, device(1L << 30))
                      .deliver(new ModelId("nobody"), VERSION, events::add));
      assertThat(e.reason()).isEqualTo(TransferException.Reason.NOT_FOUND);
    }
  }

  @Test
  void theCatalogListsWhatIsPublished() {
    assertThat(ReleaseCatalog.unsigned(directory()).index(MODEL).latest().orElseThrow().version())
        .isEqualTo(VERSION);
  }

  @Test
  void aManifestInThePlaceOfAnotherIsRefused() throws IOException {
    Path line = dir.resolve("repository/models/assistant");
    Files.move(line.resolve(VERSION.toString()), line.resolve("9.0.0"));
    TransferException e =
        catchThrowableOfType(
            TransferException.class,
            () -> ReleaseCatalog.unsigned(directory()).fetch(MODEL, ModelVersion.parse("9.0.0")));
    assertThat(e.reason()).isEqualTo(TransferException.Reason.CORRUPT);
  }

  private StoredModel deliver(ArtifactSource source, ModelStore store, ReleaseSigner trusted) {
    return delivery(source, store, trusted, device(1L << 30)).deliver(MODEL, VERSION, events::add);
  }

  private List<DeliveryStatus> statuses() {
    return events.stream()
        .filter(TransferEvent.Status.class::isInstance)
        .map(e -> ((TransferEvent.Status) e).delivery())
        .toList();
  }

  private static ModelDelivery delivery(
      ArtifactSource source, ModelStore store, ReleaseSigner trusted, DeviceProfile device) {
    return builder(source, store, trusted, device).build();
  }

  private static ModelDelivery.Builder builder(
      ArtifactSource source, ModelStore store, ReleaseSigner trusted, DeviceProfile device) {
    TrustPolicy policy =
        TrustPolicy.builder()
            .signer("publisher", trusted.publicKey(), MODEL.value())
            .signatureAlone()
            .build();
    return ModelDelivery.builder(
            ReleaseCatalog.unsigned(source), source, store, PolicyModelVerifier.of(policy), device)
        .options(new TransferOptions(2, Duration.ZERO, Duration.ZERO, 0, Duration.ofSeconds(30)))
        .jitter(new SplittableRandom(1));
  }

  private List<TransferEvent> filesAndPapers() {
    return events.stream().filter(e -> !(e instanceof TransferEvent.Status)).toList();
  }

  private static DeviceProfile device(long ramBytes) {
    return DeviceProfile.ofThisMachine("onnxruntime", "1.28.0", ramBytes);
  }

  private ModelStore store() {
    return ModelStore.open(dir.resolve("store"), StoreOptions.defaults());
  }

  private ArtifactSource directory() {
    return new DirectoryArtifactSource(dir.resolve("repository"));
  }

  private Path largestBlob() throws IOException {
    try (var blobs = Files.list(dir.resolve("repository/blobs/sha256"))) {
      return blobs.max((a, b) -> Long.compare(a.toFile().length(), b.toFile().length())).get();
    }
  }

  /** Serves a directory as any web server does, without ranges. */
  private static final class RepositoryServer implements AutoCloseable {
    private final HttpServer server;

    RepositoryServer(Path root) throws IOException {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      server.createContext(
          "/",
          exchange -> {
            Path file = root.resolve(exchange.getRequestURI().getPath().substring(1));
            boolean found = Files.isRegularFile(file);
            byte[] body = found ? Files.readAllBytes(file) : new byte[0];
            exchange.sendResponseHeaders(found ? 200 : 404, body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
          });
      server.start();
    }

    HttpArtifactSource source() {
      return new HttpArtifactSource(
          URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/"),
          HttpClient.newHttpClient(),
          Duration.ofSeconds(10));
    }

    @Override
    public void close() {
      server.stop(0);
    }
  }
}
