package io.edgellm.inference;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.edgellm.inference.engine.GoldenChat;
import io.edgellm.llm.LoadedModel;
import io.edgellm.trust.DevelopmentModel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * A copy of a sample model that a test may damage.
 *
 * @param directory where it lies
 */
record SampleCopy(Path directory) {

  static SampleCopy of(String layout, Path parent) {
    Path source = GoldenChat.SAMPLE.resolve(layout);
    Path target = parent.resolve(layout);
    try (Stream<Path> files = Files.walk(source)) {
      for (Path file : files.toList()) {
        Files.copy(file, target.resolve(source.relativize(file).toString()));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new SampleCopy(target);
  }

  Path file(String name) {
    return directory.resolve(name);
  }

  void delete(String name) throws IOException {
    Files.delete(file(name));
  }

  void truncate(String name, double share) throws IOException {
    byte[] bytes = Files.readAllBytes(file(name));
    Files.write(file(name), Arrays.copyOf(bytes, (int) (bytes.length * share)));
  }

  void replace(String name, String old, String with) throws IOException {
    String text = Files.readString(file(name));
    if (!text.contains(old)) {
      throw new AssertionError(name + " does not contain " + old);
    }
    Files.writeString(file(name), text.replace(old, with));
  }

  void editJson(String name, Consumer<JsonNode> edit) throws IOException {
    ObjectMapper mapper = new ObjectMapper();
    JsonNode root = mapper.readTree(file(name).toFile());
    edit.accept(root);
    Files.writeString(file(name), mapper.writeValueAsString(root));
  }

  /** Moves a file out of the directory and leaves a symbolic link to it. */
  void linkOut(String name) throws IOException {
    Path outside = directory.resolveSibling("outside-" + file(name).getFileName());
    Files.move(file(name), outside);
    Files.createSymbolicLink(file(name), outside);
  }

  LoadedModel load() {
    return new OnnxModelLoader(OnnxOptions.builder().threads(1).build())
        .load(DevelopmentModel.at(directory));
  }
}
