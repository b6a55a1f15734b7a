package io.edgellm.transfer.oci;

import static io.edgellm.transfer.oci.FakeRegistry.redirect;
import static io.edgellm.transfer.oci.FakeRegistry.send;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.edgellm.model.Sha256;
import io.edgellm.transfer.ArtifactSource.BlobStream;
import io.edgellm.transfer.HttpReader;
import io.edgellm.transfer.TransferException;
import io.edgellm.transfer.TransferException.Reason;
import java.io.IOException;
import java.net.http.HttpClient;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a device shows a registry and its token service, and where it lets itself be sent. */
final class RegistryAccessTest {
  private static final HttpReader READER =
      new HttpReader(HttpClient.newHttpClient(), Duration.ofSeconds(10));
  private static final String PATH = "models/assistant/1.0.0+x/release.json";
  private static final String MANIFEST = "/v2/acme/assistant/manifests/1.0.0_x";
  private static final byte[] BYTES = "0123456789".getBytes(UTF_8);
  private static final String BLOB = FakeRegistry.blob("assistant", BYTES);

  private volatile Instant now = Instant.parse("2026-03-01T12:00:00Z");
  private FakeRegistry registry;

  @BeforeEach
  void start() throws IOException {
    registry = new FakeRegistry();
    registry.put("assistant", "1.0.0_x", "release.json", BYTES);
  }

  @AfterEach
  void stop() {
    registry.close();
  }

  private OciArtifactSource source() {
    return source(registry.known());
  }

  private OciArtifactSource source(OciRegistry known) {
    InstantSource clock = () -> now;
    return new OciArtifactSource(known, READER, clock);
  }

  private static TransferException refusal(OciArtifactSource source) {
    return catchThrowableOfType(TransferException.class, () -> source.document(PATH, 100));
  }

  private static String rest(OciArtifactSource source, long offset) throws IOException {
    try (BlobStream stream = source.open(Sha256.of(BYTES), offset)) {
      assertThat(stream.offsetBytes()).isEqualTo(offset);
      return new String(stream.bytes().readAllBytes(), UTF_8);
    }
  }

  private void giveToken(String token, String more) {
    registry.answer("/token", e -> send(e, 200, "{\"token\":\"" + token + "\"" + more + "}"));
  }

  private void wantOwnToken() {
    registry.wantToken(registry.address() + "/token");
    giveToken("first", "");
  }

  @Test
  void asksForATokenToPullWhateverTheRegistryWouldLike() {
    wantOwnToken();
    try (OciArtifactSource source = source()) {
      assertThat(source.document(PATH, 10)).isEqualTo(BYTES);
    }
    assertThat(registry.requests())
        .containsExactly(
            MANIFEST + " null null",
            "/token?service=s&scope=repository%3Aacme%2Fassistant%3Apull null Basic"
                + " ZGV2aWNlOmh1c2g=",
            MANIFEST + " null Bearer first",
            BLOB + " null Bearer first");
  }

  @Test
  void asksForItsOwnRepositoryIfTheRegistryNamesAnother() {
    registry.wantToken(registry.address() + "/token", "repository:other/secret:pull");
    giveToken("first", "");
    try (OciArtifactSource source = source()) {
      assertThat(source.document(PATH, 10)).isEqualTo(BYTES);
    }
    assertThat(registry.requests())
        .filteredOn(request -> request.startsWith("/token"))
        .singleElement()
        .asString()
        .contains("scope=repository%3Aacme%2Fassistant%3Apull ");
  }

  @Test
  void showsItsPasswordToAForeignTokenServiceOnlyIfThatIsAllowed() throws IOException {
    try (FakeRegistry foreign = new FakeRegistry()) {
      registry.wantToken(foreign.address() + "/token");
      foreign.answer("/token", e -> send(e, 200, "{\"token\":\"first\"}"));
      try (OciArtifactSource source = source()) {
        assertThat(refusal(source)).hasMessageContaining("withOtherHosts");
      }
      assertThat(foreign.requests()).isEmpty();
      try (OciArtifactSource source =
          source(registry.known().withOtherHosts(host -> host.equals("127.0.0.1")))) {
        assertThat(source.document(PATH, 10)).isEqualTo(BYTES);
      }
    }
  }

  @Test
  void aForeignTokenServiceMayServeWhoHasNoPassword() throws IOException {
    try (FakeRegistry foreign = new FakeRegistry();
        OciArtifactSource nobody = source(OciRegistry.at(registry.address(), "acme"))) {
      registry.wantToken(foreign.address() + "/token");
      foreign.answer("/token", e -> send(e, 200, "{\"token\":\"first\"}"));
      assertThat(nobody.document(PATH, 10)).isEqualTo(BYTES);
      assertThat(foreign.requests()).singleElement().asString().endsWith(" null null");
    }
  }

  @Test
  void asksForANewTokenWhenTheFirstHasExpiredOrIsNotTakenAnyMore() throws IOException {
    wantOwnToken();
    try (OciArtifactSource source = source()) {
      source.document(PATH, 10);
      now = now.plusSeconds(56);
      giveToken("second", ",\"expires_in\":3600");
      registry.accept("Bearer second");
      assertThat(rest(source, 0)).isEqualTo("0123456789");
      now = now.plusSeconds(3000);
      giveToken("third", "");
      registry.accept("Bearer third");
      assertThat(rest(source, 0)).isEqualTo("0123456789");
      registry.accept("Bearer nobody has it");
      assertThatThrownBy(() -> rest(source, 0)).isInstanceOf(TransferException.class);
    }
    assertThat(registry.requests()).filteredOn(r -> r.startsWith("/token")).hasSize(4);
    assertThat(registry.requests()).filteredOn(r -> r.startsWith(BLOB)).hasSize(7);
  }

  @Test
  void showsAPasswordToARegistryThatWantsNoToken() throws IOException {
    registry.wantPassword();
    try (OciArtifactSource source = source()) {
      assertThat(source.document(PATH, 10)).isEqualTo(BYTES);
      assertThat(rest(source, 0)).isEqualTo("0123456789");
    }
    assertThat(registry.requests()).hasSize(4);
    try (OciArtifactSource nobody = source(OciRegistry.at(registry.address(), "acme"))) {
      TransferException e = refusal(nobody);
      assertThat(e.reason()).isEqualTo(Reason.REFUSED);
      assertThat(e).hasMessageContaining("UNAUTHORIZED").hasMessageContaining("credentials");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://auth.example.com/token",
        "http://evil.test/",
        "https://evil.test/",
        "ftp://127.0.0.1/",
        "not an address",
        ""
      })
  void sendsItsPasswordToNobodyWhomItMayNotTrust(String realm) {
    registry.wantToken(realm);
    try (OciArtifactSource source =
        source(registry.known().withOtherHosts(host -> !host.equals("evil.test")))) {
      assertThat(refusal(source).reason()).isEqualTo(Reason.REFUSED);
    }
    assertThat(registry.requests()).containsExactly(MANIFEST + " null null");
  }

  @ParameterizedTest
  @CsvSource({
    "200, {}, REFUSED",
    "200, '{\"token\":\"a b\"}', REFUSED",
    "200, '{\"token\":\"a\",\"token\":\"b\"}', REFUSED",
    "200, not json, REFUSED",
    "401, '', REFUSED",
    "404, '', REFUSED",
    "302, '', REFUSED",
    "503, '', UNREACHABLE",
    "429, '', UNREACHABLE"
  })
  void aTokenServiceThatFailsIsNotAFileThatIsMissing(int status, String body, Reason reason) {
    wantOwnToken();
    registry.answer("/token", e -> send(e, status, body));
    try (OciArtifactSource source = source()) {
      assertThat(refusal(source).reason()).isEqualTo(reason);
    }
  }

  @Test
  void secretsAppearInNoMessage() {
    wantOwnToken();
    registry.accept("Bearer another");
    try (OciArtifactSource source = source()) {
      for (Throwable t = refusal(source); t != null; t = t.getCause()) {
        assertThat(t.toString()).doesNotContain("hush").doesNotContain("first");
      }
      assertThat(source.describe() + FakeRegistry.DEVICE).doesNotContain("hush");
    }
  }

  @Test
  void followsABlobWithoutShowingAnythingToWhoHasIt() throws IOException {
    wantOwnToken();
    try (FakeRegistry elsewhere = new FakeRegistry();
        OciArtifactSource source = source()) {
      elsewhere.answer("/signed", e -> send(e, 200, "0123456789"));
      registry.answer(BLOB, redirect(elsewhere.address() + "/signed?key=hush"));
      assertThat(source.document(PATH, 10)).isEqualTo(BYTES);
      assertThat(elsewhere.requests()).containsExactly("/signed?key=hush null null");
      elsewhere.answer("/signed", e -> send(e, 500, ""));
      TransferException e = refusal(source);
      assertThat(e).hasMessageContaining("/signed").message().doesNotContain("hush");
    }
  }

  @Test
  void followsABlobWithinTheRegistryAsItself() {
    wantOwnToken();
    registry.putBlob("moved", BYTES);
    registry.answer(BLOB, redirect(FakeRegistry.blob("moved", BYTES)));
    try (OciArtifactSource source = source()) {
      assertThat(source.document(PATH, 10)).isEqualTo(BYTES);
    }
    assertThat(registry.requests()).last().asString().endsWith("Bearer first");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://cdn.example.com/x",
        "ftp://127.0.0.1/x",
        "https://evil.test/x",
        "http://u:p@127.0.0.1/x",
        "http://[bad",
        "file:///etc/passwd"
      })
  void followsABlobNowhereElse(String location) {
    registry.answer(BLOB, redirect(location));
    try (OciArtifactSource source =
        source(registry.known().withOtherHosts(host -> !host.equals("evil.test")))) {
      TransferException e = refusal(source);
      assertThat(e.reason()).isEqualTo(Reason.REFUSED);
      assertThat(e).hasMessageContaining("redirects");
    }
  }

  @Test
  void followsABlobInNoCircle() {
    registry.answer(BLOB, redirect(BLOB));
    try (OciArtifactSource source = source()) {
      assertThat(refusal(source)).hasMessageContaining("too often");
    }
  }

  @Test
  void followsNoManifest() {
    registry.answer(MANIFEST, redirect(registry.address() + "/v2/"));
    try (OciArtifactSource source = source()) {
      assertThat(refusal(source).reason()).isEqualTo(Reason.REFUSED);
    }
    assertThat(registry.requests()).hasSize(1);
  }
}
