package io.edgellm.transfer.oci;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.edgellm.model.Artifact;
import io.edgellm.model.RepositoryPaths;
import io.edgellm.model.Sha256;
import io.edgellm.transfer.HttpReader;
import io.edgellm.transfer.MeteredSource;
import io.edgellm.transfer.RepositoryScene;
import io.edgellm.transfer.TransferException;
import io.edgellm.transfer.TransferException.Reason;
import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
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

  private static void push() throws IOException {
    new OciUpload(open.address(), NAMESPACE, repository -> Optional.empty())
        .push(scene.repository());
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
      new OciUpload(
              registry.address(), NAMESPACE, repository -> Optional.of(tokens.mayPush(repository)))
          .push(scene.repository());
      OciRegistry known =
          OciRegistry.at(registry.address(), NAMESPACE)
              .withCredentials(() -> TokenService.DEVICE)
              .withOtherHosts(host -> host.equals("127.0.0.1"));
      try (OciArtifactSource source = source(known);
          RepositoryScene.Device device = scene.device("known", source)) {
        device.deliver(VERSION);
        assertThat(device.verify(VERSION).title()).isEqualTo("assistant " + VERSION);
      }
      assertThat(tokens.scopes())
          .containsExactly("repository:acme/edge/tuf:pull", "repository:acme/edge/assistant:pull");
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
      String basic = TokenService.DEVICE.user() + ":" + TokenService.DEVICE.password();
      String header = "Basic " + Base64.getEncoder().encodeToString(basic.getBytes(UTF_8));
      OciUpload upload =
          new OciUpload(registry.address(), NAMESPACE, repository -> Optional.of(header));
      upload.putBlob("assistant", BYTES);
      OciRegistry known =
          OciRegistry.at(registry.address(), NAMESPACE)
              .withLines(List.of(RepositoryScene.MODEL))
              .withCredentials(() -> TokenService.DEVICE);
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
