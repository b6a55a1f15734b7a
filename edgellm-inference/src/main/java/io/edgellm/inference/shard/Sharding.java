package io.edgellm.inference.shard;

import ai.onnx.proto.OnnxMl.ModelProto;
import com.google.protobuf.CodedOutputStream;
import io.edgellm.inference.internal.TargetDirectory;
import io.edgellm.inference.layout.GraphStage;
import io.edgellm.inference.layout.ModelDirectory;
import io.edgellm.inference.layout.ModelLayout;
import io.edgellm.inference.onnx.ExternalFiles;
import io.edgellm.inference.onnx.MalformedOnnxException;
import io.edgellm.inference.onnx.OnnxGraphFile;
import io.edgellm.inference.shard.ShardException.Reason;
import io.edgellm.inference.shard.ShardReport.Written;
import io.edgellm.inference.shard.plan.ShardPlan;
import io.edgellm.internal.io.Disk;
import io.edgellm.model.ReleaseManifest;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/** One model on its way into a new directory. */
final class Sharding {
  private static final String FOLDER = "weights";

  /** What is said of the source is not true of the result. */
  private static final Set<String> PAPERS =
      Set.of(
          ReleaseManifest.FILE_NAME,
          ReleaseManifest.SIGNATURE_FILE_NAME,
          ReleaseManifest.ATTESTATIONS_FILE_NAME,
          ReleaseManifest.RECEIPT_FILE_NAME);

  private final ModelDirectory source;
  private final TargetDirectory target;
  private final ShardListener listener;
  private final BooleanSupplier cancelled;

  private final Set<Path> taken = new TreeSet<>();
  private final List<Written> graphs = new ArrayList<>();
  private final List<Written> shards = new ArrayList<>();
  private boolean hasBlocks;

  Sharding(
      ModelDirectory source,
      TargetDirectory target,
      ShardListener listener,
      BooleanSupplier cancelled) {
    this.source = source;
    this.target = target;
    this.listener = listener;
    this.cancelled = cancelled;
  }

  ShardReport run(ModelLayout layout) throws IOException {
    List<Path> stages = layout.stages().stream().map(GraphStage::graph).distinct().toList();
    for (Path graph : stages) {
      shard(graph, stages.size() == 1 ? FOLDER : FOLDER + "/" + stem(graph));
    }
    if (!hasBlocks) {
      throw new ShardException(
          Reason.NO_BLOCKS,
          "No name in "
              + name(layout.graph())
              + " tells which block of the network a weight belongs to (layers.0, h.0, blocks.0):"
              + " export the model with the names of its modules, or publish it as it is.",
          name(layout.graph()));
    }
    copyOthers();
    shards.sort(Comparator.comparing(Written::path));
    return new ShardReport(graphs, shards);
  }

  private void shard(Path graph, String folder) throws IOException {
    ModelProto model = OnnxGraphFile.read(graph);
    try (WeightReader reader = new WeightReader(source, graph)) {
      ShardPlan plan = new ShardPlan(model, reader::range, folder);
      ModelProto sharded = plan.sharded();
      hasBlocks |= plan.hasBlocks();
      requireSpace(plan);
      write(plan, reader, graph, folder);
      graphs.add(write(sharded, graph, plan.staying()));
      taken.add(graph);
      taken.addAll(reader.files());
    }
  }

  private void requireSpace(ShardPlan plan) throws IOException {
    Path directory = target.file("x").resolveSibling("");
    long usable = Disk.local().usableBytes(directory);
    if (usable < plan.bytes()) {
      throw new ShardException(
          Reason.NO_SPACE,
          "The weights take "
              + plan.bytes()
              + " bytes, the disk has "
              + usable
              + ": free "
              + (plan.bytes() - usable)
              + " bytes, or choose a target on another disk.",
          directory.toString());
    }
  }

  private void write(ShardPlan plan, WeightReader reader, Path graph, String folder)
      throws IOException {
    Tally tally = new Tally(plan);
    for (Map.Entry<String, List<ShardPlan.Placed>> shard : plan.shards().entrySet()) {
      String path = name(graph.resolveSibling(folder).resolve(shard.getKey()));
      Path file = target.file(path);
      try (FileChannel channel =
          FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
        for (ShardPlan.Placed placed : shard.getValue()) {
          channel.position(placed.offset());
          write(placed.piece(), reader, channel);
          listener.onTensor(tally.after(path, placed.piece()));
        }
      }
      shards.add(new Written(path, Files.size(file), shard.getValue().size()));
    }
  }

  private void write(ShardPlan.Piece piece, WeightReader reader, FileChannel channel)
      throws IOException {
    if (piece.source() == null) {
      requireWanted();
      WeightReader.write(piece.inline().asReadOnlyByteBuffer(), channel);
    } else {
      reader.copy(piece.source(), channel, this::requireWanted);
    }
  }

  private Written write(ModelProto model, Path graph, int staying) throws IOException {
    Path file = target.file(name(graph));
    try (OutputStream out = Files.newOutputStream(file, StandardOpenOption.CREATE_NEW)) {
      CodedOutputStream coded = CodedOutputStream.newInstance(out, 1 << 16);
      coded.useDeterministicSerialization();
      model.writeTo(coded);
      coded.flush();
    }
    return new Written(name(graph), Files.size(file), staying);
  }

  /** Tokenizer, configuration, template, other graphs: all but weights that moved, and papers. */
  private void copyOthers() throws IOException {
    List<Path> files = files();
    for (Path file : files) {
      if (file.toString().endsWith(".onnx") && !taken.contains(source.file(name(file)))) {
        taken.removeAll(weightsOf(file));
      }
    }
    for (Path file : files) {
      Path real = source.file(name(file));
      requirePlainGraph(file, real);
      if (!taken.contains(real) && !PAPERS.contains(name(file))) {
        requireWanted();
        copy(real, target.file(name(file)));
      }
    }
  }

  /** The new graph lies where the old one does, and a link to it would lead nowhere. */
  private void requirePlainGraph(Path file, Path real) {
    boolean isLink = !file.equals(real);
    if (isLink && graphs.stream().anyMatch(graph -> graph.path().equals(name(real)))) {
      throw new ShardException(
          Reason.MODEL_UNSUPPORTED,
          name(file) + " is a link to a graph: replace it by the file itself.",
          name(file));
    }
  }

  private void copy(Path file, Path to) throws IOException {
    if (Files.exists(to)) {
      throw new ShardException(
          Reason.MODEL_UNSUPPORTED,
          "The model has a file " + name(file) + " that is not one of its weights: rename it.",
          name(file));
    }
    Files.copy(file, to);
  }

  /** Files that are not hidden, sorted by path. */
  private List<Path> files() throws IOException {
    try (Stream<Path> all = Files.walk(source.root())) {
      return all.filter(path -> !Files.isDirectory(path))
          .filter(path -> !("/" + name(path)).contains("/."))
          .sorted(Comparator.comparing(this::name))
          .toList();
    } catch (UncheckedIOException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  /** The weights of another graph of the directory; of one that nobody can read, none. */
  private Set<Path> weightsOf(Path graph) throws IOException {
    Set<Path> files = new TreeSet<>();
    try {
      ModelProto model = OnnxGraphFile.read(graph);
      for (String location : ExternalFiles.locations(ExternalFiles.ranges(model))) {
        files.add(source.file(graph.resolveSibling(""), location));
      }
    } catch (MalformedOnnxException e) {
      // It is copied as it is.
      return Set.of();
    }
    return files;
  }

  private void requireWanted() {
    if (cancelled.getAsBoolean()) {
      throw new ShardException(
          Reason.CANCELLED, "The sharding was cancelled; nothing was written.", null);
    }
  }

  private String name(Path file) {
    return source.root().relativize(file).toString().replace('\\', '/');
  }

  private static String stem(Path graph) {
    String name = String.valueOf(graph.getFileName());
    return name.endsWith(".onnx") ? name.substring(0, name.length() - ".onnx".length()) : name;
  }

  /** Counts what is written. */
  private static final class Tally {
    private final int count;
    private final long totalBytes;
    private int number;
    private long doneBytes;

    Tally(ShardPlan plan) {
      count = plan.shards().values().stream().mapToInt(List::size).sum();
      totalBytes =
          plan.shards().values().stream()
              .flatMap(List::stream)
              .mapToLong(placed -> placed.piece().length())
              .sum();
    }

    ShardListener.Progress after(String shard, ShardPlan.Piece piece) {
      number++;
      doneBytes += piece.length();
      return new ShardListener.Progress(
          shard, piece.tensor(), number, count, doneBytes, totalBytes);
    }
  }
}
