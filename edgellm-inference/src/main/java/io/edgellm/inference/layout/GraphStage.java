package io.edgellm.inference.layout;

import java.nio.file.Path;
import java.util.Map;

/**
 * One graph of a decoder that may be split into several. What an earlier stage gives is the input
 * of the same name of a later one.
 *
 * @param graph the ONNX file
 * @param renamed outputs that later stages know by another name, by their own
 */
public record GraphStage(Path graph, Map<String, String> renamed) {

  /** Copies the map. */
  public GraphStage {
    renamed = Map.copyOf(renamed);
  }

  /** Returns a stage whose outputs keep their names. */
  static GraphStage of(Path graph) {
    return new GraphStage(graph, Map.of());
  }
}
