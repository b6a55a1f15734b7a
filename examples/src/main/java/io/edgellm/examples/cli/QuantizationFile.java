package io.edgellm.examples.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.edgellm.model.ModelException;
import io.edgellm.model.ReleaseManifest;
import io.edgellm.model.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What a quantizer wrote about its work: {@code quantization.json} of a model directory. */
final class QuantizationFile {
  /** The name under which quantizers leave it. */
  static final String NAME = "quantization.json";

  private static final String CALIBRATION = "calibrationSha256";

  /**
   * What a manifest has a field for, and what only describes the result. Everything else is a knob.
   */
  private static final Set<String> NO_KNOBS =
      Set.of(
          "tool",
          "toolVersion",
          "method",
          "bits",
          "blockSize",
          "symmetric",
          "sourceSha256",
          CALIBRATION,
          "graph",
          "sourceBytes",
          "targetBytes",
          "quantized",
          "kept",
          "leftOut",
          "others");

  private final Path file;

  QuantizationFile(Path file) {
    this.file = file;
  }

  /**
   * Refuses to describe a model by this file that has another one of its own.
   *
   * @param directory the model directory
   */
  void requireSameAsIn(Path directory) {
    Path own = directory.resolve(NAME);
    try {
      if (Files.isRegularFile(own) && Files.mismatch(file, own) >= 0) {
        throw new CommandFault(
            ExitCode.USAGE,
            "CONTRADICTION",
            "'"
                + file
                + "' is not what '"
                + own
                + "' says: leave --quantization out, or name the"
                + " report of this model.");
      }
    } catch (IOException e) {
      throw refused(e.toString(), e);
    }
  }

  ReleaseManifest.Quantization read() {
    try {
      JsonNode json = new ObjectMapper().readTree(Files.readAllBytes(file));
      return new ReleaseManifest.Quantization(
          text(json, "method"),
          json.path("bits").asInt(8),
          json.path("blockSize").asInt(0),
          // Without blocks the codes are of int8, which has no zero points for weights.
          json.path("symmetric").asBoolean(!json.has("blockSize")),
          kept(json),
          text(json, "tool"),
          text(json, "toolVersion"),
          new Sha256(text(json, "sourceSha256")),
          knobs(json),
          calibration(json));
    } catch (IOException | ModelException e) {
      throw refused(String.valueOf(e.getMessage()), e);
    }
  }

  private static List<String> kept(JsonNode json) {
    List<String> nodes = new ArrayList<>();
    json.path("kept").forEach(node -> nodes.add(node.path("node").asText()));
    return nodes;
  }

  private static Map<String, String> knobs(JsonNode json) {
    Map<String, String> knobs = new TreeMap<>();
    json.properties().stream()
        .filter(field -> !NO_KNOBS.contains(field.getKey()))
        .filter(field -> !field.getValue().isNull() && !isEmptyList(field.getValue()))
        .forEach(
            field ->
                knobs.put(
                    field.getKey(),
                    field.getValue().isValueNode()
                        ? field.getValue().asText()
                        : field.getValue().toString()));
    return knobs;
  }

  private static boolean isEmptyList(JsonNode value) {
    return value.isContainerNode() && value.isEmpty();
  }

  private static @Nullable Sha256 calibration(JsonNode json) {
    return json.hasNonNull(CALIBRATION) ? new Sha256(json.get(CALIBRATION).asText()) : null;
  }

  private String text(JsonNode json, String name) {
    JsonNode value = json.path(name);
    if (!value.isTextual()) {
      throw refused("it has no text '" + name + "'", null);
    }
    return value.textValue();
  }

  private CommandFault refused(String what, @Nullable Throwable cause) {
    return new CommandFault(
        ExitCode.USAGE,
        "QUANTIZATION",
        "'" + file + "' is not the report of a quantizer: " + what + ".",
        cause);
  }
}
