package io.edgellm.examples.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.edgellm.model.ModelException;
import io.edgellm.model.ReleaseManifest;
import io.edgellm.model.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** What {@code edgellm check} found, as it wrote it; a check that failed makes no release. */
final class CheckFile {
  private static final String SCHEMA = "edgellm.check/v1";

  private final Path file;

  CheckFile(Path file) {
    this.file = file;
  }

  /** Returns the figures of the quantized model, and the digest of the whole report. */
  ReleaseManifest.Quality read() {
    try {
      byte[] bytes = Files.readAllBytes(file);
      return quality(new ObjectMapper().readTree(bytes), Sha256.of(bytes));
    } catch (IOException | ModelException e) {
      throw refused("is not the report of a check: " + e.getMessage(), e);
    }
  }

  private ReleaseManifest.Quality quality(JsonNode json, Sha256 digest) {
    if (!SCHEMA.equals(json.path("schema").asText())) {
      throw refused("does not say schema '" + SCHEMA + "'", null);
    }
    JsonNode policy = json.path("policy");
    if (!policy.isMissingNode() && !policy.path("met").asBoolean()) {
      throw new CommandFault(
          ExitCode.REFUSED,
          "CHECK_FAILED",
          "The model failed its check by the policy '"
              + policy.path("name").asText()
              + "' ("
              + file
              + "): quantize it in another way, and check that.");
    }
    double known = number(json, "/probes/known");
    if (known < 1) {
      throw refused("has no probes with right answers: check on such", null);
    }
    return new ReleaseManifest.Quality(
        number(json, "/probes/candidateRight") / known,
        Math.log(number(json, "/probes/expectedPerplexity/candidate")),
        number(json, "/texts/perplexity/candidate"),
        json.at("/validation/name").asText(),
        (int) known,
        Math.log(number(json, "/probes/expectedPerplexity/reference")),
        new Sha256(json.at("/validation/sha256").asText()),
        policy.isMissingNode() ? null : digest);
  }

  private double number(JsonNode json, String pointer) {
    JsonNode value = json.at(pointer);
    if (!value.isNumber()) {
      throw refused("has no number at " + pointer, null);
    }
    return value.doubleValue();
  }

  private CommandFault refused(String what, @Nullable Throwable cause) {
    return new CommandFault(ExitCode.USAGE, "CHECK", "'" + file + "' " + what + ".", cause);
  }
}
