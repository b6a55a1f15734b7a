package io.edgellm.inference.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.edgellm.inference.grammar.Grammar;
import io.edgellm.llm.Constraint;
import io.edgellm.llm.Constraint.Whitespace;
import io.edgellm.llm.InferenceException;
import io.edgellm.llm.JsonSchema;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The public test suite of JSON Schema, read in place: of the schemas that can be enforced, no
 * invalid instance may be in the grammar, however its members are ordered. How many valid ones are
 * is written to {@code target/conformance/json-schema.json}.
 */
final class JsonSchemaConformanceTest {
  private final List<String> wronglyAccepted = new ArrayList<>();
  private final List<String> notAccepted = new ArrayList<>();
  private final Map<String, String> refused = new TreeMap<>();
  private int schemas;
  private int valid;
  private int invalid;

  @Test
  void takesNoInvalidInstance() throws IOException {
    String dir = System.getProperty("edgellm.conformance.dir", "");
    Path suite = Path.of(dir, "json-schema", "tests", "draft2020-12");
    assumeTrue(
        !dir.isEmpty() && Files.isDirectory(suite),
        "pass -Dedgellm.conformance.dir=<directory that holds json-schema/, a copy of the public"
            + " JSON Schema test suite> to run it");
    List<Path> files;
    try (Stream<Path> found = Files.walk(suite)) {
      files = found.filter(file -> file.toString().endsWith(".json")).sorted().toList();
    }
    for (Path file : files) {
      for (JsonNode group : CompiledSchema.JSON.readTree(Files.readString(file))) {
        check(suite.relativize(file) + ": " + group.get("description").asText(), group);
      }
    }
    write();
    assertThat(wronglyAccepted).isEmpty();
    assertThat(notAccepted.size()).as("valid ones that are not taken").isLessThan(valid / 10);
  }

  private void check(String name, JsonNode group) {
    schemas++;
    Grammar grammar;
    try {
      JsonSchema schema = new JsonSchema(group.get("schema").toString());
      grammar = ConstraintGrammar.of(new Constraint.Schema(schema, Whitespace.NONE));
    } catch (InferenceException | IllegalArgumentException e) {
      refused.put(name, String.valueOf(e.getMessage()));
      return;
    }
    for (JsonNode test : group.get("tests")) {
      boolean accepted =
          Spellings.of(test.get("data")).stream()
              .anyMatch(text -> CompiledSchema.accepts(grammar, text));
      String which = name + ": " + test.get("description").asText();
      if (test.get("valid").booleanValue()) {
        valid++;
        if (!accepted) {
          notAccepted.add(which + ": " + test.get("data"));
        }
      } else {
        invalid++;
        if (accepted) {
          wronglyAccepted.add(which + ": " + test.get("data"));
        }
      }
    }
  }

  private void write() throws IOException {
    ObjectNode tally = CompiledSchema.JSON.createObjectNode();
    tally.put("suite", "json-schema");
    tally.put("total", valid + invalid);
    tally.put("passed", valid + invalid - notAccepted.size() - wronglyAccepted.size());
    tally.put("schemas", schemas);
    tally.put("schemasRefused", refused.size());
    tally.put("invalid", invalid);
    tally.put("valid", valid);
    wronglyAccepted.forEach(tally.putArray("failed")::add);
    notAccepted.forEach(tally.putArray("validButNotWritten")::add);
    refused.forEach(tally.putObject("refused")::put);
    Path to = Path.of("target", "conformance", "json-schema.json");
    Files.createDirectories(to.getParent());
    Files.writeString(to, tally.toPrettyString());
  }
}
