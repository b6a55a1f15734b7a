package io.edgellm.inference.quantize;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.CodedOutputStream;
import io.edgellm.inference.internal.TargetDirectory;
import io.edgellm.inference.onnx.ModelDigest;
import io.edgellm.inference.onnx.TensorRange;
import io.edgellm.inference.quantize.QuantizationException.Reason;
import io.edgellm.internal.io.Disk;
import io.edgellm.model.ReleaseManifest;
import io.edgellm.model.Sha256;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * One model directory on its way into a new one: its graph, its weights, and what is taken over.
 */
final class ModelConversion {
  /** Of other graphs, and of the same network in the formats of other programs. */
  private static final Pattern WEIGHTS =
      Pattern.compile(
          ".*\\.onnx[._]data.*"
              + "|.*\\.(safetensors|gguf|ggml|pt|pth|ckpt|h5|msgpack|tflite)(\\.index\\.json)?"
              + "|.*(model|optimizer|training_args).*\\.bin(\\.index\\.json)?",
          Pattern.DOTALL | Pattern.CASE_INSENSITIVE);

  /** What must not reach a device by mistake. */
  private static final Pattern KEYS =
      Pattern.compile(
          ".*\\.(pem|key|p8|p12|pfx|jks|keystore)|id_(rsa|dsa|ecdsa|ed25519)",
          Pattern.DOTALL | Pattern.CASE_INSENSITIVE);

  /** What is said of the source is not true of the result. */
  private static final Set<String> PAPERS =
      Set.of(
          QuantizationReport.FILE_NAME,
          ReleaseManifest.FILE_NAME,
          ReleaseManifest.SIGNATURE_FILE_NAME,
          ReleaseManifest.ATTESTATIONS_FILE_NAME,
          ReleaseManifest.RECEIPT_FILE_NAME);

  private final ModelDirectory source;
  private final TargetDirectory target;
  private final QuantizationListener listener;
  private final BooleanSupplier cancelled;
  private final SourceFiles files;
  private final Path graph;
  private final Set<Path> copied = new HashSet<>();

  ModelConversion(
      ModelDirectory source,
      TargetDirectory target,
      QuantizationListener listener,
      BooleanSupplier cancelled)
      throws IOException {
    this.source = source;
    this.target = target;
    this.listener = listener;
    this.cancelled = cancelled;
    this.files = new SourceFiles(source);
    this.graph = source.graph();
    files.add(graph);
  }

  /** Returns the graph of the source. */
  Path graph() {
    return graph;
  }

  /**
   * Returns the digest of the graph and its weights, which ranges are bound to.
   *
   * @param model what the graph holds
   */
  Sha256 modelDigest(ModelProto model) throws IOException {
    return ModelDigest.of(
        String.valueOf(graph.getFileName()),
        graph,
        model,
        location -> source.resolve(graph.resolveSibling(""), location));
  }

  /** Returns the path of the graph within both directories. */
  String graphName() {
    return source.name(graph);
  }

  /** Opens the tensors of the source. */
  TensorSource tensors() {
    return new TensorSource(source, graph, files);
  }

  /** Returns the size of the graph and of the weights that were read. */
  long sourceBytes() {
    return files.bytes();
  }

  /**
   * Returns one digest over all that was read.
   *
   * @throws QuantizationException with {@code SOURCE_CHANGED} if it is not as it was
   */
  Sha256 sourceDigest() throws IOException {
    return files.digest();
  }

  /** Throws if the caller does not want to go on. */
  void requireWanted() {
    if (cancelled.getAsBoolean()) {
      throw new QuantizationException(
          Reason.CANCELLED, "The quantization was cancelled; nothing was written.", null);
    }
  }

  /**
   * Writes a graph and its weights.
   *
   * @param model the graph, as it was read or with nodes in addition
   * @param plan what becomes of a node that reads a weight
   * @param shards whether each block of the network gets a file of its own
   * @return the size of what was written
   */
  long convert(
      ModelProto model,
      TensorSource tensors,
      Function<NodeProto, Optional<PlannedRewrite>> plan,
      boolean shards)
      throws IOException {
    WeightPlacement placement = new WeightPlacement(weightFileName(model));
    RewrittenGraph rewritten = new GraphRewriter(plan, tensors, placement).rewrite(model);
    WeightLayout layout =
        shards ? new BlockShards(rewritten.model()) : new WeightLayout.OneFile(placement.bytes());
    requireSpace(layout.bytes() + rewritten.model().getSerializedSize());
    Path newGraph = target.file(graphName());
    try (WeightFiles weights = new WeightFiles(layout, this::beside)) {
      WeightConverter converter =
          new WeightConverter(tensors, weights, this::requireWanted, listener);
      ModelProto complete = rewritten.with(converter.convert(rewritten));
      write(layout.finish(complete, weights), newGraph);
      return Files.size(newGraph) + weights.bytes();
    }
  }

  private Path beside(String location) throws IOException {
    return target.file(source.name(graph.resolveSibling(location)));
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
  private String weightFileName(ModelProto model) throws IOException {
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

  /** Takes over what is neither graph nor weights. */
  void copyOthers() throws IOException {
    for (Path file : others()) {
      files.add(file);
      copied.add(file);
      Files.copy(file, target.file(source.name(file)));
    }
  }

  /** Writes the report beside the model. */
  void writeReport(String json) throws IOException {
    Files.writeString(target.file(QuantizationReport.FILE_NAME), json);
  }

  /**
   * Returns what the result does not have of the source: its files, and the names of hidden
   * directories.
   */
  List<String> leftOut() throws IOException {
    Set<String> names = new TreeSet<>(source.hidden());
    List<Path> taken = others();
    for (Path file : source.files()) {
      if (!isModel(file) && !taken.contains(file)) {
        names.add(source.name(file));
      }
    }
    return List.copyOf(names);
  }

  /** Tokenizer, configuration, template: all but graphs, weights, keys and papers of the source. */
  private List<Path> others() throws IOException {
    List<Path> all = source.files();
    Set<Path> left = new HashSet<>();
    for (Path file : all) {
      if (!isTaken(file)) {
        left.add(file.toRealPath());
      }
    }
    // A link to weights and what it leads to are the same weights.
    List<Path> others = new ArrayList<>();
    for (Path file : all) {
      if (!left.contains(file.toRealPath())) {
        others.add(file);
      }
    }
    return others;
  }

  private boolean isModel(Path file) {
    return files.contains(file) && !copied.contains(file);
  }

  private boolean isTaken(Path file) {
    String name = String.valueOf(file.getFileName());
    return !isModel(file)
        && !ModelDirectory.isGraph(file)
        && !WEIGHTS.matcher(name).matches()
        && !KEYS.matcher(name).matches()
        && !PAPERS.contains(source.name(file));
  }
}
