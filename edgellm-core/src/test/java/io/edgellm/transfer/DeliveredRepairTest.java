package io.edgellm.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.edgellm.model.DeviceProfile;
import io.edgellm.model.ModelId;
import io.edgellm.model.ModelVersion;
import io.edgellm.release.PublishListener;
import io.edgellm.release.ReleasePublisher;
import io.edgellm.release.ReleaseSigner;
import io.edgellm.release.SampleRelease;
import io.edgellm.store.CareListener;
import io.edgellm.store.Lease;
import io.edgellm.store.ModelStore;
import io.edgellm.store.RepairReport;
import io.edgellm.store.StoreException;
import io.edgellm.store.StoreOptions;
import io.edgellm.transfer.TransferException.Reason;
import io.edgellm.trust.ModelVerifier;
import io.edgellm.trust.PolicyModelVerifier;
import io.edgellm.trust.TrustPolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Brings installed versions back into order over HTTP. */
final class DeliveredRepairTest {
  private static final ModelId MODEL = new ModelId("assistant");
  private static final ModelVersion VERSION = ModelVersion.parse("1.0.0");

  @TempDir Path dir;
  private final ReleaseSigner signer = ReleaseSigner.generate();
  private volatile boolean down;
  private PlainServer server;
  private ModelStore store;
  private ModelVerifier verifier;
  private ModelDelivery delivery;
  private Path installed;

  @BeforeEach
  void installAndActivate() throws IOException {
    Path model = SampleRelease.copyModel(dir);
    new ReleasePublisher(dir.resolve("repository"))
        .publish(
            signer.sign(SampleRelease.describe(model, MODEL.value(), VERSION.toString()).build()),
            model,
            PublishListener.silent());
    server = new PlainServer(this::answer);
    store = ModelStore.open(dir.resolve("store"), StoreOptions.defaults());
    verifier =
        PolicyModelVerifier.of(
            TrustPolicy.builder()
                .signer("publisher", signer.publicKey(), MODEL.value())
                .signatureAlone()
                .build());
    ArtifactSource source = HttpArtifactSource.at(server.uri());
    delivery =
        ModelDelivery.builder(
                ReleaseCatalog.unsigned(source),
                source,
                store,
                verifier,
                DeviceProfile.ofThisMachine("onnxruntime", "1.28.0", 1L << 30))
            .options(TransferOptions.defaults().withAttempts(1))
            .jitter(new SplittableRandom(1))
            .build();
    installed = delivery.deliver(MODEL, VERSION, TransferListener.silent()).directory();
    try (Lease lease = store.lease(MODEL, VERSION)) {
      store.activate(lease.verify(verifier).orElseThrow());
    }
  }

  @AfterEach
  void stop() throws IOException {
    store.close();
    server.close();
  }

  private boolean answer(PlainServer.Request request, PlainServer.Line line) throws IOException {
    Path file = dir.resolve("repository").resolve(request.target().substring(1));
    if (down) {
      line.head("HTTP/1.1 503 Down\nContent-Length: 0");
    } else if (Files.isRegularFile(file)) {
      line.file(request, Files.readAllBytes(file), Integer.MAX_VALUE);
    } else {
      line.head("HTTP/1.1 404 Not here\nContent-Length: 0");
    }
    return true;
  }

  private RepairReport repair() {
    return delivery.repair(MODEL, VERSION, TransferListener.silent());
  }

  /** Flips a bit in a file of the version; where there are hard links, that is its blob, too. */
  private Path damage(String name) throws IOException {
    Path file = installed.resolve(name);
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length / 2] ^= 1;
    assertThat(file.toFile().setWritable(true)).isTrue();
    Files.write(file, bytes);
    return file;
  }

  private void assertInOrder() {
    assertThat(store.care().verify(CareListener.NONE).isSound()).isTrue();
    try (Lease lease = store.lease(MODEL, VERSION)) {
      lease.verify(verifier).orElseThrow();
    }
    assertThat(store.state(MODEL).current()).isEqualTo(VERSION);
  }

  @Test
  void weightsOfTheActiveVersionThatHaveChangedComeAgainAndNothingElse() throws IOException {
    damage("model.onnx.data");
    int before = server.requests().size();
    RepairReport report = repair();
    assertThat(report.isSound()).isTrue();
    assertThat(report.healed()).contains("assistant/1.0.0/model.onnx.data");
    assertThat(report.quarantined()).isNotEmpty();
    assertThat(server.requests().subList(before, server.requests().size())).hasSize(1);
    assertInOrder();
  }

  @Test
  void aDamagedManifestComesFromTheCatalog() throws IOException {
    damage("release.json");
    damage("model.onnx.data");
    RepairReport report = repair();
    assertThat(report.isSound()).isTrue();
    assertThat(report.healed())
        .contains("assistant/1.0.0/release.json", "assistant/1.0.0/model.onnx.data");
    assertInOrder();
  }

  @Test
  void aSourceThatIsDownLeavesTheVersionToTheNextCall() throws IOException {
    damage("model.onnx.data");
    down = true;
    TransferException e = catchThrowableOfType(TransferException.class, this::repair);
    assertThat(e.reason()).isEqualTo(Reason.UNREACHABLE);
    assertThat(store.state(MODEL).current()).isEqualTo(VERSION);
    down = false;
    assertThat(repair().isSound()).isTrue();
    assertInOrder();
  }

  @Test
  void whatTheStoreHasACopyOfNeedsNoSource() throws IOException {
    Files.delete(installed.resolve("model.onnx.data"));
    Files.writeString(installed.resolve("left-behind.txt"), "foreign");
    down = true;
    assertThat(repair().isSound()).isTrue();
    assertInOrder();
  }

  @Test
  void aVersionThatIsNotThereIsNotRepaired() {
    StoreException e =
        catchThrowableOfType(
            StoreException.class,
            () -> delivery.repair(MODEL, ModelVersion.parse("2.0.0"), TransferListener.silent()));
    assertThat(e.reason()).isEqualTo(StoreException.Reason.NOT_INSTALLED);
  }
}
