package io.edgellm.inference.surgery;

import ai.onnx.proto.OnnxMl.ModelProto;
import io.edgellm.inference.onnx.ExternalFiles;
import io.edgellm.inference.onnx.TensorRange;
import io.edgellm.model.Sha256;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A digest that tells models apart without reading them whole: of the graph, of the sizes of its
 * files, and of the model's own digest where a manifest has one. Where not, of the time at which
 * each file was last changed and of 4 KiB in the middle of every weight, so that another training
 * of the same graph is another model even where a copy gave it the same times.
 */
final class ModelFingerprint {
  private static final int SAMPLE_BYTES = 4096;

  private ModelFingerprint() {}

  /**
   * Reads the samples.
   *
   * @param folder where the files lie that the graph names
   */
  static Sha256 of(ModelProto model, Path folder, @Nullable Sha256 modelDigest) throws IOException {
    MessageDigest digest = Sha256.newDigest();
    digest.update(model.toByteArray());
    List<TensorRange> ranges = ExternalFiles.ranges(model);
    for (String location : ExternalFiles.locations(ranges)) {
      Path file = folder.resolve(location);
      add(digest, location + ":" + Files.size(file) + ":");
      if (modelDigest == null) {
        add(digest, Files.getLastModifiedTime(file) + "\n");
        addSamples(digest, file, ranges.stream().filter(it -> it.location().equals(location)));
      }
    }
    if (modelDigest != null) {
      add(digest, modelDigest.hex());
    }
    return Sha256.of(digest.digest(), 0);
  }

  private static void addSamples(MessageDigest digest, Path file, Stream<TensorRange> ranges)
      throws IOException {
    ByteBuffer sample = ByteBuffer.allocate(SAMPLE_BYTES);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      for (TensorRange range : ranges.toList()) {
        channel.read(sample.clear(), range.offset() + Math.max(0, range.length()) / 2);
        digest.update(sample.flip());
      }
    }
  }

  private static void add(MessageDigest digest, String text) {
    digest.update(text.getBytes(StandardCharsets.UTF_8));
  }
}
