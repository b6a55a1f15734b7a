package io.edgellm.trust.oms;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * A case of the public suite: what to do with a model, and how it must end.
 *
 * @param suite the directory of the suite
 * @param name the name of the case
 * @param directory where it is
 * @param config what it says
 */
record OmsCase(Path suite, String name, Path directory, JsonNode config) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Lists the cases of a group, {@code verify} or {@code roundtrip}. */
  static List<OmsCase> list(Path suite, String group) throws IOException {
    List<OmsCase> cases = new ArrayList<>();
    Path root = suite.resolve("test-cases").resolve(group);
    try (Stream<Path> files = Files.walk(root)) {
      for (Path config : files.filter(f -> f.endsWith("config.json")).sorted().toList()) {
        Path directory = config.resolveSibling("");
        cases.add(
            new OmsCase(
                suite,
                root.relativize(directory).toString(),
                directory,
                JSON.readTree(config.toFile())));
      }
    }
    return cases;
  }

  String method() {
    return config.path("method").asText();
  }

  boolean mustFail() {
    return config.path("expect").asText().equals("fail");
  }

  byte[] bundle() throws IOException {
    return Files.readAllBytes(directory.resolve("bundle.sig"));
  }

  List<String> ignored() {
    List<String> paths = new ArrayList<>();
    config.path("verify").path("ignore_paths").forEach(p -> paths.add(p.asText()));
    return paths;
  }

  /** Returns the text of a file that the case names, for instance {@code verify/public_key}. */
  String asset(String section, String field) throws IOException {
    Path file = suite.resolve("assets").resolve(config.path(section).path(field).asText());
    // One case names a key that the suite does not ship; any other must do as badly.
    return Files.readString(
        Files.isRegularFile(file)
            ? file
            : suite.resolve("assets/keys/certificate/signing-key-pub.pem"));
  }

  /** Returns the text of all files of a list that the case names. */
  String assets(String section, String field) throws IOException {
    StringBuilder text = new StringBuilder();
    for (JsonNode file : config.path(section).path(field)) {
      text.append(Files.readString(suite.resolve("assets").resolve(file.asText())));
    }
    return text.toString();
  }

  boolean expects(Statement statement) {
    Set<String> expected = new TreeSet<>();
    config.path("expected_signed_files").forEach(f -> expected.add(f.asText()));
    return expected.isEmpty() || expected.equals(new TreeSet<>(statement.fileNames()));
  }

  /** Copies the model of the case, and changes the copy as the case says. */
  Path model(Path temporary) throws IOException {
    String model = config.path("model").asText();
    Path original =
        config.path("model_relative_to").asText().equals("test_dir")
            ? directory.resolve(model)
            : suite.resolve("assets").resolve(model);
    Path copy = Files.createTempDirectory(temporary, "model").resolve(original.getFileName());
    copyTree(original, copy);
    JsonNode changes = config.path("model_modifications");
    for (JsonNode deleted : changes.path("delete")) {
      Files.deleteIfExists(copy.resolve(deleted.asText()));
    }
    for (String kind : List.of("inject", "tamper")) {
      for (Map.Entry<String, JsonNode> file : changes.path(kind).properties()) {
        Files.writeString(copy.resolve(file.getKey()), file.getValue().asText());
      }
    }
    for (Map.Entry<String, JsonNode> link : changes.path("symlinks").properties()) {
      Files.createSymbolicLink(copy.resolve(link.getKey()), Path.of(link.getValue().asText()));
    }
    return copy;
  }

  static void copyTree(Path from, Path to) throws IOException {
    try (Stream<Path> paths = Files.walk(from)) {
      for (Path path : paths.toList()) {
        Path target = to.resolve(from.relativize(path).toString());
        if (Files.isDirectory(path)) {
          Files.createDirectories(target);
        } else {
          // Not Files.copy, which would keep the files read-only.
          Files.write(target, Files.readAllBytes(path));
        }
      }
    }
  }
}
