package io.edgellm.inference.graph;

import io.edgellm.inference.internal.ModelFile;
import io.edgellm.inference.layout.ModelDirectory;
import io.edgellm.inference.layout.ModelLayout;
import io.edgellm.inference.memory.MemoryNeed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What opening a graph would mean, read from its declarations before any weights are; immutable.
 */
public final class GraphPlan {
  private final ModelLayout layout;
  private final GraphOutline outline;
  private final SessionSettings settings;
  private final Adapters adapters;
  private final long weightsBytes;

  private GraphPlan(
      ModelLayout layout,
      GraphOutline outline,
      SessionSettings settings,
      Adapters adapters,
      long weightsBytes) {
    this.layout = layout;
    this.outline = outline;
    this.settings = settings;
    this.adapters = adapters;
    this.weightsBytes = weightsBytes;
  }

  /**
   * Reads the declarations, and finds the files that the graph names.
   *
   * @throws io.edgellm.llm.InferenceException MODEL_INVALID if the graph is damaged, or a file that
   *     it names is missing or outside of the directory
   */
  public static GraphPlan read(
      ModelDirectory directory, ModelLayout layout, SessionSettings settings) {
    GraphOutline outline = GraphOutline.read(layout.graph());
    List<Path> files = new ArrayList<>();
    files.add(layout.graph());
    for (String location : outline.externalFiles()) {
      files.add(directory.file(layout.graph().resolveSibling(""), location));
    }
    long bytes = 0;
    for (Path file : files) {
      bytes += size(file);
    }
    return new GraphPlan(layout, outline, settings, Adapters.of(directory), bytes);
  }

  private static long size(Path file) {
    try {
      return Files.size(file);
    } catch (IOException e) {
      throw new ModelFile(file, Integer.MAX_VALUE).invalid("cannot be read: " + e.getMessage(), e);
    }
  }

  /** Returns what the configuration says. */
  public ModelLayout layout() {
    return layout;
  }

  /** Returns how it would be run. */
  public SessionSettings settings() {
    return settings;
  }

  /** Returns the adapters, none of them read yet; whoever opens the graph closes them. */
  Adapters adapters() {
    return adapters;
  }

  /** Returns the signature by what the file or an open session declares. */
  GraphSignature signature(GraphDeclaration declaration) {
    return SignatureReader.read(declaration, outline.operators(), layout);
  }

  /**
   * Estimates the memory.
   *
   * @throws io.edgellm.llm.InferenceException MODEL_UNSUPPORTED with what was seen
   */
  public MemoryNeed memory() {
    GraphSignature signature = signature(outline.declaration());
    LogitsTensor logits = signature.logits();
    long logitsRow = (long) logits.vocabulary() * Float.BYTES;
    boolean allPositions = logits.positions() == LogitsTensor.Positions.ALL;
    return new MemoryNeed(
        weightsBytes,
        weightsBytes,
        GraphFeed.cacheBytes(signature, settings),
        LogitsBuffer.rows(logits, settings.slots(), GraphFeed.mostRows(signature, settings))
            * logitsRow,
        allPositions ? settings.prefillChunk() * logitsRow : 0);
  }
}
