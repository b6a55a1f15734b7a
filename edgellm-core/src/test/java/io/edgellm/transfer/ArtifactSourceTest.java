package io.edgellm.transfer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.abort;

import io.edgellm.model.ModelException;
import io.edgellm.model.Sha256;
import io.edgellm.transfer.ArtifactSource.BlobStream;
import io.edgellm.transfer.FaultyServer.Fault;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ArtifactSourceTest {
  private static final byte[] DOCUMENT = "0123456789".getBytes(UTF_8);
  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  @TempDir Path dir;

  private static HttpArtifactSource source(URI uri) {
    return new HttpArtifactSource(uri, CLIENT, Duration.ofSeconds(1));
  }

  private static TransferException.Reason refusal(ArtifactSource source, int maxBytes) {
    return catchThrowableOfType(
            TransferException.class, () -> source.document("index.json", maxBytes))
        .reason();
  }

  @Test
  void documentsOfADirectoryAreBoundedAndCannotLeaveTheRoot() throws IOException {
    Files.write(dir.resolve("doc.json"), DOCUMENT);
    try (ArtifactSource source = new DirectoryArtifactSource(dir)) {
      assertThat(source.document("doc.json", 10)).hasSize(10);
      assertThat(
              catchThrowableOfType(TransferException.class, () -> source.document("doc.json", 9))
                  .reason())
          .isEqualTo(TransferException.Reason.REFUSED);
      assertThat(refusal(source, 9)).isEqualTo(TransferException.Reason.NOT_FOUND);
      assertThatThrownBy(() -> source.document("../doc.json", 9))
          .isInstanceOf(ModelException.class);
    }
  }

  @Test
  void aDocumentMayBeAsLongAsAnArray() throws IOException {
    Files.write(dir.resolve("doc.json"), DOCUMENT);
    try (ArtifactSource source = new DirectoryArtifactSource(dir)) {
      assertThat(source.document("doc.json", Integer.MAX_VALUE)).isEqualTo(DOCUMENT);
    }
  }

  @Test
  void aFileOfADirectoryIsReadFromAnyByteOn() throws IOException {
    Files.createDirectories(dir.resolve("blobs/sha256"));
    Files.write(dir.resolve("blobs/sha256/" + Sha256.of(DOCUMENT).hex()), DOCUMENT);
    try (ArtifactSource source = new DirectoryArtifactSource(dir);
        BlobStream rest = source.open(Sha256.of(DOCUMENT), 9)) {
      assertThat(rest.bytes().readAllBytes()).containsExactly('9');
    }
  }

  @Test
  void aDirectoryMayBeTheWorkingDirectory() {
    try (ArtifactSource source = new DirectoryArtifactSource(Path.of(""))) {
      assertThat(source.document("pom.xml", 1 << 20)).isNotEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/a",
        "a//b",
        "a/",
        "a/./b",
        "../a",
        "%2E%2E/a",
        "a/%2e./b",
        "C:/a",
        "a\\b",
        "a%",
        "a%2",
        "a%zz",
        "\u00e4",
        "a?b",
        "a#b"
      })
  void refusesAPathThatIsNotOne(String path) throws IOException {
    try (ArtifactSource directory = new DirectoryArtifactSource(dir);
        FaultyServer server = new FaultyServer(DOCUMENT);
        ArtifactSource http = source(server.uri())) {
      for (ArtifactSource source : new ArtifactSource[] {directory, http}) {
        assertThatThrownBy(() -> source.open(path, 0)).isInstanceOf(ModelException.class);
        assertThatThrownBy(() -> source.document(path, 9)).isInstanceOf(ModelException.class);
      }
      assertThat(server.paths()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "%41", "a%41"})
  void refusesALongPathWithoutGettingLostInIt(String part) {
    try (ArtifactSource directory = new DirectoryArtifactSource(dir)) {
      assertThatThrownBy(() -> directory.open(part.repeat(4096 / part.length() + 1), 0))
          .isInstanceOf(ModelException.class);
      assertThatThrownBy(() -> directory.open(part.repeat(4096 / part.length()), 0))
          .isInstanceOf(TransferException.class);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"abc", "99999999999999999999"})
  void aLengthThatIsNoNumberIsNoAnswer(String length) throws IOException {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        ArtifactSource source =
            source(URI.create("http://127.0.0.1:" + server.getLocalPort() + "/"))) {
      Thread answering = new Thread(() -> answer(server, length));
      answering.start();
      assertThat(refusal(source, 9)).isEqualTo(TransferException.Reason.REFUSED);
    }
  }

  private static void answer(ServerSocket server, String length) {
    try (Socket socket = server.accept()) {
      assertThat(socket.getInputStream().read(new byte[8192])).isPositive();
      String head = "HTTP/1.1 200 OK\r\nContent-Length: " + length + "\r\n\r\n";
      socket.getOutputStream().write(head.getBytes(UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void nothingBeginsBeforeItsFirstByte() throws IOException {
    Files.write(dir.resolve("doc.json"), DOCUMENT);
    try (ArtifactSource directory = new DirectoryArtifactSource(dir);
        ArtifactSource http = source(URI.create("http://localhost/"))) {
      assertThatThrownBy(() -> directory.open("doc.json", -1))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> http.open("doc.json", -1))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void documentsOfAServerAreBounded() throws IOException {
    try (FaultyServer server = new FaultyServer(DOCUMENT);
        ArtifactSource source = source(server.uri())) {
      assertThat(source.document("index.json", 10)).isEqualTo(DOCUMENT);
      assertThat(source.document("index.json", Integer.MAX_VALUE)).isEqualTo(DOCUMENT);
      assertThat(refusal(source, 9)).isEqualTo(TransferException.Reason.REFUSED);
      assertThatThrownBy(() -> source.document("a/../../secret", 9))
          .isInstanceOf(ModelException.class);
    }
  }

  @Test
  void anAddressWithoutAServerIsUnreachable() throws IOException {
    URI nobody;
    try (FaultyServer server = new FaultyServer(DOCUMENT)) {
      nobody = server.uri();
    }
    assertThat(refusal(source(nobody), 10)).isEqualTo(TransferException.Reason.UNREACHABLE);
  }

  @Test
  void aServerThatNeverAnswersOrStopsInTheMiddleStalls() throws IOException {
    try (FaultyServer server = new FaultyServer(DOCUMENT, Fault.SILENT, Fault.STALL)) {
      assertThat(refusal(source(server.uri()), 10)).isEqualTo(TransferException.Reason.STALLED);
      assertThat(refusal(source(server.uri()), 10)).isEqualTo(TransferException.Reason.STALLED);
    }
  }

  @Test
  void theNextReadAfterAStallIsNotTheEnd() throws IOException {
    try (FaultyServer server = new FaultyServer(DOCUMENT, Fault.STALL);
        BlobStream stream = source(server.uri()).open(Sha256.of(DOCUMENT), 0)) {
      assertThat(stream.bytes().readNBytes(5)).hasSize(5);
      TransferException first =
          catchThrowableOfType(TransferException.class, () -> stream.bytes().read());
      assertThatThrownBy(() -> stream.bytes().read()).isSameAs(first);
    }
  }

  @Test
  void aClosedStreamIsNotAtItsEnd() throws IOException {
    try (FaultyServer server = new FaultyServer(DOCUMENT)) {
      BlobStream stream = source(server.uri()).open(Sha256.of(DOCUMENT), 0);
      stream.close();
      assertThatThrownBy(() -> stream.bytes().read()).isInstanceOf(IOException.class);
    }
  }

  @Test
  void anInterruptedCallerLearnsOfItAndKeepsTheFlag() throws IOException {
    try (FaultyServer server = new FaultyServer(DOCUMENT)) {
      Thread.currentThread().interrupt();
      assertThat(refusal(source(server.uri()), 10)).isEqualTo(TransferException.Reason.CANCELLED);
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  @Test
  void aServerHasAnAddressOfTheSixthVersion() throws IOException {
    byte[] loopback = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
    try (FaultyServer server = new FaultyServer(InetAddress.getByAddress(loopback), DOCUMENT)) {
      assertThat(source(server.uri()).document("index.json", 10)).isEqualTo(DOCUMENT);
    } catch (SocketException e) {
      abort("This machine has no IPv6 on its loopback interface.");
    }
  }

  @Test
  void aRootWithoutASlashIsARootAllTheSame() throws IOException {
    try (FaultyServer server = new FaultyServer(DOCUMENT)) {
      URI root = server.uri().resolve("/some/root");
      assertThat(source(root).document("models/a b/1.0.0+x/release.json", 10)).isEqualTo(DOCUMENT);
      assertThat(server.paths()).containsExactly("/some/root/models/a%20b/1.0.0%2Bx/release.json");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ftp://host/",
        "http:opaque",
        "http:///path",
        "https://host/root?token=secret",
        "https://host/root#part",
        "https://user:secret@host/",
        "relative/path"
      })
  void refusesWhatCannotBeARoot(String address) {
    assertThatThrownBy(() -> HttpArtifactSource.at(URI.create(address)))
        .isInstanceOf(IllegalArgumentException.class)
        .message()
        .doesNotContain("secret");
  }

  @Test
  void somethingMustBeGivenTimeToArrive() {
    URI root = URI.create("http://localhost/");
    assertThatThrownBy(() -> new HttpArtifactSource(root, CLIENT, Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
