package io.edgellm.inference.drift;

import ai.onnxruntime.TensorInfo;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.edgellm.inference.drift.DriftException.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The shape of an empty cache input: one sequence, no tokens. Graphs of the onnxruntime-genai
 * builder leave the size of a head open and write it into genai_config.json.
 */
final class PastShape {
  private final Path graph;

  PastShape(Path graph) {
    this.graph = graph;
  }

  long[] of(String name, TensorInfo info) {
    long[] shape = info.getShape().clone();
    String[] names = info.getDimensionNames();
    boolean batchSeen = false;
    for (int i = 0; i < shape.length; i++) {
      if (shape[i] < 0) {
        String dimension = names[i].toLowerCase(Locale.ROOT);
        boolean batch = dimension.contains("batch") || (dimension.isEmpty() && !batchSeen);
        batchSeen |= batch;
        shape[i] = batch ? 1 : dimension.contains("head") ? headDimension(name, dimension) : 0;
      }
    }
    return shape;
  }

  private long headDimension(String input, String dimension) {
    String key = dimension.contains("num") ? "num_key_value_heads" : "head_size";
    Path config = graph.resolveSibling("genai_config.json");
    try {
      if (Files.isRegularFile(config)) {
        JsonNode size = new ObjectMapper().readTree(config.toFile()).at("/model/decoder").path(key);
        if (size.canConvertToInt() && size.asInt() > 0) {
          return size.asInt();
        }
      }
    } catch (IOException e) {
      throw unknown(input, key, e);
    }
    throw unknown(input, key, null);
  }

  private static DriftException unknown(String input, String key, @Nullable IOException cause) {
    return new DriftException(
        Reason.UNSUPPORTED_MODEL,
        "The size of " + input + " is open and no genai_config.json says its " + key + ".",
        input,
        cause);
  }
}
