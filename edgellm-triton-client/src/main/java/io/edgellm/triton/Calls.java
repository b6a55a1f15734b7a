package io.edgellm.triton;

import com.fasterxml.jackson.databind.JsonNode;
import io.edgellm.triton.TritonException.Reason;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * The calls of the protocol: routes, bodies and the readers of their answers. Routes are exact, a
 * trailing slash is another route.
 */
final class Calls {
  private static final Map<String, String> JSON_CONTENT =
      Map.of("Content-Type", "application/json");
  private static final byte[] NO_BODY = {};
  private static final long MAX_CONTROL_BYTES = 16L << 20;

  private Calls() {}

  static Call<Boolean> live() {
    return get("/v2/health/live", answer -> positive(answer, "live"));
  }

  static Call<Boolean> ready() {
    return get("/v2/health/ready", answer -> positive(answer, "ready"));
  }

  static Call<Boolean> modelReady(ModelRef model) {
    return get(model.path() + "/ready", answer -> positive(answer, "ready"));
  }

  static Call<ServerMetadata> serverMetadata() {
    return get("/v2", object(ServerMetadata::of));
  }

  static Call<ModelMetadata> modelMetadata(ModelRef model) {
    return get(model.path(), object(ModelMetadata::of));
  }

  static Call<ModelConfig> modelConfig(ModelRef model) {
    return get(model.path() + "/config", answer -> ModelConfig.of(answer.json(), answer.path()));
  }

  static Call<List<ModelStatistics>> statistics(ModelRef model) {
    return get(model.path() + "/stats", object(Calls::modelStatistics));
  }

  static Call<List<ModelStatistics>> statistics() {
    return get("/v2/models/stats", object(Calls::modelStatistics));
  }

  private static List<ModelStatistics> modelStatistics(Fields answer) {
    return answer.objects("model_stats", ModelStatistics::of);
  }

  static Call<List<IndexEntry>> index() {
    return index(NO_BODY);
  }

  static Call<List<IndexEntry>> readyIndex() {
    return index("{\"ready\":true}".getBytes(StandardCharsets.UTF_8));
  }

  private static Call<List<IndexEntry>> index(byte[] body) {
    return post("/v2/repository/index", body, Call.Effect.READ, Calls::indexEntries);
  }

  private static List<IndexEntry> indexEntries(Answer answer) {
    JsonNode list = answer.json();
    if (!list.isArray()) {
      throw TritonException.protocol("The repository index must be a list.", answer.path());
    }
    List<IndexEntry> entries = new ArrayList<>(list.size());
    for (JsonNode entry : list) {
      entries.add(IndexEntry.of(Fields.of(entry, answer.path())));
    }
    return List.copyOf(entries);
  }

  static Call<Void> load(String model) {
    return control(model, "load", NO_BODY);
  }

  static Call<Void> load(String model, LoadOverrides overrides) {
    return control(model, "load", overrides.body());
  }

  static Call<Void> unload(String model) {
    return control(model, "unload", NO_BODY);
  }

  static Call<Void> unloadWithDependents(String model) {
    byte[] body = "{\"parameters\":{\"unload_dependents\":true}}".getBytes(StandardCharsets.UTF_8);
    return control(model, "unload", body);
  }

  private static Call<Void> control(String model, String action, byte[] body) {
    String path = "/v2/repository/models/" + ModelRef.of(model).name() + "/" + action;
    return post(path, body, Call.Effect.CONTROL, Calls::nothing);
  }

  @SuppressWarnings("NullAway") // Void has no other value
  private static Void nothing(Answer answer) {
    answer.requireOk();
    return null;
  }

  private static <T> Call<T> get(String path, Function<Answer, T> decoder) {
    return new Call<>("GET", path, Map.of(), NO_BODY, Call.Effect.READ, MAX_CONTROL_BYTES, decoder);
  }

  private static <T> Call<T> post(
      String path, byte[] body, Call.Effect effect, Function<Answer, T> decoder) {
    return new Call<>("POST", path, JSON_CONTENT, body, effect, MAX_CONTROL_BYTES, decoder);
  }

  private static <T> Function<Answer, T> object(Function<Fields, T> reader) {
    return answer -> reader.apply(Fields.of(answer.json(), answer.path()));
  }

  /**
   * Triton says yes with an empty 200 and no with a 400; other servers of the protocol put a flag
   * into a 200. A page in another format is no answer: a proxy's 400 must not read as "not ready".
   */
  private static boolean positive(Answer answer, String flag) {
    boolean words = answer.body().length > 0;
    return switch (answer.status()) {
      case 200 -> !words || Fields.of(answer.json(), answer.path()).flagOr(flag, true);
      case 400, 503 -> {
        if (words && answer.errorText() == null) {
          throw answer.failure(Reason.PROTOCOL, Reasons.withoutWords(answer.status()));
        }
        yield false;
      }
      default -> throw answer.error();
    };
  }
}
