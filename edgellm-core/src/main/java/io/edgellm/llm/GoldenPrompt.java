package io.edgellm.llm;

import com.fasterxml.jackson.databind.JsonNode;
import io.edgellm.internal.json.JsonFault;
import io.edgellm.internal.json.JsonFields;
import io.edgellm.internal.json.StrictJson;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A question whose right answer is known: what a release carries so that a device can tell whether
 * the model still works there.
 *
 * <p>A file of them has one JSON object per line, {@code {"prompt": "…", "expected": "…"}}, in
 * UTF-8; empty lines are skipped and other fields refused.
 *
 * @param prompt what the user says
 * @param expected the whole answer, to be met character by character
 */
public record GoldenPrompt(String prompt, String expected) {
  private static final int MAX_FILE_BYTES = 16 << 20;

  /** Refuses nulls and an empty prompt. */
  public GoldenPrompt {
    Objects.requireNonNull(expected);
    if (prompt.isEmpty()) {
      throw new IllegalArgumentException("A golden prompt must not be empty.");
    }
  }

  /**
   * Reads a file of golden prompts.
   *
   * @param file at most 16 MiB
   * @return at least one prompt, in the order of the file
   * @throws InferenceException with {@code MODEL_INVALID} if the file cannot be read, is not in the
   *     form above, or holds no prompt
   */
  public static List<GoldenPrompt> read(Path file) {
    List<GoldenPrompt> prompts = new ArrayList<>();
    int number = 0;
    for (String line : lines(file)) {
      number++;
      if (!line.isBlank()) {
        prompts.add(parse(line, file, number));
      }
    }
    if (prompts.isEmpty()) {
      throw invalid(file, "holds no golden prompt: write one JSON object per line", null);
    }
    return List.copyOf(prompts);
  }

  private static List<String> lines(Path file) {
    try {
      if (Files.size(file) > MAX_FILE_BYTES) {
        throw invalid(file, "is larger than 16 MiB: golden prompts are a sample, keep fewer", null);
      }
      return Files.readAllLines(file, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw invalid(file, "cannot be read as UTF-8 text: install the release again", e);
    }
  }

  private static GoldenPrompt parse(String line, Path file, int number) {
    try {
      JsonNode node = StrictJson.parse(line.getBytes(StandardCharsets.UTF_8));
      JsonFields fields = JsonFields.of(node);
      GoldenPrompt prompt = new GoldenPrompt(fields.text("prompt"), fields.text("expected"));
      fields.end();
      return prompt;
    } catch (JsonFault | IllegalArgumentException e) {
      throw invalid(file, "is not a golden prompt in line " + number + ": " + e.getMessage(), e);
    }
  }

  private static InferenceException invalid(Path file, String what, @Nullable Exception cause) {
    return new InferenceException(
        InferenceException.Reason.MODEL_INVALID,
        "'" + file.getFileName() + "' " + what + ".",
        file.toString(),
        cause);
  }
}
