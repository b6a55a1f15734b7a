package io.edgellm.inference.onnx;

import ai.onnx.proto.OnnxMl.ModelProto;
import io.edgellm.model.Sha256;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.function.Function;

/** One digest of a graph and of all its weights, wherever they lie. */
public final class ModelDigest {
  private ModelDigest() {}

  /**
   * Reads a model to its end.
   *
   * @param name of the graph's file
   * @param graph the file itself
   * @param model what it holds
   * @param files gives the file that a graph names, relative to its directory, or throws if that is
   *     not to be opened
   * @return SHA-256 of what {@code sha256sum} prints for the graph and then, sorted by name, the
   *     files that it names
   */
  public static Sha256 of(String name, Path graph, ModelProto model, Function<String, Path> files)
      throws IOException {
    StringBuilder lines = new StringBuilder(line(graph, name));
    for (String location : ExternalFiles.locations(ExternalFiles.ranges(model))) {
      lines.append(line(files.apply(location), location));
    }
    return Sha256.of(lines.toString().getBytes(StandardCharsets.UTF_8));
  }

  private static String line(Path file, String name) throws IOException {
    return Sha256.of(file).hex() + "  " + name + "\n";
  }
}
