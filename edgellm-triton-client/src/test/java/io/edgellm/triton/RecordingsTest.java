package io.edgellm.triton;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.edgellm.triton.TritonException.Reason;
import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ForkJoinPool;
import java.util.function.Function;
import java.util.function.Supplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Replays what a real Triton server answered. The client's own calls must send the recorded request
 * and read the recorded answer; requests that the client cannot make go through its transport,
 * which must give a value or a {@link TritonException}.
 */
@Timeout(120)
class RecordingsTest {
  private final HttpClient http = HttpClient.newHttpClient();
  private final ConformanceReport report = new ConformanceReport("triton-http");
  private List<Recording> recordings = List.of();

  @BeforeEach
  void readRecordings() throws IOException {
    Path file = Path.of(System.getProperty("edgellm.conformance.dir", ""), "triton", "http.jsonl");
    assumeTrue(
        Files.isRegularFile(file),
        "pass -Dedgellm.conformance.dir=<directory with triton/http.jsonl>");
    recordings = Recording.read(file);
  }

  @Test
  void digestsEveryRecording() throws IOException {
    for (Recording recording : recordings) {
      Function<TritonClient, Object> call = RecordedCalls.of(recording);
      report.check(
          recording.label(),
          () -> {
            if (call == null) {
              digest(recording);
            } else {
              compare(recording, call);
            }
          });
    }
    report.write();
    assertThat(report.failed()).isEmpty();
    assertThat(report.total()).isEqualTo(recordings.size());
  }

  private void compare(Recording recording, Function<TritonClient, Object> call)
      throws IOException {
    try (ScriptedServer server = new ScriptedServer(ScriptedServer.raw(recording.response()))) {
      TritonClient client =
          TritonClient.builder(server.uri()).httpClient(http).retries(RetryPolicy.none()).build();
      Object outcome = outcome(() -> call.apply(client));
      assertThat(server.requests()).hasSize(1);
      assertSameRequest(server.requests().get(0), recording);
      if (outcome instanceof TritonException refusal) {
        assertRefused(refusal, recording);
      } else {
        RecordedCalls.assertSameValue(outcome, recording);
      }
    }
  }

  private static void assertSameRequest(ScriptedServer.Request sent, Recording recording)
      throws IOException {
    assertThat(sent.method()).isEqualTo(recording.method());
    assertThat(sent.path()).isEqualTo(recording.path());
    assertThat(sent.headers().get("content-type"))
        .isEqualTo(recording.headers().get("Content-Type"));
    RecordedBody expected =
        RecordedBody.of(recording.requestBody(), recording.headers().get(RecordedBody.JSON_LENGTH));
    RecordedBody actual =
        RecordedBody.of(
            sent.body(), sent.headers().get(RecordedBody.JSON_LENGTH.toLowerCase(Locale.ROOT)));
    assertThat(actual.json()).isEqualTo(expected.json());
    assertThat(actual.binary()).isEqualTo(expected.binary());
  }

  private static void assertRefused(TritonException refusal, Recording recording)
      throws IOException {
    assertThat(recording.status()).isNotEqualTo(200);
    assertThat(refusal.httpStatus()).hasValue(recording.status());
    assertThat(refusal).hasMessageContaining(recording.responseJson().path("error").textValue());
    assertThat(refusal.reason()).isEqualTo(expectedReason(recording));
  }

  private static Reason expectedReason(Recording recording) {
    if (recording.path().endsWith("load")) {
      return Reason.LOAD_FAILED;
    }
    boolean unknown = recording.status() == 404 || recording.path().endsWith("/stats");
    return unknown ? Reason.NOT_FOUND : Reason.INVALID_REQUEST;
  }

  private void digest(Recording recording) throws IOException {
    try (ScriptedServer server = new ScriptedServer(ScriptedServer.raw(recording.response()))) {
      Object outcome = outcome(() -> send(recording, server));
      if (outcome instanceof TritonException refusal) {
        assertThat(refusal.reason()).isNotIn(Reason.UNREACHABLE, Reason.TIMEOUT, Reason.CANCELLED);
      } else if (outcome instanceof InferResult) {
        RecordedCalls.assertSameValue(outcome, recording);
      } else {
        assertThat(recording.status()).isEqualTo(200);
        assertThat(outcome).isInstanceOf(JsonNode.class);
      }
    }
  }

  private Object send(Recording recording, ScriptedServer server) {
    Transport transport =
        new Transport(
            http,
            ForkJoinPool.commonPool(),
            new Endpoints(List.of(server.uri())),
            Map::of,
            RetryPolicy.none(),
            new Random(1));
    Call<Object> call =
        new Call<>(
            recording.method(),
            recording.path(),
            recording.headers(),
            recording.requestBody(),
            Call.Effect.INFER,
            1 << 20,
            recording.path().endsWith("/infer") ? InferDecoder::decode : Answer::json);
    return transport.send(call, Duration.ofSeconds(30)).join();
  }

  private static Object outcome(Supplier<Object> call) {
    try {
      return call.get();
    } catch (TritonException e) {
      return e;
    } catch (CompletionException e) {
      if (e.getCause() instanceof TritonException refusal) {
        return refusal;
      }
      throw e;
    }
  }
}
