package io.edgellm.inference.quantize;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.CodedOutputStream;
import io.edgellm.inference.internal.TargetDirectory;
import io.edgellm.inference.onnx.OnnxGraphFile;
import io.edgellm.inference.onnx.TensorRange;
import io.edgellm.inference.quantize.QuantizationException.Reason;
import io.edgellm.internal.io.Disk;
import io.edgellm.model.ReleaseManifest;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;

/** One model on its way into a new directory. */
final class Quantization {
  private static final Pattern WEIGHTS = Pattern.compile(".*\\.onnx[._]data.*", Pattern.DOTALL);

  /** What is said of the source is not true of the result. */
  private static final Set<String> PAPERS =
      Set.of(
          QuantizationReport.FILE_NAME,
          ReleaseManifest.FILE_NAME,
          ReleaseManifest.SIGNATURE_FILE_NAME,
          ReleaseManifest.RECEIPT_FILE_NAME);

  private final QuantizationRecipe recipe;
  private final ModelDirectory source;
  private final TargetDirectory target;
  private final QuantizationListener listener;
  private final BooleanSupplier cancelled;
  private final SourceFiles files;

  Quantization(
      QuantizationRecipe recipe,
      ModelDirectory source,
      TargetDirectory target,
      QuantizationListener listener,
      BooleanSupplier cancelled) {
    this.recipe = recipe;
    this.source = source;
    this.target = target;
    this.listener = listener;
    this.cancelled = cancelled;
    this.files = new SourceFiles(source);
  }

  QuantizationReport run() throws IOException {
    Path graph = source.graph();
    files.add(graph);
    ModelProto model = OnnxGraphFile.read(graph);
    SupportedModel.require(model);
    try (TensorSource tensors = new TensorSource(source, graph, files)) {
      TiedTables tables = new TiedTables(tensors, this::requireWanted);
      QuantizationPlan plan = new QuantizationPlan(model.getGraph(), recipe, tables);
      try (MatrixQuantizers quantizers = MatrixQuantizers.open(recipe, plan)) {
        NodeRewrites rewrites = new NodeRewrites(recipe, quantizers);
        long targetBytes = convert(model, graph, plan, rewrites, tensors);
        return report(graph, plan, targetBytes, quantizers.outcome());
      }
    }
  }

  private QuantizationReport report(
      Path graph, QuantizationPlan plan, long targetBytes, Optional<QuantizationReport.Base> base)
      throws IOException {
    long sourceBytes = files.bytes();
    copyOthers();
    QuantizationReport report =
        new QuantizationReport(
            QuantizationReport.TOOL,
            QuantizationReport.TOOL_VERSION,
            QuantizationReport.method(recipe),
            files.digest(),
            source.name(graph),
            recipe,
            plan.quantized(),
            plan.kept(),
            sourceBytes,
            targetBytes,
            base.orElse(null));
    Files.writeString(target.file(QuantizationReport.FILE_NAME), report.toJson());
    return report;
  }

  /** Writes the graph and its weights, and returns their size. */
  private long convert(
      ModelProto model,
      Path graph,
      QuantizationPlan plan,
      NodeRewrites rewrites,
      TensorSource tensors)
      throws IOException {
    WeightPlacement placement = new WeightPlacement(weightFileName(model, graph));
    RewrittenGraph rewritten = new GraphRewriter(plan, rewrites, tensors, placement).rewrite(model);
    WeightLayout layout =
        recipe.shards()
            ? new BlockShards(rewritten.model())
            : new WeightLayout.OneFile(placement.bytes());
    requireSpace(layout.bytes() + rewritten.model().getSerializedSize());
    Path newGraph = target.file(source.name(graph));
    try (WeightFiles weights = new WeightFiles(layout, location -> beside(graph, location))) {
      WeightConverter converter =
          new WeightConverter(tensors, weights, this::requireWanted, listener);
      ModelProto complete = rewritten.with(converter.convert(rewritten));
      write(layout.finish(complete, weights), newGraph);
      return Files.size(newGraph) + weights.bytes();
    }
  }

  private Path beside(Path graph, String location) throws IOException {
    return target.file(source.name(graph.resolveSibling(location)));
  }

  private void requireWanted() {
    if (cancelled.getAsBoolean()) {
      throw new QuantizationException(
          Reason.CANCELLED, "The quantization was cancelled; nothing was written.", null);
    }
  }

  private void requireSpace(long bytes) throws IOException {
    long needed = bytes;
    for (Path file : others()) {
      needed += Files.size(file);
    }
    Path directory = target.file("x").resolveSibling("");
    long usable = Disk.local().usableBytes(directory);
    if (usable < needed) {
      throw new QuantizationException(
          Reason.NO_SPACE,
          "The model takes "
              + needed
              + " bytes, the disk has "
              + usable
              + ": free "
              + (needed - usable)
              + " bytes, or choose a target on another disk.",
          directory.toString());
    }
  }

  private static void write(ModelProto model, Path file) throws IOException {
    try (OutputStream out = Files.newOutputStream(file, StandardOpenOption.CREATE_NEW)) {
      CodedOutputStream coded = CodedOutputStream.newInstance(out, 1 << 16);
      coded.useDeterministicSerialization();
      model.writeTo(coded);
      coded.flush();
    }
  }

  /** Returns the file that the source keeps weights in, or what transformers.js would look for. */
  private static String weightFileName(ModelProto model, Path graph) throws IOException {
    String graphName = String.valueOf(graph.getFileName());
    for (TensorProto tensor : model.getGraph().getInitializerList()) {
      if (TensorRange.isExternal(tensor)) {
        String location = TensorRange.of(tensor).location();
        if (!location.equals(graphName) && !location.contains("/") && !location.contains("\\")) {
          return location;
        }
      }
    }
    return graphName + "_data";
  }

  private void copyOthers() throws IOException {
    for (Path file : others()) {
      files.add(file);
      Files.copy(file, target.file(source.name(file)));
    }
  }

  /** Tokenizer, configuration, template: all but graphs, weights and papers of the source. */
  private List<Path> others() throws IOException {
    List<Path> others = new ArrayList<>();
    for (Path file : source.files()) {
      boolean weights = files.contains(file) || WEIGHTS.matcher(file.toString()).matches();
      boolean papers = PAPERS.contains(source.name(file));
      if (!ModelDirectory.isGraph(file) && !weights && !papers) {
        others.add(file);
      }
    }
    return others;
  }
}
