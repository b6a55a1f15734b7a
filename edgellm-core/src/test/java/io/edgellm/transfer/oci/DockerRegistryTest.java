package io.edgellm.transfer.oci;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.edgellm.model.Artifact;
import io.edgellm.model.RepositoryPaths;
import io.edgellm.model.Sha256;
import io.edgellm.publish.OciTarget;
import io.edgellm.publish.PushListener;
import io.edgellm.publish.PushReport;
import io.edgellm.publish.WorkingCopy;
import io.edgellm.release.ReleaseException;
import io.edgellm.transfer.HttpReader;
import io.edgellm.transfer.MeteredSource;
import io.edgellm.transfer.RepositoryScene;
import io.edgellm.transfer.TransferControl;
import io.edgellm.transfer.TransferException;
import io.edgellm.transfer.TransferException.Reason;
import io.edgellm.transfer.TransferOptions;
import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The whole way of a release through a registry that somebody else has written. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
final class DockerRegistryTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final HttpReader READER = new HttpReader(HttpClient.newHttpClient(), PATIENCE);
  private static final String NAMESPACE = "acme/edge";
  private static final String VERSION = "1.0.0+onnx-int4";

  private static final byte[] BYTES = "0123456789".getBytes(UTF_8);

  /** Of the password of the device, as htpasswd writes it. */
  private static final String BCRYPT =
      "$2b$04$TUt/K7EwoPa3lN93gj2OM.TPYCGYGobBCBWOru2yOoHtmx.56pn82";

  @TempDir static Path dir;
  private static RepositoryScene scene;
  private static DockerRegistry open;

  @BeforeAll
  static void publish() throws IOException {
    open = DockerRegistry.start(dir.resolve("open"), "");
    scene = new RepositoryScene(dir);
    scene.publish(VERSION);
    push();
  }

  private static PushReport push() {
    return push(registry());
  }

  private static PushReport push(OciRegistry registry) {
    OciTarget target = OciTarget.of(registry, InstantSource.system(), READER);
    return WorkingCopy.of(scene.repository(), target).push(PushListener.silent());
  }

  @AfterAll
  static void stop() {
    if (open != null) {
      open.close();
    }
  }

  private static OciRegistry registry() {
    return OciRegistry.at(open.address(), NAMESPACE);
  }

  private static OciArtifactSource source(OciRegistry registry) {
    return new OciArtifactSource(registry, READER, InstantSource.system());
  }

  @Test
  void aDeviceLivesFromARegistryAlone() throws IOException {
    try (OciArtifactSource source = source(registry());
        RepositoryScene.Device device = scene.device("whole", source)) {
      Path installed = device.deliver(VERSION).directory();
      assertThat(installed.resolve("model.onnx")).hasSize(RepositoryScene.MODEL_BYTES);
      assertThat(device.verify(VERSION).title()).isEqualTo("assistant " + VERSION);
      assertThat(device.papersOf(VERSION)).isEqualTo(2);
      scene.publish("1.1.0");
      push();
      device.deliver("1.1.0");
      assertThat(device.verify("1.1.0").title()).isEqualTo("assistant 1.1.0");
    }
  }

  @Test
  void whatIsThereDoesNotGoAgain() {
    push();
    assertThat(push().isChanged()).isFalse();
  }

  @Test
  void aPublisherWithoutADiskPullsPublishesAndPushes() throws IOException {
    OciTarget target =
        OciTarget.of(OciRegistry.at(open.address(), "acme/other"), InstantSource.system(), READER);
    WorkingCopy.of(scene.repository(), target).push(PushListener.silent());
    RepositoryScene job = scene.elsewhere(dir.resolve("job"));
    WorkingCopy.of(job.repository(), target).pull(PushListener.silent());
    RepositoryScene rival = scene.elsewhere(dir.resolve("rival"));
    WorkingCopy.of(rival.repository(), target).pull(PushListener.silent());
    job.publish("2.0.0");
    PushReport report = WorkingCopy.of(job.repository(), target).push(PushListener.silent());
    assertThat(report.releases()).containsExactly("assistant 2.0.0");
    try (RepositoryScene.Device device = scene.device("other", target.source())) {
      device.deliver(VERSION);
      device.deliver("2.0.0");
      assertThat(device.verify("2.0.0").title()).isEqualTo("assistant 2.0.0");
    }
    rival.publish("2.1.0");
    WorkingCopy late = WorkingCopy.of(rival.repository(), target);
    assertThat(
            catchThrowableOfType(ReleaseException.class, () -> late.push(PushListener.silent()))
                .reason())
        .isEqualTo(ReleaseException.Reason.OUTDATED);
  }

  @Test
  void aFileThatIsCutOnItsWayGoesOnWhereTheRegistrySaysThatItIs() throws IOException {
    try (CuttingProxy proxy = new CuttingProxy(open.address().getPort(), 1_500_000)) {
      OciTarget target =
          OciTarget.of(OciRegistry.at(proxy.address(), "acme/cut"), InstantSource.system(), READER)
              .withPieces(2 << 20);
      WorkingCopy.builder(scene.repository(), target)
          .options(TransferOptions.defaults().withPauses(Duration.ZERO, Duration.ZERO))
          .build()
          .push(PushListener.silent());
      assertThat(proxy.cuts()).isEqualTo(1);
      try (RepositoryScene.Device device = scene.device("after the cut", target.source())) {
        device.deliver(VERSION);
        assertThat(device.verify(VERSION).title()).isEqualTo("assistant " + VERSION);
      }
    }
  }

  @Test
  void whatIsCutInTheMiddleGoesOnAfterARestartWithNoByteTwice() throws IOException {
    MeteredSource cut = new MeteredSource(source(registry()), Artifact.CHUNK_BYTES);
    try (RepositoryScene.Device device = scene.device("cut", cut)) {
      assertThat(catchThrowableOfType(TransferException.class, () -> device.deliver(VERSION)))
          .hasMessageContaining("the line is cut");
    }
    MeteredSource rest = new MeteredSource(source(registry()), Long.MAX_VALUE);
    try (RepositoryScene.Device device = scene.device("cut", rest)) {
      long releaseBytes = device.deliver(VERSION).manifest().totalBytes();
      assertThat(cut.receivedBytes()).isGreaterThanOrEqualTo(Artifact.CHUNK_BYTES);
      assertThat(cut.receivedBytes() + rest.receivedBytes()).isEqualTo(releaseBytes);
      assertThat(device.verify(VERSION).title()).isEqualTo("assistant " + VERSION);
    }
  }

  @Test
  void aDeviceShowsTokensThatItIsGivenForItsPassword() throws Exception {
    try (TokenService tokens = new TokenService(dir.resolve("tokens"));
        DockerRegistry registry =
            DockerRegistry.start(dir.resolve("registry"), tokens.configuration())) {
      OciRegistry known =
          OciRegistry.at(registry.address(), NAMESPACE)
              .withCredentials(() -> TokenService.DEVICE)
              .withOtherHosts(host -> host.equals("127.0.0.1"));
      TransferException refused = catchThrowableOfType(TransferException.class, () -> push(known));
      assertThat(refused.reason()).isEqualTo(Reason.FORBIDDEN);
      push(known.withCredentials(() -> TokenService.PUBLISHER));
      try (OciArtifactSource source = source(known);
          RepositoryScene.Device device = scene.device("known", source)) {
        device.deliver(VERSION);
        assertThat(device.verify(VERSION).title()).isEqualTo("assistant " + VERSION);
      }
      assertThat(tokens.scopes())
          .endsWith("repository:acme/edge/tuf:pull", "repository:acme/edge/assistant:pull");
      assertThat(refusal(OciRegistry.at(registry.address(), NAMESPACE)).reason())
          .isEqualTo(Reason.REFUSED);
      assertThat(
              refusal(known.withCredentials(() -> new OciCredentials("device", "wrong"))).reason())
          .isEqualTo(Reason.REFUSED);
    }
  }

  @Test
  void aDeviceShowsItsPasswordToARegistryWithoutATokenService() throws IOException {
    Path passwords = Files.writeString(dir.resolve("htpasswd"), "device:" + BCRYPT + "\n");
    String auth = "auth:\n  htpasswd:\n    realm: test\n    path: " + passwords + "\n";
    try (DockerRegistry registry = DockerRegistry.start(dir.resolve("passwords"), auth)) {
      OciRegistry known =
          OciRegistry.at(registry.address(), NAMESPACE)
              .withLines(List.of(RepositoryScene.MODEL))
              .withCredentials(() -> TokenService.DEVICE);
      new OciUploads(known, READER, InstantSource.system())
          .put("assistant", "note", OciFile.DOCUMENT, BYTES, new TransferControl());
      String path = RepositoryPaths.blob(Sha256.of(BYTES));
      assertThat(source(known).document(path, 99)).isEqualTo(BYTES);
      assertThat(
              refusal(known.withCredentials(() -> new OciCredentials("device", "wrong"))).reason())
          .isEqualTo(Reason.REFUSED);
    }
  }

  @Test
  void aBlobIsFoundInTheRepositoriesOfTheLinesOfTheDevice() {
    OciRegistry lines = registry().withLines(List.of(RepositoryScene.MODEL));
    String index = new String(source(lines).document("models/assistant/index.json", 9999), UTF_8);
    String manifest = index.replaceFirst("(?s).*\"manifest\":\"([0-9a-f]{64}).*", "$1");
    String path = "blobs/sha256/" + manifest;
    assertThat(source(lines).document(path, 99_999)).isNotEmpty();
    assertThat(
            catchThrowableOfType(
                TransferException.class, () -> source(registry()).document(path, 99_999)))
        .hasMessageContaining("name the lines of the registry");
  }

  private static TransferException refusal(OciRegistry registry) {
    return catchThrowableOfType(
        TransferException.class,
        () -> source(registry).document("models/assistant/index.json", 9999));
  }
}
