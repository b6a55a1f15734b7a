package io.edgellm.triton;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.edgellm.triton.TritonException.Reason;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class TritonClientTest {

  @Test
  void refusesNamesThatAPathCannotCarry() {
    for (String name :
        new String[] {
          "", "a/b", "..", ".", "a b", "a%2Fb", "ä", "a?b", "a#b", "a\n", "x".repeat(256)
        }) {
      assertThatExceptionOfType(TritonException.class)
          .as(name)
          .isThrownBy(() -> ModelRef.of(name))
          .satisfies(e -> assertThat(e.reason()).isEqualTo(Reason.INVALID_REQUEST));
      assertThatExceptionOfType(TritonException.class)
          .as(name)
          .isThrownBy(() -> ModelRef.of("llm", name));
    }
  }

  @Test
  void refusesAddressesThatAreNoServers() {
    for (String address :
        new String[] {
          "ftp://host",
          "host:8000",
          "http:///v2",
          "http://user:pass@host",
          "http://host?x=1",
          "http://host#x"
        }) {
      assertThatExceptionOfType(TritonException.class)
          .as(address)
          .isThrownBy(() -> TritonClient.builder(URI.create(address)))
          .satisfies(e -> assertThat(e.getMessage()).doesNotContain("pass"));
    }
    assertThatExceptionOfType(TritonException.class).isThrownBy(TritonClient::builder);
  }

  @Test
  void refusesTimeoutsThatAreNotPositive() {
    TritonClientBuilder builder = TritonClient.builder(URI.create("http://localhost"));
    assertThatExceptionOfType(TritonException.class)
        .isThrownBy(() -> builder.requestTimeout(Duration.ZERO));
    assertThatExceptionOfType(TritonException.class)
        .isThrownBy(() -> builder.build().withRequestTimeout(Duration.ofSeconds(-1)));
  }

  @Test
  void refusesAnHttpClientThatFollowsRedirects() {
    HttpClient http = HttpClient.newBuilder().followRedirects(HttpClient.Redirect.NORMAL).build();
    assertThatExceptionOfType(TritonException.class)
        .isThrownBy(
            () -> TritonClient.builder(URI.create("http://localhost")).httpClient(http).build());
  }

  @Test
  void keepsThePathOfTheBaseAddress() throws IOException {
    try (ScriptedServer server = new ScriptedServer(ScriptedServer.json(200, "[]"))) {
      client(URI.create(server.uri() + "/triton/")).repositoryIndex();
      assertThat(server.requests().get(0).path()).isEqualTo("/triton/v2/repository/index");
    }
  }

  @Test
  void speaksHttp11WithoutAnOfferToUpgrade() throws IOException {
    try (ScriptedServer server = new ScriptedServer(ScriptedServer.json(200, ""))) {
      TritonClient client =
          TritonClient.builder(server.uri())
              .httpClient(HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build())
              .build();
      assertThat(client.isLive()).isTrue();
      assertThat(server.requests().get(0).headers())
          .doesNotContainKeys("upgrade", "http2-settings");
    }
  }

  @Test
  void asksForTheHeadersBeforeEachAttempt() throws IOException {
    AtomicInteger tokens = new AtomicInteger();
    try (ScriptedServer server =
        new ScriptedServer(ScriptedServer.json(503, ""), ScriptedServer.json(200, "[]"))) {
      TritonClient.builder(server.uri())
          .retries(new RetryPolicy(2, Duration.ZERO, Duration.ZERO))
          .headers(() -> Map.of("Authorization", "Bearer " + tokens.incrementAndGet()))
          .build()
          .repositoryIndex();
      assertThat(server.requests())
          .extracting(request -> request.headers().get("authorization"))
          .containsExactly("Bearer 1", "Bearer 2");
    }
  }

  @Test
  void keepsASecretThatNoHeaderCanHoldOutOfTheException() {
    TritonClient client =
        TritonClient.builder(URI.create("http://localhost"))
            .headers(() -> Map.of("Authorization", "Bearer s3cret\n"))
            .build();
    assertThatExceptionOfType(TritonException.class)
        .isThrownBy(client::isLive)
        .withMessageContaining("Authorization")
        .withStackTraceContaining("TritonException")
        .satisfies(e -> assertThat(stackTrace(e)).doesNotContain("s3cret"));
  }

  @Test
  void reportsCredentialsThatCannotBeHad() {
    TritonClient client =
        TritonClient.builder(URI.create("http://localhost"))
            .headers(
                () -> {
                  throw new IllegalStateException("no token");
                })
            .build();
    assertThatExceptionOfType(TritonException.class)
        .isThrownBy(client::isLive)
        .withCauseInstanceOf(TritonException.class)
        .satisfies(e -> assertThat(e.reason()).isEqualTo(Reason.INVALID_REQUEST));
  }

  @Test
  void readsTheFlagsOfServersThatAnswerHealthInJson() throws IOException {
    assertReady("{\"ready\":true}", true);
    assertReady("{\"ready\":false}", false);
    assertReady("{}", true);
    assertReady("", true);
  }

  private static void assertReady(String body, boolean expected) throws IOException {
    try (ScriptedServer server = new ScriptedServer(ScriptedServer.json(200, body))) {
      assertThat(client(server.uri()).isModelReady(ModelRef.of("llm"))).isEqualTo(expected);
    }
  }

  @Test
  void sortsStatusesByWhatTheyMeanForTheCall() throws IOException {
    assertThat(reasonOfIndex(401)).isEqualTo(Reason.NOT_ALLOWED);
    assertThat(reasonOfIndex(403)).isEqualTo(Reason.NOT_ALLOWED);
    assertThat(reasonOfIndex(404)).isEqualTo(Reason.NOT_FOUND);
    assertThat(reasonOfIndex(405)).isEqualTo(Reason.PROTOCOL);
    assertThat(reasonOfIndex(413)).isEqualTo(Reason.INVALID_REQUEST);
    assertThat(reasonOfIndex(429)).isEqualTo(Reason.OVERLOADED);
    assertThat(reasonOfIndex(500)).isEqualTo(Reason.SERVER_ERROR);
    assertThat(reasonOfIndex(501)).isEqualTo(Reason.UNSUPPORTED);
    assertThat(reasonOfIndex(504)).isEqualTo(Reason.TIMEOUT);
    assertThat(reasonOfIndex(204)).isEqualTo(Reason.PROTOCOL);
  }

  private static Reason reasonOfIndex(int status) throws IOException {
    try (ScriptedServer server = new ScriptedServer(ScriptedServer.json(status, ""))) {
      TritonException[] thrown = new TritonException[1];
      assertThatExceptionOfType(TritonException.class)
          .isThrownBy(() -> client(server.uri()).repositoryIndex())
          .satisfies(e -> thrown[0] = e);
      assertThat(thrown[0].httpStatus()).hasValue(status);
      return thrown[0].reason();
    }
  }

  @Test
  void readsAModelThatWasNeverLoaded() throws IOException {
    String index =
        "[{\"name\":\"new\"},"
            + "{\"name\":\"bad\",\"version\":\"2\",\"state\":\"UNAVAILABLE\",\"reason\":\"no file\"},"
            + "{\"name\":\"odd\",\"version\":\"1\",\"state\":\"DREAMING\"}]";
    try (ScriptedServer server = new ScriptedServer(ScriptedServer.json(200, index))) {
      assertThat(client(server.uri()).repositoryIndex())
          .containsExactly(
              new IndexEntry("new", null, null, ""),
              new IndexEntry("bad", "2", ModelState.UNAVAILABLE, "no file"),
              new IndexEntry("odd", "1", ModelState.UNKNOWN, ""));
    }
  }

  @Test
  void sendsOverridesOfALoadAsTritonReadsThem() throws IOException {
    try (ScriptedServer server = new ScriptedServer(ScriptedServer.raw(OK_EMPTY))) {
      client(server.uri())
          .loadModel(
              "llm",
              LoadOverrides.config("{\"backend\":\"onnxruntime\"}")
                  .withFile(1, "model.onnx", "abc".getBytes(StandardCharsets.UTF_8)));
      assertThat(new String(server.requests().get(0).body(), StandardCharsets.UTF_8))
          .isEqualTo(
              "{\"parameters\":{\"config\":\"{\\\"backend\\\":\\\"onnxruntime\\\"}\","
                  + "\"file:1/model.onnx\":\"YWJj\"}}");
    }
  }

  @Test
  void refusesOverridesThatTritonCouldNotRead() {
    for (String config : new String[] {"", "{", "[]", "name: x"}) {
      assertThatExceptionOfType(TritonException.class)
          .as(config)
          .isThrownBy(() -> LoadOverrides.config(config));
    }
    assertThatExceptionOfType(TritonException.class)
        .isThrownBy(() -> LoadOverrides.config("{}").withFile(1, "../x", new byte[0]));
  }

  @Test
  void completesFuturesWithTheExceptionItself() throws IOException {
    try (ScriptedServer server =
        new ScriptedServer(ScriptedServer.json(404, "{\"error\":\"unknown\"}"))) {
      assertThatExceptionOfType(CompletionException.class)
          .isThrownBy(client(server.uri()).async().modelMetadata(ModelRef.of("llm"))::join)
          .withCauseInstanceOf(TritonException.class);
    }
  }

  @Test
  void runsOnTheExecutorOfTheHost() throws IOException {
    AtomicInteger tasks = new AtomicInteger();
    ExecutorService threads = Executors.newSingleThreadExecutor();
    try (ScriptedServer server = new ScriptedServer(ScriptedServer.json(200, "[]"))) {
      TritonClient.builder(server.uri())
          .executor(
              task -> {
                tasks.incrementAndGet();
                threads.execute(task);
              })
          .build()
          .repositoryIndex();
      assertThat(tasks).hasPositiveValue();
    } finally {
      threads.shutdownNow();
    }
  }

  private static final String OK_EMPTY =
      "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

  private static String stackTrace(Throwable e) {
    StringWriter text = new StringWriter();
    e.printStackTrace(new PrintWriter(text));
    return text.toString();
  }

  private static TritonClient client(URI server) {
    return TritonClient.builder(server).retries(RetryPolicy.none()).build();
  }
}
