package io.edgellm.examples.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.edgellm.model.Artifact;
import io.edgellm.model.ModelException;
import io.edgellm.model.ReleaseManifest;
import io.edgellm.model.Sha256;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
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

  /**
   * Returns the figures of the quantized model, and the digest of the whole report.
   *
   * @param release what is to be released: the report must be about its files
   */
  ReleaseManifest.Quality read(ReleaseManifest release) {
    try {
      byte[] bytes = Files.readAllBytes(file);
      JsonNode json = new ObjectMapper().readTree(bytes);
      if (!SCHEMA.equals(json.path("schema").asText())) {
        throw refused("does not say schema '" + SCHEMA + "'", null);
      }
      requireMet(json.path("policy"));
      requireAbout(release, json.at("/candidate/sha256").asText());
      return quality(json, Sha256.of(bytes));
    } catch (IOException | ModelException e) {
      throw refused("is not the report of a check: " + e.getMessage(), e);
    }
  }

  private void requireMet(JsonNode policy) {
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
  }

  /** The digest of a checked model is that of what {@code sha256sum} prints for its files. */
  private void requireAbout(ReleaseManifest release, String checked) {
    StringBuilder lines = new StringBuilder();
    for (Artifact artifact : release.files()) {
      lines.append(artifact.sha256()).append("  ").append(artifact.path()).append('\n');
    }
    if (!Sha256.of(lines.toString().getBytes(StandardCharsets.UTF_8)).hex().equals(checked)) {
      throw new CommandFault(
          ExitCode.REFUSED,
          "CHECKED_ANOTHER",
          "'" + file + "' is about another model, or this one changed since: check it again.");
    }
  }

  private ReleaseManifest.Quality quality(JsonNode json, Sha256 digest) {
    int probes = json.at("/quality/probes").asInt();
    if (probes < 1) {
      throw refused("has no probes with right answers: check on such", null);
    }
    return new ReleaseManifest.Quality(
        number(json, "/quality/exactMatch"),
        number(json, "/quality/meanNll"),
        number(json, "/quality/perplexity"),
        json.at("/validation/name").asText(),
        probes,
        number(json, "/quality/referenceNll"),
        new Sha256(json.at("/validation/sha256").asText()),
        json.has("policy") ? digest : null);
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
