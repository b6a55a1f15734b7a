package io.edgellm.benchmarks.delta;

import ai.onnx.proto.OnnxMl.ModelProto;
import io.edgellm.benchmarks.synthetic.FineTune;
import io.edgellm.benchmarks.synthetic.ModelShape;
import io.edgellm.benchmarks.synthetic.SyntheticModel;
import io.edgellm.inference.delta.OnnxTensorAligner;
import io.edgellm.inference.onnx.OnnxGraphFile;
import io.edgellm.model.Artifact;
import io.edgellm.model.ModelId;
import io.edgellm.model.ModelVersion;
import io.edgellm.model.ReleaseManifest;
import io.edgellm.model.Requirements;
import io.edgellm.release.ReleaseBuilder;
import io.edgellm.release.ReleaseFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Makes models of one shape, and what a publisher may do to them. Weights are int4 codes in blocks
 * of 32 with scales in fp32 and an embedding in fp32, made by this project's own quantizer; in a
 * file beside the graph, or all in one file.
 */
final class Changes {
  private static final long SEED = 1;
  private static final String WEIGHTS = "model.onnx.data";
  private static final String GRAPH = "model.onnx";

  private final Path folder;
  private final ModelShape shape;
  private final Consumer<String> progress;

  Changes(Path folder, ModelShape shape, Consumer<String> progress) {
    this.folder = folder;
    this.shape = shape;
    this.progress = progress;
  }

  /** Makes all pairs, or finds them made. */
  List<FileChange> all() throws IOException {
    Path base = tuned("base", new FineTune.None());
    List<FileChange> changes = new ArrayList<>();
    changes.add(inline("metadata only, one file", base, renamed(base), false));
    for (double strength : new double[] {1e-3, 1e-2}) {
      String what = "all weights ± %.0e".formatted(strength);
      Path tuned = tuned("noise-" + strength, new FineTune.Noise(strength));
      changes.add(external(what, base, tuned, true));
      changes.add(external(what + ", frozen scales", base, frozen(base, tuned), true));
      if (strength == 1e-2) {
        changes.add(inline(what + ", one file", base, tuned, true));
      }
    }
    Path merged = tuned("lora", new FineTune.LowRank(8, 1e-2));
    changes.add(external("LoRA merged (q, v), rank 8, ± 1e-02", base, merged, true));
    changes.add(external("the same, frozen scales", base, frozen(base, merged), true));
    Path fresh = tuned("layer", new FineTune.NewLayer(1));
    changes.add(external("1 of 4 layers new", base, fresh, false));
    changes.add(inline("1 of 4 layers new, one file", base, fresh, false));
    return changes;
  }

  private Path tuned(String name, FineTune tune) throws IOException {
    Path directory = folder.resolve(shape.name() + "-" + name);
    Path complete = directory.resolve("complete");
    if (!Files.exists(complete)) {
      progress.accept("making " + directory);
      deleteTree(directory);
      SyntheticModel.writeFineTune(directory, shape, SEED, tune);
      Files.writeString(complete, "");
    }
    return directory;
  }

  static void deleteTree(Path tree) throws IOException {
    if (Files.exists(tree)) {
      try (var paths = Files.walk(tree)) {
        for (Path path : paths.sorted(java.util.Comparator.reverseOrder()).toList()) {
          Files.delete(path);
        }
      }
    }
  }

  /** The same weights, with another version of the producer, as a new export has it. */
  private Path renamed(Path base) throws IOException {
    Path copy = copyOf(base, "renamed");
    Path graph = copy.resolve("onnx").resolve(GRAPH);
    ModelProto model = ModelProto.parseFrom(Files.readAllBytes(graph));
    Files.write(
        graph,
        model.toBuilder()
            .setProducerVersion("2.0.1-with-a-longer-name")
            .setDocString("Exported again.")
            .build()
            .toByteArray());
    return copy;
  }

  private Path frozen(Path base, Path tuned) throws IOException {
    Path copy = copyOf(tuned, "frozen");
    new FrozenScales(base.resolve("onnx"), tuned.resolve("fp32"), copy.resolve("onnx"))
        .requantize();
    return copy;
  }

  private Path copyOf(Path model, String suffix) throws IOException {
    Path copy = folder.resolve(model.getFileName() + "-" + suffix);
    deleteTree(copy);
    Files.createDirectories(copy.resolve("onnx"));
    for (String name : List.of(GRAPH, WEIGHTS)) {
      Files.copy(model.resolve("onnx").resolve(name), copy.resolve("onnx").resolve(name));
    }
    return copy;
  }

  private FileChange external(String name, Path base, Path target, boolean bounded)
      throws IOException {
    return change(name, base.resolve("onnx"), target.resolve("onnx"), WEIGHTS, bounded);
  }

  private FileChange inline(String name, Path base, Path target, boolean bounded)
      throws IOException {
    return change(name, oneFile(base), oneFile(target), GRAPH, bounded);
  }

  private Path oneFile(Path model) throws IOException {
    Path directory = folder.resolve(model.getFileName() + "-one-file");
    deleteTree(directory);
    Files.createDirectories(directory);
    ModelProto graph = OnnxGraphFile.read(model.resolve("onnx").resolve(GRAPH));
    Files.write(
        directory.resolve(GRAPH), InlineModel.of(graph, model.resolve("onnx")).toByteArray());
    return directory;
  }

  private static FileChange change(
      String name, Path base, Path target, String file, boolean bounded) {
    ReleaseFiles old = release(base);
    ReleaseFiles fresh = release(target);
    Artifact oldFile = old.manifest().file(file).orElseThrow();
    Artifact freshFile = fresh.manifest().file(file).orElseThrow();
    return new FileChange(
        name,
        old.locate(oldFile),
        fresh.locate(freshFile),
        new OnnxTensorAligner().align(old, oldFile, fresh, freshFile),
        bounded);
  }

  private static ReleaseFiles release(Path directory) {
    ReleaseManifest manifest =
        ReleaseBuilder.of(
                directory,
                new ModelId("synthetic"),
                ModelVersion.parse("1.0.0"),
                ReleaseManifest.Format.ONNX_GENAI,
                new Requirements(List.of(), List.of(), "onnxruntime", "1.20", 1 << 20, 512))
            .build();
    return ReleaseFiles.inDirectory(manifest, directory);
  }
}
