package io.edgellm.transfer.oci;

import static io.edgellm.transfer.oci.FakeRegistry.send;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.edgellm.model.ModelException;
import io.edgellm.model.ModelId;
import io.edgellm.model.Sha256;
import io.edgellm.transfer.ArtifactSource.BlobStream;
import io.edgellm.transfer.HttpReader;
import io.edgellm.transfer.TransferException;
import io.edgellm.transfer.TransferException.Reason;
import java.io.IOException;
import java.net.http.HttpClient;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a device does with a registry that is not to be trusted. */
final class OciArtifactSourceTest {
  private static final HttpReader READER =
      new HttpReader(HttpClient.newHttpClient(), Duration.ofSeconds(10));
  private static final String PATH = "models/assistant/1.0.0+x/release.json";
  private static final String MANIFEST = "/v2/acme/assistant/manifests/1.0.0_x";
  private static final byte[] BYTES = "0123456789".getBytes(UTF_8);
  private static final String BLOB = FakeRegistry.blob("assistant", BYTES);

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
    return new OciArtifactSource(known, READER, InstantSource.system());
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

  @Test
  void findsAFileByItsPathInTheArtifactAndABlobWithARange() throws IOException {
    try (OciArtifactSource source = source()) {
      assertThat(source.document(PATH, 10)).isEqualTo(BYTES);
      assertThat(rest(source, 7)).isEqualTo("789");
      try (BlobStream part = source.open(PATH, 2, 3)) {
        assertThat(part.offsetBytes()).isEqualTo(2);
      }
    }
    assertThat(registry.requests())
        .containsExactly(
            MANIFEST + " null null",
            BLOB + " null null",
            BLOB + " bytes=7- null",
            MANIFEST + " null null",
            BLOB + " bytes=2-4 null");
  }

  @Test
  void aConnectionThatBreaksInTheMiddleIsNotTheEndOfABlob() throws IOException {
    registry.answer(
        BLOB,
        e -> {
          e.sendResponseHeaders(200, 10);
          e.getResponseBody().write(BYTES, 0, 5);
          e.getResponseBody().flush();
        });
    try (OciArtifactSource source = source();
        BlobStream stream = source.open(PATH, 0)) {
      assertThat(stream.bytes().readNBytes(5)).hasSize(5);
      TransferException e =
          catchThrowableOfType(TransferException.class, () -> stream.bytes().read());
      assertThat(e.reason()).isEqualTo(Reason.UNREACHABLE);
    }
  }

  @Test
  void looksForABlobInTheLineAskedForLastAndThenInTheOthers() throws IOException {
    registry.put("other", "index", "index.json", "x".getBytes(UTF_8));
    OciRegistry lines = registry.known().withLines(List.of(new ModelId("assistant")));
    try (OciArtifactSource source = source(lines)) {
      source.document("models/other/index.json", 10);
      assertThat(rest(source, 0)).isEqualTo("0123456789");
      assertThat(rest(source, 1)).isEqualTo("123456789");
    }
    assertThat(registry.requests().subList(2, 5))
        .containsExactly(
            FakeRegistry.blob("other", BYTES) + " null null",
            BLOB + " null null",
            BLOB + " bytes=1- null");
  }

  @Test
  void aDocumentIsHeldAgainstItsDigestByTheDevice() throws IOException {
    registry.answer(BLOB, e -> send(e, 200, "0123456788"));
    try (OciArtifactSource source = source()) {
      assertThat(refusal(source).reason()).isEqualTo(Reason.CORRUPT);
      try (BlobStream stream = source.open(PATH, 0)) {
        assertThatThrownBy(() -> stream.bytes().readAllBytes())
            .isInstanceOf(TransferException.class)
            .hasMessageContaining("other bytes");
      }
      registry.answer(BLOB, e -> send(e, 200, "012345678"));
      assertThat(refusal(source).reason()).isEqualTo(Reason.CORRUPT);
      registry.answer(BLOB, e -> send(e, 200, "0123456789".repeat(20)));
      assertThat(refusal(source).reason()).isEqualTo(Reason.REFUSED);
    }
  }

  @Test
  void aManifestWithOtherBytesThanThoseOfItsDigestIsCorrupt() {
    registry.answer(
        MANIFEST,
        e -> {
          e.getResponseHeaders().set("Content-Type", OciManifest.MEDIA_TYPE);
          e.getResponseHeaders().set("Docker-Content-Digest", "sha256:" + "0".repeat(64));
          send(e, 200, FakeRegistry.manifest("text/plain", "release.json", BYTES));
        });
    try (OciArtifactSource source = source()) {
      assertThat(refusal(source).reason()).isEqualTo(Reason.CORRUPT);
    }
  }

  @Test
  void anIndexOfSeveralArtifactsIsRefused() {
    registry.answer(
        MANIFEST,
        e -> {
          e.getResponseHeaders().set("Content-Type", "application/vnd.oci.image.index.v1+json");
          send(e, 200, "{\"schemaVersion\":2,\"manifests\":[]}");
        });
    try (OciArtifactSource source = source()) {
      assertThat(refusal(source)).hasMessageContaining("another type");
    }
  }

  @Test
  void aManifestIsReadToFourMebibytes() {
    registry.putManifest("assistant", "1.0.0_x", "{" + " ".repeat(4 << 20) + "}");
    try (OciArtifactSource source = source()) {
      TransferException e = refusal(source);
      assertThat(e.reason()).isEqualTo(Reason.REFUSED);
      assertThat(e).hasMessageContaining("4194304");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "not json",
        "[]",
        "{}",
        "{\"schemaVersion\":1,\"layers\":[]}",
        "{\"schemaVersion\":2,\"layers\":{}}",
        "{\"schemaVersion\":2,\"layers\":[],\"layers\":[]}",
        "{\"schemaVersion\":2,\"mediaType\":\"application/vnd.oci.image.index.v1+json\","
            + "\"layers\":[]}"
      })
  void whatIsNoManifestIsRefused(String json) {
    registry.putManifest("assistant", "1.0.0_x", json);
    try (OciArtifactSource source = source()) {
      assertThat(refusal(source).reason()).isEqualTo(Reason.REFUSED);
    }
  }

  @Test
  void aFileMustBeThereOnceAndUnpacked() {
    String layer = FakeRegistry.layer("text/plain", "release.json", BYTES);
    try (OciArtifactSource source = source()) {
      registry.putManifest(
          "assistant", "1.0.0_x", "{\"schemaVersion\":2,\"layers\":[" + layer + "," + layer + "]}");
      assertThat(refusal(source)).hasMessageContaining("two layers of one name");
      for (String type : List.of("a/b.v1.tar", "a/b.v1.tar+gzip", "a/b+zstd")) {
        registry.putManifest(
            "assistant", "1.0.0_x", FakeRegistry.manifest(type, "release.json", BYTES));
        assertThat(refusal(source)).hasMessageContaining("in an archive");
      }
      registry.putManifest(
          "assistant", "1.0.0_x", FakeRegistry.manifest("text/plain", "release.sig", BYTES));
      assertThat(refusal(source).reason()).isEqualTo(Reason.NOT_FOUND);
      registry.putManifest(
          "assistant",
          "1.0.0_x",
          "{\"schemaVersion\":2,\"layers\":[{\"annotations\":{\"org.cncf.model.filepath\":"
              + "\"release.json\"},\"digest\":\"sha512:00\"}]}");
      assertThat(refusal(source).reason()).isEqualTo(Reason.NOT_FOUND);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "404, NAME_UNKNOWN, NOT_FOUND",
    "403, DENIED, NOT_FOUND",
    "401, UNAUTHORIZED, REFUSED",
    "429, TOOMANYREQUESTS, UNREACHABLE",
    "503, '', UNREACHABLE",
    "400, 'x\ny', REFUSED"
  })
  void everyStatusOfTheRegistryHasItsReason(int status, String code, Reason reason) {
    registry.answer(MANIFEST, e -> send(e, status, "{\"errors\":[{\"code\":\"" + code + "\"}]}"));
    try (OciArtifactSource source = source()) {
      TransferException e = refusal(source);
      assertThat(e.reason()).isEqualTo(reason);
      assertThat(e.getMessage()).doesNotContain("\n");
    }
  }

  @Test
  void aPathThatIsNoneIsRefusedBeforeAnybodyIsAsked() {
    try (OciArtifactSource source = source()) {
      for (String path : List.of("../x", "models//x", "models/a/%2E%2E/x")) {
        assertThatThrownBy(() -> source.document(path, 9)).isInstanceOf(ModelException.class);
      }
      assertThatThrownBy(() -> source.open(PATH, -1)).isInstanceOf(IllegalArgumentException.class);
      assertThat(
              catchThrowableOfType(TransferException.class, () -> source.document("other", 9))
                  .reason())
          .isEqualTo(Reason.NOT_FOUND);
    }
  }

  @Test
  void aClientThatFollowsRedirectsIsNotTaken() {
    HttpClient follows =
        HttpClient.newBuilder().followRedirects(HttpClient.Redirect.NORMAL).build();
    assertThatThrownBy(
            () ->
                new OciArtifactSource(
                    registry.known(),
                    new HttpReader(follows, Duration.ofSeconds(1)),
                    InstantSource.system()))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
