package io.edgellm.inference.layout;

import io.edgellm.llm.InferenceException;
import io.edgellm.llm.InferenceException.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/**
 * A model directory that nothing in it can lead out of: every name is resolved, symbolic links
 * included, and must lie below the root.
 *
 * @param root the real path of the directory
 */
public record ModelDirectory(Path root) {

  /**
   * Opens a directory.
   *
   * @throws InferenceException MODEL_INVALID if it is not a directory that can be read
   */
  public static ModelDirectory open(Path directory) {
    try {
      Path root = directory.toRealPath();
      if (Files.isDirectory(root)) {
        return new ModelDirectory(root);
      }
      throw invalid("is not a directory; name the directory that holds the model.", directory);
    } catch (IOException e) {
      throw new InferenceException(
          Reason.MODEL_INVALID,
          directory + " cannot be opened: " + e.getMessage(),
          directory.toString(),
          e);
    }
  }

  /**
   * Opens the directory of the model that a graph belongs to: the one that holds the graph, or, if
   * the configuration is not there, the one above it.
   *
   * @throws InferenceException MODEL_INVALID if it is not a directory that can be read
   */
  public static ModelDirectory of(Path graph) {
    Path folder = graph.toAbsolutePath().normalize().resolveSibling("");
    ModelDirectory holding = open(folder);
    if (ModelLayout.describes(holding) || folder.getParent() == null) {
      return holding;
    }
    ModelDirectory above = open(folder.getParent());
    return ModelLayout.describes(above) ? above : holding;
  }

  /** Returns whether the directory has an entry of this name, of whatever kind. */
  public boolean has(String name) {
    return Files.exists(root.resolve(name), LinkOption.NOFOLLOW_LINKS);
  }

  /**
   * Returns the file that a configuration or a graph names, relative to the root.
   *
   * @throws InferenceException MODEL_INVALID if it is missing, is no regular file, or lies outside
   *     of the directory
   */
  public Path file(String name) {
    return file(root, name);
  }

  /**
   * Returns the file that a file in {@code base} names.
   *
   * @param base a directory below the root
   */
  public Path file(Path base, String name) {
    Path path = inside(base, name);
    try {
      Path real = path.toRealPath();
      if (!real.startsWith(root)) {
        throw invalid("leads out of the model directory; copy the file in.", path);
      }
      if (!Files.isRegularFile(real)) {
        throw invalid("is not a file; the model directory is not complete.", path);
      }
      return real;
    } catch (IOException e) {
      throw new InferenceException(
          Reason.MODEL_INVALID,
          path.getFileName() + " is missing; the model directory is not complete.",
          path.toString(),
          e);
    }
  }

  /**
   * Returns a file of this directory that a host names, by its path inside.
   *
   * @throws InferenceException as {@link #file(String)}
   */
  public Path inside(Path path) {
    Path absolute = path.toAbsolutePath().normalize();
    return file(open(absolute.resolveSibling("")).root(), String.valueOf(path.getFileName()));
  }

  private Path inside(Path base, String name) {
    try {
      Path path = base.resolve(name).normalize();
      if (!name.isEmpty() && !Path.of(name).isAbsolute() && path.startsWith(root)) {
        return path;
      }
    } catch (InvalidPathException e) {
      throw new InferenceException(
          Reason.MODEL_INVALID, "The model names a file that cannot exist.", name, e);
    }
    throw new InferenceException(
        Reason.MODEL_INVALID,
        "The model names '" + name + "', which is not a path inside of its directory.",
        name);
  }

  private static InferenceException invalid(String what, Path path) {
    return new InferenceException(
        Reason.MODEL_INVALID, path.getFileName() + " " + what, path.toString());
  }
}
