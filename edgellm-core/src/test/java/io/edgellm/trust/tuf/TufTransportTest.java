package io.edgellm.trust.tuf;

import static io.edgellm.trust.tuf.TufFailures.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.edgellm.transfer.ArtifactSource;
import io.edgellm.transfer.DirectoryArtifactSource;
import io.edgellm.transfer.HttpArtifactSource;
import io.edgellm.transfer.SourceTufRepository;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One tree of files, as it comes from a directory and from a server of static files. */
class TufTransportTest {
  private static final List<String> ODD_ROLES =
      List.of("team/a", "100%", "a%2Fb", "two words", "a+b", "\u00e4~#?");

  @TempDir Path dir;
  private final TestRepository repository = new TestRepository();

  @BeforeEach
  void publishATree() throws IOException {
    for (String role : ODD_ROLES) {
      repository.delegate("targets", role, false, "models/*");
    }
    String last = ODD_ROLES.get(ODD_ROLES.size() - 1);
    repository.addTarget(last, "models/100% a+b", "the content");
    repository.publish(last);
    repository.publishAll();
    for (Map.Entry<String, byte[]> file : repository.metadata.entrySet()) {
      write("metadata/" + decoded(file.getKey()), file.getValue());
    }
    for (Map.Entry<String, byte[]> file : repository.targets.entrySet()) {
      write("targets/" + file.getKey(), file.getValue());
    }
  }

  private void write(String path, byte[] bytes) throws IOException {
    Path file = tree().resolve(path);
    Files.createDirectories(file.resolveSibling(""));
    Files.write(file, bytes);
  }

  private Path tree() {
    return dir.resolve("tree");
  }

  private static String decoded(String path) {
    return URLDecoder.decode(path.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  private TufClient client(ArtifactSource source) {
    return new TufClient(
        repository.file("1.root.json"),
        new SourceTufRepository(source),
        TufStore.at(dir.resolve("cache")),
        TufLimits.defaults(),
        repository);
  }

  private void requireDelivered(ArtifactSource source) {
    TufClient client = client(source);
    assertThat(client.refresh().targets()).isEqualTo(2);
    client.download(client.findTarget("models/100% a+b").orElseThrow(), dir.resolve("here"));
    assertThat(dir.resolve("here")).hasContent("the content");
  }

  @Test
  void worksFromADirectory() {
    requireDelivered(new DirectoryArtifactSource(tree()));
  }

  @Test
  void worksFromAServerOfStaticFiles() throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/root/", this::send);
    server.start();
    try (ArtifactSource source =
        HttpArtifactSource.at(
            URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/root"))) {
      requireDelivered(source);
    } finally {
      server.stop(0);
    }
  }

  private void send(HttpExchange exchange) throws IOException {
    try (exchange) {
      Path file = tree().resolve(exchange.getRequestURI().getPath().substring("/root/".length()));
      if (!Files.isRegularFile(file)) {
        exchange.sendResponseHeaders(404, -1);
        return;
      }
      byte[] bytes = Files.readAllBytes(file);
      exchange.sendResponseHeaders(200, bytes.length);
      exchange.getResponseBody().write(bytes);
    }
  }

  @Test
  void saysWhatASourceLacks() throws IOException {
    Files.delete(tree().resolve("metadata/timestamp.json"));

    TufException absent =
        assertRefused(
            TufException.Reason.NOT_FOUND,
            () -> client(new DirectoryArtifactSource(tree())).refresh());
    assertThat(absent)
        .hasMessage(
            "There is no update repository here (no 'metadata/timestamp.json'): check the"
                + " address.");
  }

  @Test
  void saysThatASourceCannotBeRead() throws IOException {
    Path file = tree().resolve("metadata/timestamp.json");
    Files.delete(file);
    Files.createDirectory(file);

    assertRefused(
        TufException.Reason.UNAVAILABLE,
        () -> client(new DirectoryArtifactSource(tree())).refresh());
  }
}
