package io.edgellm.inference.calibration;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.edgellm.inference.calibration.CalibrationException.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads samples from a file of lines. */
final class CalibrationFile {
  private final Path file;
  private final ObjectMapper mapper = new ObjectMapper();

  private CalibrationFile(Path file) {
    this.file = file;
  }

  static Stream<CalibrationSample> samples(Path file) {
    return new CalibrationFile(file).read().stream();
  }

  private List<CalibrationSample> read() {
    List<String> lines;
    try {
      lines = Files.readAllLines(file);
    } catch (IOException e) {
      throw new CalibrationException(
          Reason.IO, file + " is not a readable UTF-8 file: " + e, file.toString(), e);
    }
    boolean json = file.toString().endsWith(".jsonl");
    List<CalibrationSample> samples = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      if (!lines.get(i).isBlank()) {
        samples.add(json ? sample(lines.get(i), i + 1) : new CalibrationSample.Text(lines.get(i)));
      }
    }
    return samples;
  }

  private CalibrationSample sample(String line, int number) {
    try {
      JsonNode json = mapper.readTree(line);
      if (json.path("text").isTextual()) {
        return new CalibrationSample.Text(json.path("text").asText());
      }
      JsonNode tokens = json.path("tokens");
      if (tokens.isArray()) {
        int[] ids = new int[tokens.size()];
        for (int i = 0; i < ids.length; i++) {
          if (!tokens.get(i).canConvertToInt()) {
            throw invalid(number, null);
          }
          ids[i] = tokens.get(i).intValue();
        }
        return new CalibrationSample.Tokens(ids);
      }
    } catch (JsonProcessingException e) {
      throw invalid(number, e);
    }
    throw invalid(number, null);
  }

  private CalibrationException invalid(int number, @Nullable Throwable cause) {
    return new CalibrationException(
        Reason.INVALID_DATA,
        "Line "
            + number
            + " of "
            + file
            + " is neither {\"text\": \"…\"} nor {\"tokens\": [1, 2, …]}.",
        file + ":" + number,
        cause);
  }
}
