package io.edgellm.inference.surgery;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.edgellm.inference.onnx.OnnxGraphFile;
import io.edgellm.internal.io.Disk;
import io.edgellm.model.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A graph with its weights in the form that the kernels of this processor compute with, written
 * once by the runtime. Opening it maps them, where otherwise every load packs them anew into memory
 * of the process.
 *
 * <p>The directory {@code prepacked} holds the graph, the weights and a seal, and appears whole or
 * not at all: it is filled under another name, made durable and renamed. What does not fit its seal
 * is deleted. One writer at a time, which the caller sees to.
 */
final class PrepackedWeights {
  static final String GRAPH = "model.onnx";
  static final String WEIGHTS = "weights.bin";
  static final String SEAL = "seal.json";

  private static final String SAVE = "session.save_external_prepacked_constant_initializers";
  private static final String FILE = "session.optimized_model_external_initializers_file_name";
  private static final String SMALLEST =
      "session.optimized_model_external_initializers_min_size_in_bytes";

  private final Disk disk;
  private final SurgeryCache cache;
  private final Path folder;
  private final Path partial;
  private final Path raw;

  PrepackedWeights(Disk disk, SurgeryCache cache, String name) {
    this.disk = disk;
    this.cache = cache;
    this.folder = cache.folder().resolve(name);
    this.partial = cache.folder().resolve("." + name + ".partial");
    this.raw = cache.folder().resolve("." + name + ".raw");
  }

  /** Returns where they lie. */
  Path folder() {
    return folder;
  }

  /** Opens what was written before; what is damaged or of something else is deleted. */
  Optional<GraphSource> find(Sha256 key) throws IOException {
    if (!Files.isDirectory(folder)) {
      return Optional.empty();
    }
    if (isWhole(key)) {
      return Optional.of(new GraphSource.OnDisk(folder.resolve(GRAPH)));
    }
    cache.deleteTree(folder);
    return Optional.empty();
  }

  private boolean isWhole(Sha256 key) throws IOException {
    Path sealFile = folder.resolve(SEAL);
    if (!Files.isRegularFile(sealFile)
        || !Files.isRegularFile(folder.resolve(GRAPH))
        || !Files.isRegularFile(folder.resolve(WEIGHTS))) {
      return false;
    }
    Optional<PackedSeal> seal = PackedSeal.read(Files.readAllBytes(sealFile));
    return seal.isPresent() && seal.get().equals(seal(key, folder));
  }

  private static PackedSeal seal(Sha256 key, Path directory) throws IOException {
    return new PackedSeal(
        key,
        PackedSeal.Checksum.of(directory.resolve(GRAPH)),
        PackedSeal.Checksum.of(directory.resolve(WEIGHTS)));
  }

  /** Prepares a place to write to; what a crash left there is deleted. */
  void begin() throws IOException {
    cache.prepareFolder();
    cache.deleteTree(raw);
    cache.deleteTree(partial);
    disk.createDirectory(raw);
    disk.createDirectory(partial);
  }

  /** Lets a session write its weights while it is opened. */
  void addTo(OrtSession.SessionOptions options) throws OrtException {
    options.setOptimizedModelFilePath(raw.resolve(GRAPH).toString());
    options.addConfigEntry(SAVE, "1");
    options.addConfigEntry(FILE, WEIGHTS);
    options.addConfigEntry(SMALLEST, Integer.toString(OnnxGraphFile.INLINE_BYTES));
  }

  /** Returns what the session wrote, with every weight at an aligned place. */
  GraphSource align() throws IOException {
    ModelProto written = OnnxGraphFile.read(raw.resolve(GRAPH));
    ModelProto aligned = PackedRanges.move(written, raw.resolve(WEIGHTS), partial.resolve(WEIGHTS));
    disk.write(partial.resolve(GRAPH), aligned.toByteArray());
    cache.deleteTree(raw);
    return new GraphSource.OnDisk(partial.resolve(GRAPH));
  }

  /** Makes it durable and gives it its name. */
  GraphSource commit(Sha256 key) throws IOException {
    disk.write(partial.resolve(SEAL), seal(key, partial).toJson());
    for (String file : new String[] {GRAPH, WEIGHTS, SEAL}) {
      disk.force(partial.resolve(file));
    }
    disk.forceDirectory(partial);
    cache.deleteTree(folder);
    disk.move(partial, folder);
    disk.forceDirectory(cache.folder());
    return new GraphSource.OnDisk(folder.resolve(GRAPH));
  }

  /** Deletes what was begun. */
  void abandon() throws IOException {
    cache.deleteTree(raw);
    cache.deleteTree(partial);
  }
}
