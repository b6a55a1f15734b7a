package io.edgellm.transfer;

import static io.edgellm.model.Artifact.CHUNK_BYTES;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.edgellm.delta.DeltaEncoder;
import io.edgellm.delta.DeltaListener;
import io.edgellm.delta.TensorAlignment;
import io.edgellm.model.Artifact;
import io.edgellm.model.Delta;
import io.edgellm.model.DeviceProfile;
import io.edgellm.model.ModelId;
import io.edgellm.model.ModelVersion;
import io.edgellm.model.ReleaseManifest;
import io.edgellm.model.Requirements;
import io.edgellm.model.Sha256;
import io.edgellm.release.PublishListener;
import io.edgellm.release.ReleaseBuilder;
import io.edgellm.release.ReleasePublisher;
import io.edgellm.release.ReleaseSigner;
import io.edgellm.store.ModelStore;
import io.edgellm.store.PartialBlob;
import io.edgellm.store.StoreOptions;
import io.edgellm.store.StoredModel;
import io.edgellm.transfer.DeliveryStatus.Phase;
import io.edgellm.transfer.TransferListener.TransferEvent;
import io.edgellm.trust.PolicyModelVerifier;
import io.edgellm.trust.TrustPolicy;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class DeltaDeliveryTest {
  private static final ModelId MODEL = new ModelId("assistant");
  private static final byte[] OLD = SampleBlob.bytes(4 * CHUNK_BYTES + 77, 1);
  private static final byte[] NEW = changed();
  private static final Sha256 OLD_DIGEST = Sha256.of(OLD);

  @TempDir Path dir;
  private final ReleaseSigner signer = ReleaseSigner.generate();
  private final List<TransferEvent> events = new ArrayList<>();
  private Path repository;
  private ModelStore store;

  /** Returns the weights after a change in each of their chunks. */
  private static byte[] changed() {
    byte[] bytes = OLD.clone();
    for (int i = 500; i < bytes.length; i += 10_000) {
      bytes[i] ^= 3;
    }
    return bytes;
  }

  @BeforeEach
  void publishTheOldOne() throws IOException {
    repository = dir.resolve("repository");
    store = ModelStore.open(dir.resolve("store"), StoreOptions.defaults());
    publish("1.0.0", OLD);
  }

  @AfterEach
  void closeStore() {
    store.close();
  }

  private void publish(String version, byte[] weights, Delta... deltas) throws IOException {
    Path model = Files.createTempDirectory(dir, "model");
    Files.write(model.resolve("model.onnx"), weights);
    ReleaseBuilder builder =
        ReleaseBuilder.of(
            model,
            MODEL,
            ModelVersion.parse(version),
            ReleaseManifest.Format.ONNX_GENAI,
            new Requirements(List.of(), List.of(), "onnxruntime", "1.20", 1 << 20, 512));
    for (Delta delta : deltas) {
      builder.delta(delta);
    }
    new ReleasePublisher(repository)
        .publish(signer.sign(builder.build()), model, PublishListener.silent());
  }

  /** Makes the delta that a publisher makes. */
  private byte[] delta() throws IOException {
    Path old = Files.write(dir.resolve("old"), OLD);
    Path made = Files.write(dir.resolve("new"), NEW);
    Path out = dir.resolve("delta");
    assertThat(
            new DeltaEncoder()
                .encode(
                    old, made, TensorAlignment.none(), out, DeltaListener.silent(), () -> false))
        .isPresent();
    return Files.readAllBytes(out);
  }

  private Delta offer(byte[] bytes) throws IOException {
    Artifact plain = SampleBlob.artifact(bytes);
    Artifact file =
        new Artifact(
            "model.onnx.edelta",
            plain.sizeBytes(),
            plain.sha256(),
            plain.mediaType(),
            Artifact.Role.DELTA,
            plain.chunks());
    Files.write(repository.resolve("blobs/sha256").resolve(file.sha256().hex()), bytes);
    return new Delta(OLD_DIGEST, Sha256.of(NEW), file);
  }

  private StoredModel deliver(String version) {
    return delivery(TransferLimits.none()).deliver(MODEL, ModelVersion.parse(version), events::add);
  }

  private ModelDelivery delivery(TransferLimits limits) {
    ArtifactSource source = new DirectoryArtifactSource(repository);
    TrustPolicy policy =
        TrustPolicy.builder()
            .signer("publisher", signer.publicKey(), MODEL.value())
            .signatureAlone()
            .build();
    return ModelDelivery.builder(
            ReleaseCatalog.unsigned(source),
            source,
            store,
            PolicyModelVerifier.of(policy),
            DeviceProfile.ofThisMachine("onnxruntime", "1.28.0", 1L << 30))
        .options(TransferOptions.defaults().withAttempts(1))
        .limits(limits)
        .build();
  }

  private <E extends TransferEvent> List<E> heard(Class<E> kind) {
    return events.stream().filter(kind::isInstance).map(kind::cast).toList();
  }

  private List<String> received() {
    return heard(TransferEvent.Receiving.class).stream().map(e -> e.artifact().path()).toList();
  }

  private void assertInstalledAndTidy(StoredModel installed) throws IOException {
    assertThat(installed.directory().resolve("model.onnx")).hasBinaryContent(NEW);
    try (Stream<Path> left = Files.list(dir.resolve("store/.edgellm/partial"))) {
      assertThat(left).isEmpty();
    }
  }

  @Test
  void aDeltaComesInThePlaceOfTheFileAndIsThrownAway() throws IOException {
    byte[] delta = delta();
    publish("1.1.0", NEW, offer(delta));
    deliver("1.0.0");
    events.clear();

    assertInstalledAndTidy(deliver("1.1.0"));
    assertThat(received()).containsExactly("model.onnx.edelta");
    assertThat(heard(TransferEvent.DeltaApplied.class))
        .singleElement()
        .satisfies(e -> assertThat(e.savedBytes()).isEqualTo(NEW.length - delta.length));
    List<DeliveryStatus> told =
        heard(TransferEvent.Status.class).stream().map(TransferEvent.Status::delivery).toList();
    assertThat(told).extracting(DeliveryStatus::phase).contains(Phase.DELTA);
    assertThat(told.get(told.size() - 1).totalBytes()).isEqualTo(delta.length);
    assertThat(told.get(told.size() - 1).doneBytes()).isEqualTo(delta.length);
  }

  @Test
  void withoutTheOldFileItComesInFull() throws IOException {
    publish("1.1.0", NEW, offer(delta()));
    assertInstalledAndTidy(deliver("1.1.0"));
    assertThat(received()).containsExactly("model.onnx");
  }

  @Test
  void aDeltaThatIsHardlyShorterIsNotTaken() throws IOException {
    publish("1.1.0", NEW, offer(SampleBlob.bytes(NEW.length * 61 / 100, 4)));
    deliver("1.0.0");
    events.clear();
    assertInstalledAndTidy(deliver("1.1.0"));
    assertThat(received()).containsExactly("model.onnx");
  }

  @Test
  void aFileThatIsAlmostThereNeedsNoDelta() throws IOException {
    publish("1.1.0", NEW, offer(SampleBlob.bytes(CHUNK_BYTES / 2, 4)));
    deliver("1.0.0");
    events.clear();
    try (PartialBlob partial = store.openPartial(SampleBlob.artifact(NEW)).orElseThrow()) {
      for (int chunk = 0; chunk < 4; chunk++) {
        ByteBuffer bytes = ByteBuffer.wrap(NEW, chunk * CHUNK_BYTES, CHUNK_BYTES);
        assertThat(partial.chunks().write(chunk, bytes)).isTrue();
      }
    }
    assertInstalledAndTidy(deliver("1.1.0"));
    assertThat(received()).containsExactly("model.onnx");
  }

  @Test
  void withoutRoomForADeltaBesideTheFileItComesInFull() throws IOException {
    publish("1.1.0", NEW, offer(SampleBlob.bytes(CHUNK_BYTES, 4)));
    deliver("1.0.0");
    long used = store.usage().totalBytes();
    store.close();
    store =
        ModelStore.open(
            dir.resolve("store"),
            StoreOptions.defaults().withQuotaBytes(used + NEW.length + CHUNK_BYTES / 2));
    events.clear();
    assertInstalledAndTidy(deliver("1.1.0"));
    assertThat(received()).containsExactly("model.onnx");
  }

  @Test
  void aDeltaThatIsNoneCostsItsBytesAndNothingElse() throws IOException {
    publish("1.1.0", NEW, offer(SampleBlob.bytes(5000, 4)));
    deliver("1.0.0");
    events.clear();
    assertInstalledAndTidy(deliver("1.1.0"));
    assertThat(received()).containsExactly("model.onnx.edelta", "model.onnx");
    assertThat(heard(TransferEvent.DeltaFailed.class)).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, CHUNK_BYTES, 4 * CHUNK_BYTES + 76, 4 * CHUNK_BYTES + 78})
  void aDeltaThatSaysAnotherSizeCostsItsBytesAndNothingElse(long targetBytes) throws IOException {
    publish("1.1.0", NEW, offer(withTargetBytes(targetBytes)));
    deliver("1.0.0");
    events.clear();
    assertInstalledAndTidy(deliver("1.1.0"));
    assertThat(received()).containsExactly("model.onnx.edelta", "model.onnx");
    assertThat(heard(TransferEvent.DeltaFailed.class)).hasSize(1);
  }

  /** Returns a delta with the right digests, no content, and a header that holds together. */
  private static byte[] withTargetBytes(long targetBytes) {
    int segments = (int) Artifact.chunkCount(targetBytes);
    ByteBuffer out = ByteBuffer.allocate(100 + segments).order(ByteOrder.LITTLE_ENDIAN);
    out.put("EDELTA".getBytes(US_ASCII)).putShort((short) 1).putInt(CHUNK_BYTES).putInt(segments);
    out.putLong(OLD.length).putLong(targetBytes);
    out.put(OLD_DIGEST.bytes()).put(Sha256.of(NEW).bytes());
    CRC32C crc = new CRC32C();
    crc.update(out.array(), 0, 96);
    crc.update(out.array(), 100, segments);
    return out.putInt((int) crc.getValue()).array();
  }

  @Test
  void cancellingWhileADeltaIsAppliedEndsTheDelivery() throws IOException {
    publish("1.1.0", NEW, offer(delta()));
    deliver("1.0.0");
    TransferControl control = new TransferControl();
    TransferException e =
        catchThrowableOfType(
            TransferException.class,
            () -> deliver(control, event -> atTheEndOfTheDelta(event, control::cancel)));
    assertThat(e.reason()).isEqualTo(TransferException.Reason.CANCELLED);
    assertThat(store.find(MODEL, ModelVersion.parse("1.1.0"))).isEmpty();
  }

  @Test
  void aPauseHoldsUpTheWorkOfADelta() throws IOException {
    publish("1.1.0", NEW, offer(delta()));
    deliver("1.0.0");
    events.clear();
    TransferControl control = new TransferControl();
    assertInstalledAndTidy(
        deliver(
            control,
            event -> {
              events.add(event);
              atTheEndOfTheDelta(event, control::pause);
              if (event instanceof TransferEvent.Waiting) {
                control.resume();
              }
            }));
    assertThat(heard(TransferEvent.Waiting.class))
        .extracting(TransferEvent.Waiting::hold)
        .containsExactly(new Hold.Paused());
  }

  private StoredModel deliver(TransferControl control, TransferListener listener) {
    return delivery(TransferLimits.none().withControl(control))
        .deliver(MODEL, ModelVersion.parse("1.1.0"), listener);
  }

  private static void atTheEndOfTheDelta(TransferEvent event, Runnable then) {
    if (event instanceof TransferEvent.Progress progress
        && progress.artifact().role() == Artifact.Role.DELTA
        && progress.doneBytes() == progress.artifact().sizeBytes()) {
      then.run();
    }
  }

  @Test
  void aDeltaThatTheSourceLacksIsDoneWithout() throws IOException {
    Delta offer = offer(delta());
    publish("1.1.0", NEW, offer);
    Files.delete(repository.resolve("blobs/sha256").resolve(offer.file().sha256().hex()));
    deliver("1.0.0");
    events.clear();
    assertInstalledAndTidy(deliver("1.1.0"));
    assertThat(received()).containsExactly("model.onnx");
    assertThat(heard(TransferEvent.DeltaFailed.class)).hasSize(1);
  }

  @Test
  void whatAChangedOldFileMakesIsNotTakenAndTheRestComesInFull() throws IOException {
    publish("1.1.0", NEW, offer(delta()));
    deliver("1.0.0");
    damageTheOldFile(3 * CHUNK_BYTES + 5);
    events.clear();
    assertInstalledAndTidy(deliver("1.1.0"));
    assertThat(heard(TransferEvent.DeltaFailed.class)).hasSize(1);
    assertThat(heard(TransferEvent.Receiving.class))
        .filteredOn(e -> e.artifact().path().equals("model.onnx"))
        .singleElement()
        .satisfies(e -> assertThat(e.offsetBytes()).isEqualTo(3L * CHUNK_BYTES));
  }

  private void damageTheOldFile(int place) throws IOException {
    Path blob = dir.resolve("store/.edgellm/blobs/sha256-" + OLD_DIGEST.hex());
    byte[] bytes = Files.readAllBytes(blob);
    bytes[place] ^= 1;
    Files.delete(blob);
    Files.write(blob, bytes);
  }

  @Test
  void aDeltaThatWasInterruptedIsGoneOnWith() throws IOException {
    publish("1.1.0", NEW, offer(delta()));
    deliver("1.0.0");
    events.clear();
    TransferControl control = new TransferControl();
    TransferException e =
        catchThrowableOfType(
            TransferException.class,
            () ->
                delivery(
                        TransferLimits.none()
                            .withControl(control)
                            .withBandwidth(Bandwidth.of(8 * 1024)))
                    .deliver(
                        MODEL,
                        ModelVersion.parse("1.1.0"),
                        event -> {
                          events.add(event);
                          if (event instanceof TransferEvent.Receiving) {
                            control.cancel();
                          }
                        }));
    assertThat(e.reason()).isEqualTo(TransferException.Reason.CANCELLED);
    assertThat(store.find(MODEL, ModelVersion.parse("1.1.0"))).isEmpty();
    assertInstalledAndTidy(deliver("1.1.0"));
    assertThat(received()).containsExactly("model.onnx.edelta", "model.onnx.edelta");
  }
}
