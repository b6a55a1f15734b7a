package io.edgellm.inference.graph;

import ai.onnxruntime.OrtEnvironment;
import io.edgellm.inference.internal.ModelFile;
import io.edgellm.inference.layout.GraphStage;
import io.edgellm.inference.layout.ModelDirectory;
import io.edgellm.inference.layout.ModelLayout;
import io.edgellm.inference.memory.MemoryNeed;
import io.edgellm.inference.surgery.GraphSource;
import io.edgellm.inference.surgery.GraphSurgery;
import io.edgellm.inference.surgery.PreparedGraph;
import io.edgellm.inference.surgery.SurgeryOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What opening a graph would mean, read from its declarations before any weights are; immutable.
 */
public final class GraphPlan {
  private static final Set<String> QUANTIZED =
      Set.of(
          "MatMulNBits",
          "MatMulBnb4",
          "MatMulInteger",
          "MatMulIntegerToFloat",
          "DynamicQuantizeLinear",
          "DynamicQuantizeMatMul",
          "DynamicQuantizeLSTM",
          "QLinearMatMul",
          "QAttention",
          "QMoE");

  private final ModelDirectory directory;
  private final ModelLayout layout;
  private final List<GraphOutline> outlines;
  private final SessionSettings settings;
  private final Adapters adapters;
  private final long weightsBytes;

  private GraphPlan(
      ModelDirectory directory,
      ModelLayout layout,
      List<GraphOutline> outlines,
      SessionSettings settings,
      Adapters adapters,
      long weightsBytes) {
    this.directory = directory;
    this.layout = layout;
    this.outlines = outlines;
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
    List<GraphOutline> outlines = new ArrayList<>();
    Set<Path> files = new LinkedHashSet<>();
    for (GraphStage stage : layout.stages()) {
      GraphOutline outline = GraphOutline.read(stage.graph());
      outlines.add(outline);
      files.add(stage.graph());
      for (String location : outline.externalFiles()) {
        files.add(directory.file(stage.graph().resolveSibling(""), location));
      }
    }
    long bytes = 0;
    for (Path file : files) {
      bytes += size(file);
    }
    return new GraphPlan(
        directory, layout, List.copyOf(outlines), settings, Adapters.of(directory), bytes);
  }

  private static long size(Path file) {
    try {
      return Files.size(file);
    } catch (IOException e) {
      throw new ModelFile(file, Integer.MAX_VALUE).unreadable(e);
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

  /**
   * Prepares the graph for being opened, which may take as long as opening it three times. A
   * decoder that was split into several graphs stays as it is.
   */
  PreparedGraph prepare(OrtEnvironment environment) {
    SurgeryOptions surgery = settings.surgery();
    return surgery == null || layout.stages().size() > 1
        ? PreparedGraph.unchanged(layout.graph())
        : new GraphSurgery(environment, surgery).prepare(directory, layout);
  }

  /** Returns what to open, stage after stage. */
  List<GraphSource> sources(PreparedGraph prepared) {
    if (layout.stages().size() == 1) {
      return List.of(prepared.source());
    }
    return layout.stages().stream()
        .<GraphSource>map(stage -> new GraphSource.OnDisk(stage.graph()))
        .toList();
  }

  /** Returns the adapters, none of them read yet; whoever opens the graph closes them. */
  Adapters adapters() {
    return adapters;
  }

  /** Returns how the graphs go together by what their files or open sessions declare. */
  StageLinks links(List<GraphDeclaration> declarations) {
    return StageLinks.of(layout.stages(), declarations);
  }

  /**
   * Returns how it would be run within the lengths that the graph declares.
   *
   * @throws io.edgellm.llm.InferenceException MODEL_UNSUPPORTED with what was seen
   */
  public SessionSettings fittedSettings() {
    return declaredSignature().fitted(settings);
  }

  private GraphSignature declaredSignature() {
    return signature(links(outlines.stream().map(GraphOutline::declaration).toList()));
  }

  /** Returns the signature of the graphs as a whole. */
  GraphSignature signature(StageLinks links) {
    Set<String> operators = new HashSet<>();
    outlines.forEach(outline -> operators.addAll(outline.operators()));
    return SignatureReader.read(links.declaration(), operators, layout, settings.contextTokens());
  }

  /**
   * Returns whether the graph computes the same for a token alone and for one among others in a
   * pass, up to what changes no choice. The kernels of quantized weights round differently.
   */
  public boolean computesAloneAsAmongOthers() {
    return outlines.stream()
        .flatMap(outline -> outline.operators().stream())
        .noneMatch(QUANTIZED::contains);
  }

  /**
   * Returns what one token of one sequence takes in the cache.
   *
   * @throws io.edgellm.llm.InferenceException MODEL_UNSUPPORTED with what was seen
   */
  public long cacheBytesPerToken() {
    return declaredSignature().cache().stream()
        .filter(CacheTensor::growsWithTokens)
        .mapToLong(tensor -> tensor.bytes(1))
        .sum();
  }

  /**
   * Estimates the memory.
   *
   * @throws io.edgellm.llm.InferenceException MODEL_UNSUPPORTED with what was seen
   */
  public MemoryNeed memory() {
    GraphSignature signature = declaredSignature();
    SessionSettings fitted = signature.fitted(settings);
    LogitsTensor logits = signature.logits();
    long logitsRow = (long) logits.vocabulary() * Float.BYTES;
    boolean allPositions = logits.positions() == LogitsTensor.Positions.ALL;
    return new MemoryNeed(
        weightsBytes,
        weightsBytes,
        GraphFeed.cacheBytes(signature, fitted),
        GraphFeed.logitsRows(signature, fitted) * logitsRow,
        allPositions ? fitted.prefillChunk() * logitsRow : 0);
  }
}
