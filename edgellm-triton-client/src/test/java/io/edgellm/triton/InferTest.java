package io.edgellm.triton;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.edgellm.triton.TritonException.Reason;
import java.io.IOException;
import java.net.http.HttpHeaders;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class InferTest {
  private static final InferRequest ONE_FLOAT =
      InferRequest.builder(ModelRef.of("m"))
          .input("x", Tensor.ofFloats(new float[] {1}, 1))
          .build();
  private static final String NAMED = "{\"model_name\":\"m\",\"outputs\":";

  @Test
  void sendsTensorsBehindTheJsonInItsOrder() throws IOException {
    InferRequest request =
        InferRequest.builder(ModelRef.of("m", 3))
            .id("r1")
            .input("a", Tensor.ofInts(new int[] {1}, 1, 1))
            .input("b", Tensor.ofStrings(List.of("x"), 1))
            .parameter("sequence_id", new InferParameter.Whole(42))
            .parameter("sequence_start", new InferParameter.Flag(true))
            .build();
    try (ScriptedServer server = new ScriptedServer(ScriptedServer.json(200, NAMED + "[]}"))) {
      client(server).infer(request);
      ScriptedServer.Request sent = server.requests().get(0);
      assertThat(sent.path()).isEqualTo("/v2/models/m/versions/3/infer");
      RecordedBody body =
          RecordedBody.of(sent.body(), sent.headers().get("inference-header-content-length"));
      assertThat(body.json())
          .isEqualTo(
              new ObjectMapper()
                  .readTree(
                      "{\"id\":\"r1\",\"parameters\":{\"sequence_id\":42,\"sequence_start\":true,"
                          + "\"binary_data_output\":true},\"inputs\":["
                          + "{\"name\":\"a\",\"shape\":[1,1],\"datatype\":\"INT32\","
                          + "\"parameters\":{\"binary_data_size\":4}},"
                          + "{\"name\":\"b\",\"shape\":[1],\"datatype\":\"BYTES\","
                          + "\"parameters\":{\"binary_data_size\":5}}]}"));
      assertThat(body.binary()).containsExactly(1, 0, 0, 0, 1, 0, 0, 0, 'x');
    }
  }

  @Test
  void refusesRequestsThatAreIncompleteOrReserved() {
    InferRequest.Builder empty = InferRequest.builder(ModelRef.of("m"));
    assertThatExceptionOfType(TritonException.class).isThrownBy(empty::build);
    Tensor tensor = Tensor.ofInts(new int[] {1}, 1);
    assertThatExceptionOfType(TritonException.class)
        .isThrownBy(
            () -> InferRequest.builder(ModelRef.of("m")).input("a", tensor).input("a", tensor));
    assertThatExceptionOfType(TritonException.class)
        .isThrownBy(
            () ->
                InferRequest.builder(ModelRef.of("m"))
                    .input("a", tensor)
                    .parameter("triton_x", new InferParameter.Whole(1))
                    .build());
  }

  @Test
  void readsOutputsOfBothFormsInOneAnswer() throws IOException {
    String json =
        NAMED
            + "[{\"name\":\"a\",\"datatype\":\"INT8\",\"shape\":[2,2],\"data\":[[1,2],[3,-4]]},"
            + "{\"name\":\"b\",\"datatype\":\"BF16\",\"shape\":[1],"
            + "\"parameters\":{\"binary_data_size\":2}}]}";
    InferResult result = infer(json, json.length(), "\u0080?");
    assertThat(result.output("a").data()).isEqualTo(ByteBuffer.wrap(new byte[] {1, 2, 3, -4}));
    assertThat(result.output("b").data().getShort()).isEqualTo((short) 0x3F80);
    assertThatExceptionOfType(TritonException.class)
        .isThrownBy(() -> result.output("c"))
        .satisfies(e -> assertThat(e.reason()).isEqualTo(Reason.NOT_FOUND));
  }

  @Test
  void refusesAnswersThatContradictThemselves() throws IOException {
    for (String output :
        new String[] {
          "\"datatype\":\"FP32\",\"shape\":[1],\"parameters\":{\"binary_data_size\":8}",
          "\"datatype\":\"FP32\",\"shape\":[1],\"parameters\":{\"binary_data_size\":-1}",
          "\"datatype\":\"FP32\",\"shape\":[1],\"parameters\":{\"binary_data_size\":0}",
          "\"datatype\":\"FP32\",\"shape\":[2],\"parameters\":{\"binary_data_size\":4}",
          "\"datatype\":\"FP32\",\"shape\":[-1],\"parameters\":{\"binary_data_size\":4}",
          "\"datatype\":\"FP99\",\"shape\":[1],\"parameters\":{\"binary_data_size\":4}",
          "\"datatype\":\"BYTES\",\"shape\":[1],\"parameters\":{\"binary_data_size\":4}",
          "\"datatype\":\"FP32\",\"shape\":[4611686018427387904,4],\"data\":[]",
          "\"datatype\":\"FP32\",\"shape\":[1]",
          "\"datatype\":\"INT8\",\"shape\":[1],\"data\":[128]",
          "\"datatype\":\"UINT64\",\"shape\":[1],\"data\":[-1]",
          "\"datatype\":\"FP16\",\"shape\":[1],\"data\":[1]",
          "\"datatype\":\"BOOL\",\"shape\":[1],\"data\":[1]",
          "\"datatype\":\"BYTES\",\"shape\":[1],\"data\":[\"\\ud800\"]"
        }) {
      String json = NAMED + "[{\"name\":\"y\"," + output + "}]}";
      assertThatExceptionOfType(TritonException.class)
          .as(output)
          .isThrownBy(() -> decode(json + "\u0001\u0002\u0003\u0004", json.length()))
          .satisfies(e -> assertThat(e.reason()).isEqualTo(Reason.PROTOCOL));
    }
  }

  @Test
  void refusesAHeaderLengthOutsideOfTheBody() throws IOException {
    String json = NAMED + "[]}";
    for (int length : new int[] {-1, json.length() + 1, 999_999_999}) {
      assertThatExceptionOfType(TritonException.class)
          .isThrownBy(() -> decode(json, length))
          .satisfies(e -> assertThat(e.reason()).isEqualTo(Reason.PROTOCOL));
    }
  }

  @Test
  void givesATypedErrorForEveryDamagedAnswer() throws IOException {
    String json =
        NAMED
            + "[{\"name\":\"a\",\"datatype\":\"BYTES\",\"shape\":[2],\"data\":[\"p\",\"q\"]},"
            + "{\"name\":\"b\",\"datatype\":\"BYTES\",\"shape\":[1],"
            + "\"parameters\":{\"binary_data_size\":6}}]}";
    String intact = json + "\u0002\u0000\u0000\u0000hi";
    long seed = 7;
    Random random = new Random(seed);
    for (int round = 0; round < 5_000; round++) {
      char[] damaged = intact.toCharArray();
      for (int hits = random.nextInt(4); hits >= 0; hits--) {
        damaged[random.nextInt(damaged.length)] = (char) random.nextInt(256);
      }
      String body = new String(damaged).substring(0, damaged.length - random.nextInt(3));
      try {
        decode(body, json.length());
      } catch (TritonException expected) {
        assertThat(expected.reason())
            .as("seed %d, round %d", seed, round)
            .isIn(Reason.PROTOCOL, Reason.SERVER_ERROR);
      }
    }
  }

  @Test
  void cutsAResultThatIsLargerThanAllowed() throws IOException {
    try (ScriptedServer server =
        new ScriptedServer(ScriptedServer.json(200, NAMED + "[" + " ".repeat(5_000) + "]}"))) {
      TritonClient client =
          TritonClient.builder(server.uri())
              .retries(RetryPolicy.none())
              .maxResultBytes(1_000)
              .build();
      assertThatExceptionOfType(TritonException.class)
          .isThrownBy(() -> client.infer(ONE_FLOAT))
          .satisfies(e -> assertThat(e.reason()).isEqualTo(Reason.PROTOCOL));
    }
  }

  @Test
  void repeatsAnInferenceThatTheServerDidNotTake() throws IOException {
    try (ScriptedServer server =
        new ScriptedServer(
            ScriptedServer.json(503, "{\"error\":\"Exceeds maximum queue size\"}"),
            ScriptedServer.json(200, NAMED + "[]}"))) {
      TritonClient client =
          TritonClient.builder(server.uri())
              .retries(new RetryPolicy(2, Duration.ZERO, Duration.ZERO))
              .build();
      assertThat(client.infer(ONE_FLOAT).outputs()).isEmpty();
    }
  }

  @Test
  void repeatsNoInferenceWhoseConnectionBroke() throws IOException {
    try (ScriptedServer server = new ScriptedServer(ScriptedServer.raw(""))) {
      TritonClient client =
          TritonClient.builder(server.uri())
              .retries(new RetryPolicy(3, Duration.ZERO, Duration.ZERO))
              .build();
      assertThatExceptionOfType(TritonException.class)
          .isThrownBy(() -> client.infer(ONE_FLOAT))
          .satisfies(e -> assertThat(e.reason()).isEqualTo(Reason.UNREACHABLE));
      assertThat(server.requests()).hasSize(1);
    }
  }

  private static InferResult decode(String body, int headerLength) {
    HttpHeaders headers =
        HttpHeaders.of(
            Map.of(InferEncoder.JSON_LENGTH, List.of(Integer.toString(headerLength))),
            (name, value) -> true);
    byte[] bytes = body.getBytes(StandardCharsets.ISO_8859_1);
    return InferDecoder.decode(new Answer("/infer", Call.Effect.INFER, 200, headers, bytes));
  }

  private static InferResult infer(String json, int headerLength, String binary)
      throws IOException {
    String head =
        "HTTP/1.1 200 OK\r\nInference-Header-Content-Length: "
            + headerLength
            + "\r\nContent-Length: "
            + (json.length() + binary.length())
            + "\r\nConnection: close\r\n\r\n";
    try (ScriptedServer server = new ScriptedServer(ScriptedServer.raw(head + json + binary))) {
      return client(server).infer(ONE_FLOAT);
    }
  }

  private static TritonClient client(ScriptedServer server) {
    return TritonClient.builder(server.uri()).retries(RetryPolicy.none()).build();
  }
}
