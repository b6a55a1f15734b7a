package io.edgellm.inference.embedding;

import io.edgellm.inference.graph.DeclaredTensor;
import io.edgellm.inference.graph.GraphOutline;
import io.edgellm.inference.internal.ModelFile;
import io.edgellm.inference.layout.EmbedderLayout;
import io.edgellm.inference.layout.ModelDirectory;
import io.edgellm.inference.memory.MemoryNeed;
import io.edgellm.llm.Pooling;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;

/**
 * What opening an embedder means, read from its declarations before any weights are.
 *
 * @param layout what the configuration says
 * @param output where the vector comes from
 * @param normalized whether it gets the length 1
 * @param maxTokens the longest text
 * @param memory what it takes
 */
record EmbedderPlan(
    EmbedderLayout layout,
    VectorOutput output,
    boolean normalized,
    int maxTokens,
    MemoryNeed memory) {
  /** Rows of hidden states that a layer holds at once, its feed-forward part included. */
  private static final int ROWS_OF_A_LAYER = 16;

  /**
   * Reads the declarations, and finds the files that the graph names.
   *
   * @throws io.edgellm.llm.InferenceException MODEL_INVALID if a file is damaged, missing or
   *     outside of the directory; MODEL_UNSUPPORTED with what was seen
   */
  static EmbedderPlan read(ModelDirectory directory, EmbedderSettings settings) {
    EmbedderLayout layout = EmbedderLayout.read(directory);
    ModelFile file = new ModelFile(layout.graph(), Integer.MAX_VALUE);
    GraphOutline outline = GraphOutline.read(layout.graph());
    long weightsBytes = weightsBytes(directory, layout.graph(), outline, file);
    EmbedderSignature signature = EmbedderSignature.read(outline.declaration(), layout);
    VectorOutput output =
        VectorOutput.choose(
            outline.declaration(),
            layout.modules(),
            settings.pooling(),
            signature.isDecoder() ? Pooling.LAST_TOKEN : Pooling.MEAN,
            file);
    int longest = Math.min(layout.maxTokens(), settings.maxTokens());
    int maxTokens =
        signature.fixedTokens() > 0 ? Math.min(longest, signature.fixedTokens()) : longest;
    if (maxTokens < 1) {
      throw file.invalid("has no room for a token, by its configuration", null);
    }
    Boolean normalized = settings.normalized();
    return new EmbedderPlan(
        layout,
        output,
        normalized == null ? layout.modules().normalized() : normalized,
        maxTokens,
        memory(
            weightsBytes,
            maxTokens,
            layout,
            Objects.requireNonNull(outline.declaration().outputs().get(output.name()))));
  }

  private static long weightsBytes(
      ModelDirectory directory, Path graph, GraphOutline outline, ModelFile file) {
    Set<Path> files = new HashSet<>(Set.of(graph));
    for (String location : outline.externalFiles()) {
      files.add(directory.file(graph.resolveSibling(""), location));
    }
    try {
      long bytes = 0;
      for (Path each : files) {
        bytes += Files.size(each);
      }
      return bytes;
    } catch (IOException e) {
      throw file.invalid("cannot be measured: " + e.getMessage(), e);
    }
  }

  /** The scores of a layer before and after their softmax, and its hidden states. */
  private static MemoryNeed memory(
      long weightsBytes, int tokens, EmbedderLayout layout, DeclaredTensor output) {
    int heads = Math.max(1, layout.attentionHeads());
    long declared = output.rank() == 0 ? 0 : output.dimension(output.rank() - 1);
    long row = Math.max(declared, (long) heads * layout.headSize());
    long scores = 2L * heads * tokens * tokens;
    long passBytes = (scores + ROWS_OF_A_LAYER * row * tokens) * Float.BYTES;
    return new MemoryNeed(weightsBytes, weightsBytes, 0, 0, passBytes);
  }
}
