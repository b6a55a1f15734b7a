package io.edgellm.triton;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.edgellm.triton.TritonException.Reason;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class RetryPolicyTest {
  private static final RetryPolicy AT_ONCE = new RetryPolicy(3, Duration.ZERO, Duration.ZERO);
  private static final ScriptedServer.Script BUSY =
      ScriptedServer.json(503, "{\"error\":\"Exceeds maximum queue size\"}");
  private static final ScriptedServer.Script EMPTY_INDEX = ScriptedServer.json(200, "[]");

  @Test
  void waitsUniformlyBetweenNothingAndABoundThatDoublesUpToTheLargest() {
    RetryPolicy policy = new RetryPolicy(9, Duration.ofMillis(100), Duration.ofMillis(350));
    long seed = 20260101L;
    Random random = new Random(seed);
    long[] boundMillis = {100, 200, 350, 350};
    for (int failures = 1; failures <= boundMillis.length; failures++) {
      Duration shortest = Duration.ofHours(1);
      Duration longest = Duration.ZERO;
      for (int draw = 0; draw < 2_000; draw++) {
        Duration delay = policy.delayAfter(failures, random);
        shortest = delay.compareTo(shortest) < 0 ? delay : shortest;
        longest = delay.compareTo(longest) > 0 ? delay : longest;
      }
      Duration bound = Duration.ofMillis(boundMillis[failures - 1]);
      assertThat(longest).as("seed %d", seed).isBetween(bound.dividedBy(10).multipliedBy(9), bound);
      assertThat(shortest).as("seed %d", seed).isLessThan(bound.dividedBy(10));
    }
  }

  @Test
  void survivesManyFailuresWithoutOverflow() {
    RetryPolicy policy = new RetryPolicy(100, Duration.ofHours(1), Duration.ofHours(1));
    assertThat(policy.delayAfter(99, new Random(1))).isBetween(Duration.ZERO, Duration.ofHours(1));
  }

  @Test
  void refusesPoliciesThatNeverTryOrNeverEnd() {
    for (int attempts : new int[] {0, -1, 101}) {
      assertThatExceptionOfType(TritonException.class)
          .isThrownBy(() -> new RetryPolicy(attempts, Duration.ZERO, Duration.ZERO));
    }
  }

  @Test
  void repeatsAnOverloadedRead() throws IOException {
    try (ScriptedServer server = new ScriptedServer(BUSY, BUSY, EMPTY_INDEX)) {
      assertThat(client(server).repositoryIndex()).isEmpty();
      assertThat(server.requests()).hasSize(3);
    }
  }

  @Test
  void givesUpAfterTheLastAttemptWithTheServersWords() throws IOException {
    try (ScriptedServer server = new ScriptedServer(BUSY)) {
      assertThatExceptionOfType(TritonException.class)
          .isThrownBy(() -> client(server).repositoryIndex())
          .withMessageContaining("Exceeds maximum queue size")
          .satisfies(e -> assertThat(e.reason()).isEqualTo(Reason.OVERLOADED))
          .satisfies(e -> assertThat(e.httpStatus()).hasValue(503));
      assertThat(server.requests()).hasSize(3);
    }
  }

  @Test
  void repeatsAReadWhoseConnectionBroke() throws IOException {
    String cut = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\nConnection: close\r\n\r\n[";
    try (ScriptedServer server = new ScriptedServer(ScriptedServer.raw(cut), EMPTY_INDEX)) {
      assertThat(client(server).repositoryIndex()).isEmpty();
    }
  }

  @Test
  void repeatsNoOtherServerError() throws IOException {
    for (int status : new int[] {500, 501, 502, 504}) {
      try (ScriptedServer server = new ScriptedServer(ScriptedServer.json(status, "{}"))) {
        assertThatExceptionOfType(TritonException.class)
            .isThrownBy(() -> client(server).repositoryIndex());
        assertThat(server.requests()).as("status %d", status).hasSize(1);
      }
    }
  }

  @Test
  void repeatsNoLoadThatTheServerRefused() throws IOException {
    try (ScriptedServer server = new ScriptedServer(BUSY)) {
      assertThatExceptionOfType(TritonException.class)
          .isThrownBy(() -> client(server).loadModel("llm"))
          .satisfies(e -> assertThat(e.reason()).isEqualTo(Reason.NOT_ALLOWED));
      assertThat(server.requests()).hasSize(1);
    }
  }

  @Test
  void repeatsNoLoadWhoseConnectionBroke() throws IOException {
    String cut = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\nConnection: close\r\n\r\n[";
    try (ScriptedServer server = new ScriptedServer(ScriptedServer.raw(cut))) {
      assertThatExceptionOfType(TritonException.class)
          .isThrownBy(() -> client(server).loadModel("llm"))
          .satisfies(e -> assertThat(e.reason()).isEqualTo(Reason.UNREACHABLE));
      assertThat(server.requests()).hasSize(1);
    }
  }

  @Test
  void goesOnToTheNextServerAndStaysThere() throws IOException {
    try (ScriptedServer server = new ScriptedServer(EMPTY_INDEX)) {
      TritonClient client =
          TritonClient.builder(closedPort(), server.uri()).retries(AT_ONCE).build();
      assertThat(client.repositoryIndex()).isEmpty();
      assertThat(client.withRequestTimeout(Duration.ofSeconds(20)).repositoryIndex()).isEmpty();
      assertThat(server.requests()).hasSize(2);
    }
  }

  @Test
  void loadsOnlyThroughAClientOfOneServer() throws IOException {
    TritonClient client = TritonClient.builder(closedPort(), URI.create("http://[::1]:9")).build();
    assertThatExceptionOfType(TritonException.class)
        .isThrownBy(() -> client.loadModel("llm"))
        .satisfies(e -> assertThat(e.reason()).isEqualTo(Reason.INVALID_REQUEST));
  }

  private static URI closedPort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return URI.create("http://127.0.0.1:" + socket.getLocalPort());
    }
  }

  private static TritonClient client(ScriptedServer server) {
    return TritonClient.builder(server.uri()).retries(AT_ONCE).build();
  }
}
