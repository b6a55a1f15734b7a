package io.edgellm.inference.drift;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.edgellm.inference.drift.DriftException.Reason;
import io.edgellm.inference.layout.ModelDirectory;
import io.edgellm.inference.template.TemplateSources;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/**
 * Whether two models make the same tokens of the same text. Figures of models that do not cannot be
 * compared.
 */
final class TextSides {
  private static final String TOKENIZER = "tokenizer.json";

  private TextSides() {}

  static void requireSame(ModelDirectory reference, ModelDirectory candidate) {
    Path one = reference.file(TOKENIZER);
    Path other = candidate.file(TOKENIZER);
    try {
      Optional<String> difference =
          Files.mismatch(one, other) < 0 ? Optional.empty() : difference(one, other);
      if (difference.isPresent()) {
        throw different("tokenizer.json differs at " + difference.get(), other);
      }
    } catch (IOException e) {
      throw different("tokenizer.json cannot be compared (" + e + ")", other);
    }
    if (!TemplateSources.read(reference.root()).equals(TemplateSources.read(candidate.root()))) {
      throw different("the chat templates differ", candidate.root());
    }
  }

  /** The first place where the values differ; layout is of no importance, order of fields is. */
  private static Optional<String> difference(Path one, Path other) throws IOException {
    JsonFactory factory =
        JsonFactory.builder().disable(JsonFactory.Feature.INTERN_FIELD_NAMES).build();
    try (JsonParser first = factory.createParser(one.toFile());
        JsonParser second = factory.createParser(other.toFile())) {
      while (true) {
        JsonToken token = first.nextToken();
        if (token != second.nextToken() || !sameText(first, second)) {
          return Optional.of("'" + second.getParsingContext().pathAsPointer() + "'");
        }
        if (token == null) {
          return Optional.empty();
        }
      }
    }
  }

  private static boolean sameText(JsonParser first, JsonParser second) throws IOException {
    return Objects.equals(first.getText(), second.getText());
  }

  private static DriftException different(String what, Path path) {
    return new DriftException(
        Reason.DIFFERENT_TOKENIZER,
        "The models do not read texts alike: "
            + what
            + ". Compare a model with its own source, with the same tokenizer and template.",
        path.toString());
  }
}
