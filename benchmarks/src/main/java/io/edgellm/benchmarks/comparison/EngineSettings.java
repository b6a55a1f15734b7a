package io.edgellm.benchmarks.comparison;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;

/**
 * How an engine runs its model.
 *
 * @param model a directory for ONNX Runtime, a GGUF file for llama.cpp
 * @param cache where this project's engine keeps what it makes of a model when it is first loaded
 * @param threads threads of a forward pass
 * @param context the longest sequence in tokens
 * @param chunk the most tokens of a prompt in a pass; 0 leaves each engine its default
 * @param concurrency requests that run at once, each with the whole context
 * @param fullPrecisionCache whether the cache is fp32 also where that is not the default
 */
record EngineSettings(
    Path model,
    Path cache,
    int threads,
    int context,
    int chunk,
    int concurrency,
    boolean fullPrecisionCache) {

  EngineSettings withConcurrency(int requests) {
    return new EngineSettings(model, cache, threads, context, chunk, requests, fullPrecisionCache);
  }

  String toJson() {
    ObjectNode json = new ObjectMapper().createObjectNode();
    json.put("model", model.toString());
    json.put("cache", cache.toString());
    json.put("threads", threads);
    json.put("context", context);
    json.put("chunk", chunk);
    json.put("concurrency", concurrency);
    json.put("fullPrecisionCache", fullPrecisionCache);
    return json.toString();
  }

  static EngineSettings ofJson(String text) throws IOException {
    JsonNode json = new ObjectMapper().readTree(text);
    return new EngineSettings(
        Path.of(json.path("model").asText()),
        Path.of(json.path("cache").asText()),
        json.path("threads").asInt(),
        json.path("context").asInt(),
        json.path("chunk").asInt(),
        json.path("concurrency").asInt(),
        json.path("fullPrecisionCache").asBoolean());
  }
}
