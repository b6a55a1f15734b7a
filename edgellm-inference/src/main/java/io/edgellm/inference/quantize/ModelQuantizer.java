package io.edgellm.inference.quantize;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.CodedOutputStream;
import io.edgellm.inference.internal.TargetDirectory;
import io.edgellm.inference.onnx.MalformedOnnxException;
import io.edgellm.inference.onnx.OnnxGraphFile;
import io.edgellm.inference.onnx.TensorRange;
import io.edgellm.inference.quantize.QuantizationException.Reason;
import io.edgellm.model.ReleaseManifest;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;

/**
 * Makes a quantized model directory out of an fp32 one, weight by weight.
 *
 * <p>The constant weights of MatMul nodes are rounded to the nearest code in blocks (RTN), to the
 * very bits of {@code onnxruntime.quantization.MatMulNBitsQuantizer}. Both usual layouts work: the
 * one of onnxruntime-genai ({@code model.onnx} with external data) and the one of Optimum and
 * transformers.js ({@code onnx/model.onnx} in one file).
 *
 * <p>The new directory holds the graph under its old name; its weights in one file beside it, under
 * the name that the source uses for that, or {@code <graph>_data}; every other file of the source
 * except further graphs and their weights, and the manifest, signature and receipt of a release;
 * and the report as {@code quantization.json}. The same source and recipe give the same bytes. The
 * directory appears under its name when it is complete and on disk, or not at all.
 *
 * <p>The heap holds the graph without its weights, and of one weight at a time the packed result
 * and as many rows as a block has. A file that the model names must lie in its directory.
 *
 * <p>Immutable; may be used by several threads at once.
 */
public final class ModelQuantizer {
  private static final Pattern WEIGHTS = Pattern.compile(".*\\.onnx[._]data.*", Pattern.DOTALL);

  /** What is said of the source is not true of the result. */
  private static final Set<String> PAPERS =
      Set.of(
          QuantizationReport.FILE_NAME,
          ReleaseManifest.FILE_NAME,
          ReleaseManifest.SIGNATURE_FILE_NAME,
          ReleaseManifest.RECEIPT_FILE_NAME);

  private final QuantizationRecipe recipe;

  /**
   * @param recipe what to do
   */
  public ModelQuantizer(QuantizationRecipe recipe) {
    this.recipe = Objects.requireNonNull(recipe);
  }

  /**
   * Quantizes a model on the calling thread.
   *
   * @param model the directory of the fp32 model; only read
   * @param target the directory to make; must not exist
   * @return what was done
   * @throws QuantizationException with the reason; the target does not exist then
   */
  public QuantizationReport quantize(Path model, Path target) {
    return quantize(model, target, progress -> {}, () -> false);
  }

  /**
   * Quantizes a model on the calling thread, with progress and a way to stop.
   *
   * @param model the directory of the fp32 model; only read
   * @param target the directory to make; must not exist
   * @param listener hears of every tensor
   * @param cancelled asked before every block of rows; true ends with {@code CANCELLED}
   * @return what was done
   * @throws QuantizationException with the reason; the target does not exist then
   */
  public QuantizationReport quantize(
      Path model, Path target, QuantizationListener listener, BooleanSupplier cancelled) {
    ModelDirectory source = ModelDirectory.open(model);
    refuseTargetInside(source, target);
    try (TargetDirectory directory = TargetDirectory.create(target)) {
      Path graph = source.graph();
      QuantizationReport report = write(source, graph, directory, listener, cancelled);
      Files.writeString(directory.file(QuantizationReport.FILE_NAME), report.toJson());
      directory.commit();
      return report;
    } catch (MalformedOnnxException e) {
      throw new QuantizationException(
          Reason.MALFORMED_MODEL, String.valueOf(e.getMessage()), e.subject(), e);
    } catch (TargetDirectory.Exists e) {
      throw new QuantizationException(Reason.TARGET_EXISTS, e.sentence(), e.getFile(), e);
    } catch (IOException e) {
      throw new QuantizationException(
          Reason.IO,
          "Quantizing " + model + " to " + target + " failed: " + e.getMessage(),
          target.toString(),
          e);
    } catch (UncheckedIOException e) {
      throw new QuantizationException(
          Reason.IO, "Reading " + model + " failed.", model.toString(), e.getCause());
    }
  }

  /** The next quantization of the same source would take the result for a part of it. */
  private static void refuseTargetInside(ModelDirectory source, Path target) {
    if (target.toAbsolutePath().normalize().startsWith(source.root())) {
      throw new QuantizationException(
          Reason.TARGET_INSIDE_MODEL,
          target + " lies in the directory of the model; choose one beside it.",
          target.toString());
    }
  }

  private QuantizationReport write(
      ModelDirectory source,
      Path graph,
      TargetDirectory target,
      QuantizationListener listener,
      BooleanSupplier cancelled)
      throws IOException {
    ModelProto model = OnnxGraphFile.read(graph);
    MatMulPlan plan = new MatMulPlan(model.getGraph(), recipe);
    Path newGraph = target.file(source.name(graph));
    Path newWeights = newGraph.resolveSibling(weightFileName(model, graph));
    Set<Path> weightFiles;
    try (TensorSource tensors = new TensorSource(source, graph);
        WeightFile weights = new WeightFile(newWeights)) {
      WeightConverter converter =
          new WeightConverter(
              tensors, weights, model.getGraph().getInitializerList(), cancelled, listener);
      ModelProto rewritten =
          new GraphRewriter(plan, recipe.accuracyLevel(), converter).rewrite(model);
      write(rewritten, newGraph);
      weightFiles = tensors.files();
    }
    List<Path> others = otherFiles(source, weightFiles);
    for (Path file : others) {
      Files.copy(file, target.file(source.name(file)));
    }
    return report(source, graph, weightFiles, others, plan, newGraph, newWeights);
  }

  private QuantizationReport report(
      ModelDirectory source,
      Path graph,
      Set<Path> weightFiles,
      List<Path> others,
      MatMulPlan plan,
      Path newGraph,
      Path newWeights)
      throws IOException {
    long sourceBytes = Files.size(graph);
    for (Path file : weightFiles) {
      sourceBytes += Files.size(file);
    }
    Set<Path> read = new TreeSet<>(weightFiles);
    read.add(graph);
    read.addAll(others);
    return new QuantizationReport(
        QuantizationReport.TOOL,
        QuantizationReport.TOOL_VERSION,
        QuantizationReport.METHOD,
        SourceDigest.of(source, read),
        source.name(graph),
        recipe,
        plan.quantized(),
        plan.kept(),
        sourceBytes,
        Files.size(newGraph) + Files.size(newWeights));
  }

  private static void write(ModelProto model, Path file) throws IOException {
    try (OutputStream out = Files.newOutputStream(file)) {
      CodedOutputStream coded = CodedOutputStream.newInstance(out, 1 << 16);
      coded.useDeterministicSerialization();
      model.writeTo(coded);
      coded.flush();
    }
  }

  /** Returns the file that the source keeps weights in, or what transformers.js would look for. */
  private static String weightFileName(ModelProto model, Path graph) throws MalformedOnnxException {
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

  /** Tokenizer, configuration, template: all but graphs, weights and papers of the source. */
  private static List<Path> otherFiles(ModelDirectory source, Set<Path> weightFiles)
      throws IOException {
    List<Path> others = new ArrayList<>();
    for (Path file : source.files()) {
      boolean weights = weightFiles.contains(file) || WEIGHTS.matcher(file.toString()).matches();
      boolean papers = PAPERS.contains(source.name(file));
      if (!ModelDirectory.isGraph(file) && !weights && !papers) {
        others.add(file);
      }
    }
    return others;
  }
}
