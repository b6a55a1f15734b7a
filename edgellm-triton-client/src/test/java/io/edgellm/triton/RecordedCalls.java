package io.edgellm.triton;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Which call of the client makes a recorded request, and what its result must hold. */
final class RecordedCalls {
  private static final Pattern MODEL =
      Pattern.compile("/v2/models/([^/]+)(?:/versions/([^/]+))?(?:/(ready|config|stats))?");
  private static final Pattern CONTROL =
      Pattern.compile("/v2/repository/models/([^/]+)/(load|unload)");

  private RecordedCalls() {}

  /** The call that makes this request, or null if the client has none. */
  static @Nullable Function<TritonClient, Object> of(Recording recording) throws IOException {
    if (recording.path().endsWith("/infer")) {
      InferRequest request = RecordedInference.request(recording);
      return request == null ? null : client -> client.infer(request);
    }
    String body = new String(recording.requestBody(), StandardCharsets.UTF_8);
    return switch (recording.method() + " " + recording.path()) {
      case "GET /v2" -> TritonClient::serverMetadata;
      case "GET /v2/health/live" -> TritonClient::isLive;
      case "GET /v2/health/ready" -> TritonClient::isReady;
      case "POST /v2/repository/index" -> index(body);
      default -> recording.method().equals("GET") ? read(recording) : control(recording, body);
    };
  }

  private static @Nullable Function<TritonClient, Object> index(String body) {
    return switch (body) {
      case "" -> TritonClient::repositoryIndex;
      case "{\"ready\": true}" -> TritonClient::readyModels;
      default -> null;
    };
  }

  private static @Nullable Function<TritonClient, Object> read(Recording recording) {
    Matcher path = MODEL.matcher(recording.path());
    if (!path.matches()) {
      return null;
    }
    ModelRef model = new ModelRef(path.group(1), path.group(2));
    String what = path.group(3);
    if (what == null) {
      return client -> client.modelMetadata(model);
    }
    return switch (what) {
      case "ready" -> client -> client.isModelReady(model);
      case "config" -> client -> client.modelConfig(model);
      default -> client -> client.statistics(model);
    };
  }

  private static @Nullable Function<TritonClient, Object> control(
      Recording recording, String body) {
    Matcher path = CONTROL.matcher(recording.path());
    if (!recording.method().equals("POST") || !path.matches()) {
      return null;
    }
    String name = path.group(1);
    return switch (path.group(2) + body) {
      case "load" -> client -> done(() -> client.loadModel(name));
      case "unload" -> client -> done(() -> client.unloadModel(name));
      case "unload{\"parameters\": {\"unload_dependents\": true}}" ->
          client -> done(() -> client.unloadModelWithDependents(name));
      default -> null;
    };
  }

  private static Object done(Runnable call) {
    call.run();
    return "done";
  }

  /** Compares a result with the recorded answer, field by field. */
  static void assertSameValue(Object result, Recording recording) throws IOException {
    if (result instanceof Boolean yes) {
      assertThat(yes).isEqualTo(recording.status() == 200);
      return;
    }
    assertThat(recording.status()).isEqualTo(200);
    if (result.equals("done")) {
      return;
    }
    if (result instanceof InferResult inferred) {
      RecordedInference.assertSame(inferred, recording);
      return;
    }
    JsonNode json = recording.responseJson();
    if (result instanceof ServerMetadata metadata) {
      assertThat(metadata)
          .isEqualTo(
              new ServerMetadata(
                  json.path("name").textValue(),
                  json.path("version").textValue(),
                  texts(json.path("extensions"))));
    } else if (result instanceof ModelMetadata metadata) {
      assertThat(metadata).isEqualTo(metadata(json));
    } else if (result instanceof ModelConfig config) {
      assertSameConfig(config, json);
    } else if (recording.path().endsWith("/stats")) {
      assertThat(result).isEqualTo(statistics(json.path("model_stats")));
    } else {
      assertThat(result).isEqualTo(index(json));
    }
  }

  private static ModelMetadata metadata(JsonNode json) {
    return new ModelMetadata(
        json.path("name").textValue(),
        texts(json.path("versions")),
        json.path("platform").textValue(),
        signatures(json.path("inputs")),
        signatures(json.path("outputs")));
  }

  private static List<ModelMetadata.TensorSignature> signatures(JsonNode tensors) {
    List<ModelMetadata.TensorSignature> signatures = new ArrayList<>();
    for (JsonNode tensor : tensors) {
      signatures.add(
          new ModelMetadata.TensorSignature(
              tensor.path("name").textValue(),
              DataType.valueOf(tensor.path("datatype").textValue()),
              wholes(tensor.path("shape"))));
    }
    return signatures;
  }

  private static void assertSameConfig(ModelConfig config, JsonNode json) throws IOException {
    assertThat(config.name()).isEqualTo(json.path("name").textValue());
    assertThat(config.platform()).isEqualTo(json.path("platform").textValue());
    assertThat(config.backend()).isEqualTo(json.path("backend").textValue());
    assertThat(config.maxBatchSize()).isEqualTo(json.path("max_batch_size").longValue());
    assertThat(config.versionPolicy())
        .isEqualTo(
            new VersionPolicy.Specific(wholes(json.at("/version_policy/specific/versions"))));
    assertThat(config.inputs())
        .containsExactly(
            new ModelConfig.TensorConfig(
                json.at("/input/0/name").textValue(),
                DataType.FP32,
                wholes(json.at("/input/0/dims"))));
    assertThat(config.outputs())
        .containsExactly(
            new ModelConfig.TensorConfig(
                json.at("/output/0/name").textValue(),
                DataType.FP32,
                wholes(json.at("/output/0/dims"))));
    assertThat(config.instanceGroups())
        .containsExactly(
            new ModelConfig.InstanceGroup(
                json.at("/instance_group/0/name").textValue(),
                json.at("/instance_group/0/kind").textValue(),
                json.at("/instance_group/0/count").longValue()));
    assertThat(config.decoupled()).isFalse();
    assertThat(config.parameters()).isEqualTo(Map.of("intra_op_thread_count", "1"));
    assertThat(Json.READER.readTree(config.json())).isEqualTo(json);
  }

  private static List<ModelStatistics> statistics(JsonNode models) {
    List<ModelStatistics> statistics = new ArrayList<>();
    for (JsonNode model : models) {
      long last = model.path("last_inference").longValue();
      JsonNode sums = model.path("inference_stats");
      statistics.add(
          new ModelStatistics(
              model.path("name").textValue(),
              model.path("version").textValue(),
              last == 0 ? null : Instant.ofEpochMilli(last),
              model.path("inference_count").longValue(),
              model.path("execution_count").longValue(),
              timing(sums.path("success")),
              timing(sums.path("fail")),
              timing(sums.path("queue")),
              timing(sums.path("compute_input")),
              timing(sums.path("compute_infer")),
              timing(sums.path("compute_output")),
              timing(sums.path("cache_hit")),
              timing(sums.path("cache_miss"))));
    }
    return statistics;
  }

  private static ModelStatistics.Timing timing(JsonNode sum) {
    return new ModelStatistics.Timing(
        sum.path("count").longValue(), Duration.ofNanos(sum.path("ns").longValue()));
  }

  private static List<IndexEntry> index(JsonNode json) {
    List<IndexEntry> entries = new ArrayList<>();
    for (JsonNode entry : json) {
      entries.add(
          new IndexEntry(
              entry.path("name").textValue(),
              entry.path("version").textValue(),
              entry.has("state") ? ModelState.valueOf(entry.path("state").textValue()) : null,
              entry.path("reason").asText()));
    }
    return entries;
  }

  private static List<String> texts(JsonNode list) {
    List<String> texts = new ArrayList<>();
    list.forEach(text -> texts.add(text.textValue()));
    return texts;
  }

  private static List<Long> wholes(JsonNode list) {
    List<Long> wholes = new ArrayList<>();
    list.forEach(number -> wholes.add(number.longValue()));
    return wholes;
  }
}
