package io.edgellm.peer;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.edgellm.model.Artifact;
import io.edgellm.model.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class PeerServerTest {
  private static final InetSocketAddress ANY_PORT =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  private static final Duration SHORT = Duration.ofMillis(150);

  private final byte[] bytes = TestBlob.bytes(3 * Artifact.CHUNK_BYTES - 17, 5);
  private final TestBlob blob = TestBlob.of(bytes);
  private final String path = "/v1/blobs/sha256-" + blob.artifact().sha256();
  private final HttpClient client = HttpClient.newHttpClient();
  private PeerServer server;

  private static PeerServerOptions options(int uploads, int waiting, int connections) {
    return new PeerServerOptions(
        uploads,
        waiting,
        SHORT,
        PeerServerOptions.UNLIMITED,
        connections,
        connections,
        SHORT,
        SHORT,
        SHORT,
        Optional.empty());
  }

  @BeforeEach
  void start() {
    serve(PeerServerOptions.defaults());
  }

  private void serve(PeerServerOptions options, int... missing) {
    if (server != null) {
      server.close();
    }
    server = PeerServer.start(ANY_PORT, new ShelfOfOne(blob, missing), options);
  }

  @AfterEach
  void close() {
    server.close();
  }

  private HttpResponse<byte[]> get(String target, String... headers) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri(target)).timeout(Duration.ofMinutes(1));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
  }

  private URI uri(String target) {
    return URI.create("http://127.0.0.1:" + server.address().getPort() + target);
  }

  private Socket connect() throws IOException {
    Socket socket = new Socket(server.address().getAddress(), server.address().getPort());
    socket.setSoTimeout(30_000);
    return socket;
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
      line.append((char) c);
    }
    return line.toString().strip();
  }

  private static boolean ended(Socket socket) throws IOException {
    try {
      return socket.getInputStream().read() < 0;
    } catch (SocketException e) {
      // Reset, where the server had not even accepted it.
      return true;
    }
  }

  /** Sends something as it is, and returns the first line of the answer; empty if there is none. */
  private String raw(String request) throws IOException {
    try (Socket socket = connect()) {
      socket.getOutputStream().write(request.getBytes(ISO_8859_1));
      return line(socket.getInputStream());
    }
  }

  @Test
  void servesAFileAsAWhole() throws Exception {
    HttpResponse<byte[]> response = get(path);

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(Arrays.equals(response.body(), bytes)).isTrue();
    assertThat(response.headers().firstValue("ETag"))
        .contains("\"sha256-" + blob.artifact().sha256() + "\"");
  }

  @ParameterizedTest
  @CsvSource({
    "bytes=0-0, 0, 1",
    "bytes=1048570-1048590, 1048570, 1048591",
    "bytes=3000000-, 3000000, 3145711",
    "bytes=-5, 3145706, 3145711",
    "bytes=5-999999999999, 5, 3145711"
  })
  void servesARange(String range, int from, int to) throws Exception {
    HttpResponse<byte[]> response = get(path, "Range", range);

    assertThat(response.statusCode()).isEqualTo(206);
    assertThat(Arrays.equals(response.body(), Arrays.copyOfRange(bytes, from, to))).isTrue();
    assertThat(response.headers().firstValue("Content-Range"))
        .contains("bytes " + from + "-" + (to - 1) + "/" + bytes.length);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "bytes=3145711-",
        "bytes=5-4",
        "bytes=0-1,3-4",
        "bytes=-0",
        "bytes=-",
        "lines=1-2"
      })
  void refusesARangeThatItDoesNotHave(String range) throws Exception {
    assertThat(get(path, "Range", range).statusCode()).isEqualTo(416);
  }

  @Test
  void saysWhichChunksItHasAndWhetherThatHasChanged() throws Exception {
    serve(PeerServerOptions.defaults(), 1);

    HttpResponse<byte[]> response = get(path + "/have");
    ChunkMap map = ChunkMap.decode(ByteBuffer.wrap(response.body()), 3).orElseThrow();
    String tag = response.headers().firstValue("ETag").orElseThrow();

    assertThat(map.have().stream()).containsExactly(0, 2);
    assertThat(get(path + "/have", "If-None-Match", tag).statusCode()).isEqualTo(304);
    assertThat(get(path + "/have", "If-None-Match", "\"other\"").statusCode()).isEqualTo(200);
  }

  @Test
  void doesNotServeAChunkThatHasNotCome() throws Exception {
    serve(PeerServerOptions.defaults(), 1);

    assertThat(get(path, "Range", "bytes=1048576-1048577").statusCode()).isEqualTo(404);
    assertThat(get(path, "Range", "bytes=0-1048576").statusCode()).isEqualTo(404);
    assertThat(get(path, "Range", "bytes=0-1048575").statusCode()).isEqualTo(206);
    assertThat(get(path).statusCode()).isEqualTo(404);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/",
        "/v1/blobs",
        "/v1/blobs/",
        "/v1/blobs/sha256-00",
        "/v1/blobs/sha256-../../etc/passwd",
        "/v1/blobs/%2e%2e/",
        "/v1/blobs/sha256-AA",
        "/v1/blobs/sha256-0000000000000000000000000000000000000000000000000000000000000000"
      })
  void knowsNoOtherNames(String target) throws Exception {
    assertThat(get(target).statusCode()).isEqualTo(404);
  }

  @ParameterizedTest
  @ValueSource(strings = {"POST", "PUT", "DELETE", "OPTIONS", "TRACE"})
  void takesNoOtherMethod(String method) throws Exception {
    assertThat(raw(method + " " + path + " HTTP/1.1\r\nHost: a\r\n\r\n"))
        .isEqualTo("HTTP/1.1 405 Method Not Allowed");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET / HTTP/1.1\r\n\r\n",
        "GET / HTTP/2.0\r\nHost: a\r\n\r\n",
        "GET http://a/ HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\n folded: b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost : a\r\n\r\n",
        "\r\n\r\n",
        "nonsense\r\n\r\n"
      })
  void refusesWhatIsNoRequest(String request) throws Exception {
    assertThat(raw(request)).isEqualTo("HTTP/1.1 400 Bad Request");
  }

  @Test
  void refusesAHeadWithoutEnd() throws Exception {
    String endless = "GET / HTTP/1.1\r\n" + "X: y\r\n".repeat(2000);

    assertThat(raw(endless.substring(0, RequestHead.MAX_BYTES)))
        .isEqualTo("HTTP/1.1 431 Request Header Fields Too Large");
  }

  @Test
  void answersHeadWithoutBody() throws Exception {
    String request = " " + path + " HTTP/1.1\r\nHost: a\r\n";
    try (Socket socket = connect()) {
      socket
          .getOutputStream()
          .write(
              ("HEAD" + request + "\r\nHEAD" + request + "Connection: close\r\n\r\n")
                  .getBytes(ISO_8859_1));
      String all = new String(socket.getInputStream().readAllBytes(), ISO_8859_1);

      assertThat(all).containsOnlyOnce("Connection: close").endsWith("\r\n\r\n");
      assertThat(all.split("HTTP/1.1 200 OK", -1)).hasSize(3);
      assertThat(all).contains("Content-Length: " + bytes.length);
    }
  }

  @Test
  void endsAConnectionWhoseRequestDoesNotComeToAnEnd() throws Exception {
    serve(options(2, 0, 8));
    assertThat(raw("GET / HTTP/1.1\r\nHost:")).isEmpty();
  }

  @Test
  void endsAConnectionThatIsSilent() throws Exception {
    serve(options(2, 0, 8));
    assertThat(raw("")).isEmpty();
  }

  @Test
  void endsAnUploadThatNobodyReadsAndGivesItsTurnAway() throws Exception {
    serve(options(1, 0, 8));
    try (Socket lazy = connect()) {
      lazy.setReceiveBufferSize(1024);
      lazy.getOutputStream()
          .write(("GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n").getBytes(ISO_8859_1));
      int status = 503;
      while (status == 503) {
        status = get(path, "Range", "bytes=0-9").statusCode();
      }
      assertThat(status).isEqualTo(206);
    }
  }

  @Test
  void aSlowReaderDoesNotKeepItsTurnWhileOthersWait() throws Exception {
    Duration stall = Duration.ofSeconds(10);
    Duration wait = Duration.ofSeconds(9);
    serve(
        new PeerServerOptions(
            1, 1, wait, PeerServerOptions.UNLIMITED, 8, 8, stall, stall, stall, Optional.empty()));
    try (Socket slow = connect()) {
      slow.setReceiveBufferSize(1024);
      slow.getOutputStream()
          .write(("GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n").getBytes(ISO_8859_1));
      assertThat(line(slow.getInputStream())).isEqualTo("HTTP/1.1 200 OK");

      assertThat(get(path, "Range", "bytes=0-9").statusCode()).isEqualTo(206);
    }
  }

  @Test
  void aShelfThatFailsEndsOneConnectionAndNotTheServer() throws Exception {
    server.close();
    ShelfOfOne whole = new ShelfOfOne(blob);
    AtomicBoolean fails = new AtomicBoolean(true);
    BlobShelf shelf =
        new BlobShelf() {
          @Override
          public NodeId node() {
            return whole.node();
          }

          @Override
          public Optional<Holding> find(Sha256 digest) {
            if (fails.getAndSet(false)) {
              throw new IllegalStateException("the host");
            }
            return whole.find(digest);
          }
        };
    server = PeerServer.start(ANY_PORT, shelf, PeerServerOptions.defaults());

    assertThat(raw("GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n")).isEmpty();
    assertThat(get(path).statusCode()).isEqualTo(200);
  }

  @Test
  void turnsAwayWhoComesWhenAllTurnsAreTaken() throws Exception {
    serve(options(1, 0, 8));
    server.limit(1000);
    try (Socket first = connect()) {
      first
          .getOutputStream()
          .write(("GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n").getBytes(ISO_8859_1));
      assertThat(line(first.getInputStream())).isEqualTo("HTTP/1.1 200 OK");

      HttpResponse<byte[]> second = get(path);

      assertThat(second.statusCode()).isEqualTo(503);
      assertThat(second.headers().firstValue("Retry-After")).contains("1");
      assertThat(get(path + "/have").statusCode()).isEqualTo(200);
    }
  }

  @Test
  void letsNothingBeginDuringAPause() throws Exception {
    PeerServer.Pause pause = server.pause();
    PeerServer.Pause another = server.pause();
    assertThat(get(path).statusCode()).isEqualTo(503);
    assertThat(get(path + "/have").statusCode()).isEqualTo(200);

    another.close();
    another.close();
    assertThat(get(path).statusCode()).isEqualTo(503);

    pause.close();
    assertThat(get(path).statusCode()).isEqualTo(200);
  }

  @Test
  void closesMoreConnectionsThanAreAllowed() throws Exception {
    serve(options(1, 0, 2));
    try (Socket first = connect();
        Socket second = connect();
        Socket third = connect()) {
      assertThat(ended(third)).isTrue();
      assertThat(first.isConnected() && second.isConnected()).isTrue();
    }
  }

  @Test
  void closingEndsItsThreadAndItsConnections() throws Exception {
    AtomicReference<Thread> thread = new AtomicReference<>();
    PeerServer other =
        PeerServer.start(
            ANY_PORT,
            new ShelfOfOne(blob),
            PeerServerOptions.defaults(),
            work -> {
              thread.set(new Thread(work, "host's own"));
              return thread.get();
            });
    try (Socket open = new Socket(other.address().getAddress(), other.address().getPort())) {
      other.close();

      assertThat(thread.get()).isNotNull().matches(one -> !one.isAlive());
      assertThat(ended(open)).isTrue();
    }
  }

  @Test
  void saysThatAnAddressIsTaken() {
    assertThatThrownBy(
            () ->
                PeerServer.start(
                    server.address(), new ShelfOfOne(blob), PeerServerOptions.defaults()))
        .isInstanceOfSatisfying(
            PeerException.class,
            e -> assertThat(e.reason()).isEqualTo(PeerException.Reason.ADDRESS));
  }
}
