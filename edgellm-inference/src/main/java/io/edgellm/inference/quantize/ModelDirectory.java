package io.edgellm.inference.quantize;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.edgellm.inference.quantize.QuantizationException.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A model directory that nothing in it can lead out of: every path is resolved, symbolic links
 * included, and must lie below the root.
 *
 * @param root the real path of the directory
 */
record ModelDirectory(Path root) {

  static ModelDirectory open(Path directory) {
    if (!Files.isDirectory(directory)) {
      throw new QuantizationException(
          Reason.MODEL_NOT_FOUND, directory + " is not a directory.", directory.toString());
    }
    try {
      return new ModelDirectory(directory.toRealPath());
    } catch (IOException e) {
      throw new QuantizationException(
          Reason.IO, "Cannot resolve " + directory + ".", directory.toString(), e);
    }
  }

  /**
   * Returns the graph: the decoder that genai_config.json names, else {@code model.onnx} or {@code
   * onnx/model.onnx}, else the only graph there is.
   */
  Path graph() throws IOException {
    Path config = root.resolve("genai_config.json");
    if (Files.isRegularFile(config)) {
      JsonNode name = new ObjectMapper().readTree(config.toFile()).at("/model/decoder/filename");
      if (name.isTextual()) {
        return resolve(root, name.asText());
      }
    }
    for (String usual : List.of("model.onnx", "onnx/model.onnx")) {
      if (Files.isRegularFile(root.resolve(usual))) {
        return resolve(root, usual);
      }
    }
    List<Path> graphs = files().stream().filter(ModelDirectory::isGraph).toList();
    if (graphs.size() != 1) {
      throw new QuantizationException(
          Reason.MODEL_NOT_FOUND,
          "There is no model.onnx or onnx/model.onnx, and "
              + (graphs.isEmpty() ? "no other graph" : graphs.size() + " other graphs")
              + " in the directory: leave the one to quantize.",
          root.toString());
    }
    return graphs.get(0);
  }

  /** Returns all files below the root but hidden ones, sorted by their path with slashes. */
  List<Path> files() throws IOException {
    try (Stream<Path> all = Files.walk(root)) {
      return all.filter(path -> !Files.isDirectory(path))
          .filter(path -> hiddenPart(path).isEmpty())
          .map(path -> resolve(root, root.relativize(path).toString()))
          .sorted((a, b) -> name(a).compareTo(name(b)))
          .toList();
    }
  }

  /** Returns the names of what is hidden: of a directory its own, not those of its files. */
  List<String> hidden() throws IOException {
    try (Stream<Path> all = Files.walk(root)) {
      return all.map(this::hiddenPart).flatMap(Optional::stream).distinct().toList();
    }
  }

  private Optional<String> hiddenPart(Path path) {
    Path inside = root.relativize(path);
    for (int i = 0; i < inside.getNameCount(); i++) {
      if (inside.getName(i).toString().startsWith(".")) {
        return Optional.of(inside.subpath(0, i + 1).toString().replace('\\', '/'));
      }
    }
    return Optional.empty();
  }

  /**
   * Returns the file that a model names.
   *
   * @param base the directory that the name is relative to, below the root
   */
  Path resolve(Path base, String name) {
    try {
      Path path = base.resolve(name).normalize();
      if (Path.of(name).isAbsolute() || !path.startsWith(root)) {
        throw unsafe(name);
      }
      if (!Files.isRegularFile(path)) {
        throw new QuantizationException(
            Reason.MODEL_NOT_FOUND,
            "The model refers to " + name + ", which is not a file in its directory.",
            name);
      }
      // The path itself is returned, not its target: a copy keeps the name that it has here.
      if (!path.toRealPath().startsWith(root)) {
        throw unsafe(name);
      }
      return path;
    } catch (InvalidPathException e) {
      throw unsafe(name);
    } catch (IOException e) {
      throw new QuantizationException(Reason.IO, "Cannot resolve " + name + ".", name, e);
    }
  }

  /** Returns the path of a file below the root, with slashes. */
  String name(Path file) {
    return root.relativize(file).toString().replace('\\', '/');
  }

  static boolean isGraph(Path file) {
    return file.toString().endsWith(".onnx");
  }

  private static QuantizationException unsafe(String name) {
    return new QuantizationException(
        Reason.UNSAFE_PATH,
        "The model refers to a file outside of its directory; copy it in, and refer to it by a"
            + " relative path.",
        name);
  }
}
