package io.edgellm.inference.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.edgellm.inference.internal.ModelFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The texts of the tokens that a model names by their part: {@code bos_token} → {@code <|bos|>}.
 *
 * <p>From special_tokens_map.json and tokenizer_config.json of the model directory, of which the
 * second wins; either may be absent. A chat template refers to them by the same names.
 *
 * @param byName the text of each token by its name, for example {@code eos_token}
 */
public record SpecialTokens(Map<String, String> byName) {
  private static final int MAX_BYTES = 64 << 20;

  /** Copies the map. */
  public SpecialTokens {
    byName = Map.copyOf(byName);
  }

  /** Returns the text of the token with this name, for example {@code pad_token}. */
  public Optional<String> text(String name) {
    return Optional.ofNullable(byName.get(name));
  }

  static SpecialTokens read(Path directory, ObjectMapper mapper) {
    Map<String, String> byName = new HashMap<>();
    for (String name : new String[] {"special_tokens_map.json", "tokenizer_config.json"}) {
      Path path = directory.resolve(name);
      if (Files.isRegularFile(path)) {
        addTo(byName, new ModelFile(path, MAX_BYTES), mapper);
      }
    }
    return new SpecialTokens(byName);
  }

  private static void addTo(Map<String, String> byName, ModelFile file, ObjectMapper mapper) {
    try {
      mapper
          .readTree(file.read())
          .properties()
          .forEach(
              field -> {
                JsonNode value = field.getValue();
                JsonNode text = value.isObject() ? value.path("content") : value;
                if (field.getKey().endsWith("_token") && text.isTextual()) {
                  byName.put(field.getKey(), text.textValue());
                }
              });
    } catch (IOException e) {
      throw file.invalid("is not JSON: " + e.getMessage(), e);
    }
  }
}
