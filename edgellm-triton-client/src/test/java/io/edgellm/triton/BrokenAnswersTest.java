package io.edgellm.triton;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.edgellm.triton.TritonException.Reason;
import java.io.IOException;
import java.io.OutputStream;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Servers that are slow, broken, hostile or no servers of the protocol. */
@Timeout(60)
class BrokenAnswersTest {
  private static final String HEAD =
      "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n";

  @Test
  void cutsABodyThatStalls() throws IOException {
    CompletableFuture<Void> clientGone = new CompletableFuture<>();
    try (ScriptedServer server =
        new ScriptedServer(
            ScriptedServer.stallAfter(
                HEAD + "Content-Length: 100\r\n\r\n{\"name\":", clientGone))) {
      assertThat(reasonOf(() -> impatient(server).serverMetadata())).isEqualTo(Reason.TIMEOUT);
      assertThat(clientGone.join()).isNull();
    }
  }

  @Test
  void cutsHeadersThatStall() throws IOException {
    CompletableFuture<Void> clientGone = new CompletableFuture<>();
    try (ScriptedServer server =
        new ScriptedServer(ScriptedServer.stallAfter("HTTP/1.1 200 OK\r\nX-A: ", clientGone))) {
      assertThat(reasonOf(() -> impatient(server).isLive())).isEqualTo(Reason.TIMEOUT);
      assertThat(clientGone.join()).isNull();
    }
  }

  @Test
  void cutsAnAnswerThatNeverStarts() throws IOException {
    CompletableFuture<Void> clientGone = new CompletableFuture<>();
    try (ScriptedServer server = new ScriptedServer(ScriptedServer.stallAfter("", clientGone))) {
      assertThat(reasonOf(() -> impatient(server).isReady())).isEqualTo(Reason.TIMEOUT);
      assertThat(clientGone.join()).isNull();
    }
  }

  @Test
  void keepsTheDeadlineWhenTheHostsExecutorTakesNoMoreWork() throws IOException {
    try (ScriptedServer server =
        new ScriptedServer(ScriptedServer.stallAfter("", new CompletableFuture<>()))) {
      TritonClient client =
          TritonClient.builder(server.uri())
              .httpClient(HttpClient.newHttpClient())
              .executor(
                  task -> {
                    throw new RejectedExecutionException();
                  })
              .requestTimeout(Duration.ofMillis(300))
              .build();
      assertThat(reasonOf(client::isLive)).isEqualTo(Reason.TIMEOUT);
    }
  }

  @Test
  void closesTheConnectionWhenACallIsCancelled() throws IOException {
    CompletableFuture<Void> clientGone = new CompletableFuture<>();
    CompletableFuture<Void> reached = new CompletableFuture<>();
    ScriptedServer.Script stall =
        ScriptedServer.stallAfter(HEAD + "Content-Length: 9\r\n\r\n{", clientGone);
    try (ScriptedServer server =
        new ScriptedServer(
            peer -> {
              reached.complete(null);
              stall.answer(peer);
            })) {
      CompletableFuture<ServerMetadata> call = client(server).async().serverMetadata();
      reached.join();
      assertThat(call.cancel(true)).isTrue();
      assertThat(clientGone.join()).isNull();
    }
  }

  @Test
  void reportsAnInterruptAndKeepsTheThreadInterrupted() throws IOException {
    CompletableFuture<Void> clientGone = new CompletableFuture<>();
    try (ScriptedServer server = new ScriptedServer(ScriptedServer.stallAfter("", clientGone))) {
      Thread.currentThread().interrupt();
      assertThat(reasonOf(() -> client(server).isReady())).isEqualTo(Reason.CANCELLED);
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  @Test
  void reportsABodyThatIsCutAsABrokenConnection() throws IOException {
    try (ScriptedServer server =
        new ScriptedServer(ScriptedServer.raw(HEAD + "Content-Length: 100\r\n\r\n{\"name\":"))) {
      assertThat(reasonOf(() -> client(server).serverMetadata())).isEqualTo(Reason.UNREACHABLE);
    }
  }

  @Test
  void reportsAConnectionThatClosesWithoutAnswer() throws IOException {
    try (ScriptedServer server = new ScriptedServer(ScriptedServer.raw(""))) {
      assertThat(reasonOf(() -> client(server).serverMetadata())).isEqualTo(Reason.UNREACHABLE);
    }
  }

  @Test
  void reportsARefusedConnection() throws IOException {
    URI closed;
    try (ServerSocket socket = new ServerSocket(0)) {
      closed = URI.create("http://127.0.0.1:" + socket.getLocalPort());
    }
    TritonClient client = TritonClient.builder(closed).retries(RetryPolicy.none()).build();
    assertThat(reasonOf(client::isLive)).isEqualTo(Reason.UNREACHABLE);
  }

  @Test
  void reportsAnswersThatAreNotHttp() throws IOException {
    try (ScriptedServer server = new ScriptedServer(ScriptedServer.raw("SSH-2.0-x\r\n\r\n"))) {
      assertThat(reasonOf(() -> client(server).isLive())).isEqualTo(Reason.PROTOCOL);
    }
  }

  @Test
  void cutsABodyWithoutEnd() throws IOException {
    CompletableFuture<Void> cut = new CompletableFuture<>();
    try (ScriptedServer server =
        new ScriptedServer(
            peer -> {
              OutputStream out = peer.getOutputStream();
              out.write((HEAD + "\r\n[").getBytes(StandardCharsets.ISO_8859_1));
              byte[] blanks = " ".repeat(1 << 16).getBytes(StandardCharsets.ISO_8859_1);
              try {
                while (true) {
                  out.write(blanks);
                }
              } catch (IOException gone) {
                cut.complete(null);
              }
            })) {
      assertThat(reasonOf(() -> client(server).repositoryIndex())).isEqualTo(Reason.PROTOCOL);
      assertThat(cut.join()).isNull();
    }
  }

  @Test
  void holdsErrorBodiesToAMuchSmallerLimit() throws IOException {
    String page = "x".repeat(1 << 20);
    try (ScriptedServer server =
        new ScriptedServer(ScriptedServer.answer(500, "text/html", page))) {
      assertThatExceptionOfType(TritonException.class)
          .isThrownBy(() -> client(server).serverMetadata())
          .satisfies(e -> assertThat(e.reason()).isEqualTo(Reason.SERVER_ERROR))
          .satisfies(e -> assertThat(e.httpStatus()).hasValue(500))
          .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(300));
    }
  }

  @Test
  void refusesJsonThatIsSmallOnTheWireAndLargeInMemory() throws IOException {
    String many = "[" + "[],".repeat(600_000) + "[]]";
    assertThat(reasonOfIndex(many)).isEqualTo(Reason.PROTOCOL);
  }

  @Test
  void refusesJsonThatIsNestedTooDeeply() throws IOException {
    assertThat(reasonOfIndex("[".repeat(5_000))).isEqualTo(Reason.PROTOCOL);
  }

  @Test
  void refusesWhatIsNotTheProtocolsJson() throws IOException {
    for (String body :
        new String[] {
          "",
          "not json",
          "<html>",
          "{",
          "{}",
          "null",
          "[1]",
          "[{}]",
          "[{\"name\":1}]",
          "[{\"name\":null}]",
          "[] []",
          "[{\"name\":\"a\",\"name\":\"b\"}]",
          "[{\"name\":\"a\",\"version\":[]}]"
        }) {
      assertThat(reasonOfIndex(body)).as(body).isEqualTo(Reason.PROTOCOL);
    }
  }

  @Test
  void refusesTextThatIsNotUtf8() throws IOException {
    try (ScriptedServer server =
        new ScriptedServer(
            ScriptedServer.raw(HEAD + "Content-Length: 14\r\n\r\n[{\"name\":\"\u00ff\"}]"))) {
      assertThat(reasonOf(() -> client(server).repositoryIndex())).isEqualTo(Reason.PROTOCOL);
    }
  }

  @Test
  void refusesAnAnswerThatIsCompressed() throws IOException {
    try (ScriptedServer server =
        new ScriptedServer(
            ScriptedServer.raw(
                HEAD + "Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\n\u001f\u008b"))) {
      assertThatExceptionOfType(TritonException.class)
          .isThrownBy(() -> client(server).repositoryIndex())
          .withMessageContaining("compressed")
          .satisfies(e -> assertThat(e.reason()).isEqualTo(Reason.PROTOCOL));
    }
  }

  @Test
  void doesNotFollowARedirect() throws IOException {
    try (ScriptedServer other = new ScriptedServer(ScriptedServer.json(200, "[]"));
        ScriptedServer server =
            new ScriptedServer(
                ScriptedServer.raw(
                    "HTTP/1.1 307 Elsewhere\r\nLocation: "
                        + other.uri()
                        + "/v2/repository/index\r\nContent-Length: 0\r\n"
                        + "Connection: close\r\n\r\n"))) {
      assertThat(reasonOf(() -> client(server).repositoryIndex())).isEqualTo(Reason.PROTOCOL);
      assertThat(other.requests()).isEmpty();
    }
  }

  @Test
  void doesNotTakeAProxysPageForAServerThatIsNotReady() throws IOException {
    String page = "<html>The plain HTTP request was sent to HTTPS port</html>";
    try (ScriptedServer server =
        new ScriptedServer(ScriptedServer.answer(400, "text/html", page))) {
      assertThat(reasonOf(() -> client(server).isReady())).isEqualTo(Reason.PROTOCOL);
    }
  }

  @Test
  void doesNotTakeAnotherServersPageForReady() throws IOException {
    try (ScriptedServer server =
        new ScriptedServer(ScriptedServer.answer(200, "text/html", "<html>Sign in</html>"))) {
      assertThat(reasonOf(() -> client(server).isReady())).isEqualTo(Reason.PROTOCOL);
    }
  }

  @Test
  void keepsControlCharactersOutOfMessages() throws IOException {
    try (ScriptedServer server =
        new ScriptedServer(
            ScriptedServer.json(404, "{\"error\":\"a\\nFATAL\\u001b[2J\\u202eb\"}"))) {
      assertThatExceptionOfType(TritonException.class)
          .isThrownBy(() -> client(server).serverMetadata())
          .withMessageContaining("a FATAL [2J b");
    }
  }

  private static Reason reasonOfIndex(String body) throws IOException {
    try (ScriptedServer server = new ScriptedServer(ScriptedServer.json(200, body))) {
      return reasonOf(() -> client(server).repositoryIndex());
    }
  }

  private static Reason reasonOf(ThrowingCallable call) {
    TritonException[] thrown = new TritonException[1];
    assertThatExceptionOfType(TritonException.class).isThrownBy(call).satisfies(e -> thrown[0] = e);
    return thrown[0].reason();
  }

  private static TritonClient client(ScriptedServer server) {
    return TritonClient.builder(server.uri()).retries(RetryPolicy.none()).build();
  }

  private static TritonClient impatient(ScriptedServer server) {
    return client(server).withRequestTimeout(Duration.ofMillis(300));
  }
}
