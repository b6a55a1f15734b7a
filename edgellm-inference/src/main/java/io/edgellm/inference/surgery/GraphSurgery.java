package io.edgellm.inference.surgery;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnxruntime.OrtEnvironment;
import io.edgellm.inference.internal.ModelFile;
import io.edgellm.inference.layout.ModelDirectory;
import io.edgellm.inference.layout.ModelLayout;
import io.edgellm.inference.onnx.ExternalFiles;
import io.edgellm.inference.onnx.MalformedOnnxException;
import io.edgellm.inference.onnx.OnnxGraphFile;
import io.edgellm.internal.io.Disk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Prepares a graph for being opened.
 *
 * <p>Published graphs compute logits for every position of a prompt, keep their cache in fp32 and
 * their weights in a form that is packed anew at every load. What can be mended is mended, and
 * compared with the unchanged graph on {@link Probes}. What does not pass stays as it was, and the
 * steps say why. See docs/decisions/018-surgery.md.
 *
 * <p>The comparison opens sessions one after the other, so that a first load takes about three
 * times as long. With a cache directory its verdict is kept, and the next loads only rewrite the
 * graph, which takes milliseconds. For one thread.
 */
public final class GraphSurgery {
  private final OrtEnvironment environment;
  private final SurgeryOptions options;

  /** Prepares nothing yet. */
  public GraphSurgery(OrtEnvironment environment, SurgeryOptions options) {
    this.environment = environment;
    this.options = options;
  }

  /**
   * Prepares a graph.
   *
   * @throws io.edgellm.llm.InferenceException MODEL_INVALID if the file is no graph, or names files
   *     that are missing or lie outside of the directory
   */
  public PreparedGraph prepare(ModelDirectory directory, ModelLayout layout) {
    Path graph = layout.graph();
    try {
      ModelProto original = OnnxGraphFile.read(graph);
      for (String location : ExternalFiles.locations(ExternalFiles.ranges(original))) {
        directory.file(folder(graph), location);
      }
      return prepare(original, layout);
    } catch (MalformedOnnxException e) {
      throw file(graph).invalid("is not a whole ONNX graph: " + e.getMessage(), e);
    } catch (IOException e) {
      throw file(graph).unreadable(e);
    }
  }

  private PreparedGraph prepare(ModelProto original, ModelLayout layout) throws IOException {
    Examination examination = new Examination(environment, options, layout, original);
    SurgeryCache cache = cache(original, layout);
    Optional<Verdict> kept = kept(cache);
    Verdict verdict = kept.isPresent() ? kept.get() : examination.verdict();
    String evidence =
        kept.isPresent()
            ? "compared before, see " + options.cacheDirectory()
            : "compared now; " + keep(cache, verdict, examination.isConclusive());
    List<SurgeryStep> steps =
        new ArrayList<>(List.of(verdict.weights(), verdict.head(), verdict.cache()));
    GraphSource source = source(original, layout, verdict);
    if (options.prepackedWeights()) {
      Prepacking.Result packed = packed(cache, original, layout, source);
      steps.add(packed.step());
      source = packed.source();
    }
    return new PreparedGraph(source, verdict.head().isDone(), steps, evidence);
  }

  private Prepacking.Result packed(
      @Nullable SurgeryCache cache, ModelProto original, ModelLayout layout, GraphSource plain)
      throws IOException {
    if (cache == null) {
      return new Prepacking.Result(
          SurgeryStep.left("prepacked", "there is no cache directory"), plain);
    }
    long bytes = 0;
    for (String location : ExternalFiles.locations(ExternalFiles.ranges(original))) {
      bytes += Files.size(folder(layout.graph()).resolve(location));
    }
    return new Prepacking(environment, options, layout, Disk.local()).apply(cache, plain, bytes);
  }

  private static GraphSource source(ModelProto original, ModelLayout layout, Verdict verdict) {
    ModelProto model = original;
    if (verdict.head().isDone()) {
      model = done(HeadPruning.apply(model, layout.names().logits()));
    }
    if (verdict.cache().isDone()) {
      model = done(CacheQuantization.apply(model, verdict.scales()));
    }
    return model.equals(original) && !verdict.weights().isDone()
        ? new GraphSource.OnDisk(layout.graph())
        : new GraphSource.InMemory(model.toByteString(), folder(layout.graph()));
  }

  private static ModelProto done(Rewrite rewrite) {
    if (rewrite instanceof Rewrite.Done done) {
      return done.model();
    }
    throw new IllegalStateException("The same graph could be changed when it was compared.");
  }

  private @Nullable SurgeryCache cache(ModelProto original, ModelLayout layout) throws IOException {
    Path root = options.cacheDirectory();
    return root == null
        ? null
        : SurgeryCache.of(
            Disk.local(),
            root,
            ModelFingerprint.of(original, folder(layout.graph()), options.modelDigest()),
            environment.getVersion());
  }

  private String verdictName() {
    return options.int8Cache() ? "verdict-int8.json" : "verdict.json";
  }

  private Optional<Verdict> kept(@Nullable SurgeryCache cache) {
    try {
      return cache == null ? Optional.empty() : cache.verdict(verdictName());
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** Says what was kept: a cache that cannot be written costs time, and no model. */
  private String keep(@Nullable SurgeryCache cache, Verdict verdict, boolean conclusive) {
    if (cache == null) {
      return "without a cache directory every load compares anew";
    }
    if (!conclusive) {
      return "the next load tries again";
    }
    try {
      cache.keep(verdictName(), verdict);
      return "kept in " + cache.folder();
    } catch (IOException e) {
      return "it cannot be kept in " + cache.folder() + ": " + e.getMessage();
    }
  }

  private static Path folder(Path graph) {
    return graph.resolveSibling("");
  }

  private static ModelFile file(Path graph) {
    return new ModelFile(graph, Integer.MAX_VALUE);
  }
}
