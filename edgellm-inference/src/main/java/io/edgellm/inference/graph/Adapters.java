package io.edgellm.inference.graph;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoraAdapter;
import io.edgellm.inference.internal.ModelFile;
import io.edgellm.inference.layout.ModelDirectory;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The LoRA adapters of a model (Hu et al. 2021): the files {@code adapters/NAME.onnx_adapter} of
 * its directory, in the format of ONNX Runtime, each read when it is used first.
 *
 * <p>An adapter gives values to inputs of the graph that are empty without one. For one thread.
 */
final class Adapters implements AutoCloseable {
  private static final String FOLDER = "adapters";
  private static final String SUFFIX = ".onnx_adapter";

  private final Map<String, Path> files;
  private final Map<String, OrtLoraAdapter> open = new HashMap<>();

  private Adapters(Map<String, Path> files) {
    this.files = Collections.unmodifiableMap(files);
  }

  /**
   * Lists the adapters of a model.
   *
   * @throws io.edgellm.llm.InferenceException MODEL_INVALID if one lies outside of the directory
   */
  static Adapters of(ModelDirectory directory) {
    Map<String, Path> files = new TreeMap<>();
    Path folder = directory.root().resolve(FOLDER);
    if (Files.isDirectory(folder)) {
      try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder, "*" + SUFFIX)) {
        for (Path entry : entries) {
          String name = String.valueOf(entry.getFileName());
          files.put(
              name.substring(0, name.length() - SUFFIX.length()),
              directory.file(FOLDER + "/" + name));
        }
      } catch (IOException e) {
        throw new ModelFile(folder, 0).unreadable(e);
      }
    }
    return new Adapters(files);
  }

  Set<String> names() {
    return files.keySet();
  }

  /**
   * Returns an adapter, which stays open until all are closed.
   *
   * @throws io.edgellm.llm.InferenceException MODEL_INVALID if the file is none
   * @throws IllegalArgumentException if there is none of this name
   */
  OrtLoraAdapter get(String name) {
    Path file = files.get(name);
    if (file == null) {
      throw new IllegalArgumentException("The model has no adapter '" + name + "'.");
    }
    return open.computeIfAbsent(name, any -> read(file));
  }

  private static OrtLoraAdapter read(Path file) {
    try {
      return OrtLoraAdapter.create(file.toString());
    } catch (OrtException e) {
      throw new ModelFile(file, 0).invalid("is not an adapter: " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    open.values().forEach(OrtLoraAdapter::close);
    open.clear();
  }
}
