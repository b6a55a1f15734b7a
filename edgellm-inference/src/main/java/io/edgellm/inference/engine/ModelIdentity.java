package io.edgellm.inference.engine;

import io.edgellm.inference.graph.CacheAbility;
import io.edgellm.inference.graph.DecoderGraph;
import io.edgellm.inference.prefix.ModelKey;
import io.edgellm.llm.InferenceException;
import io.edgellm.model.Artifact;
import io.edgellm.model.Sha256;
import io.edgellm.trust.LoadableModel;
import io.edgellm.trust.VerifiedModel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.util.List;
import java.util.stream.Stream;

/**
 * Tells models apart whose caches must not be mixed up.
 *
 * <p>A verified model is what its manifest says. Of a directory that nobody verified the files are
 * not hashed, which would take as long as loading: where they lie, their sizes, their times and
 * samples of their content have to do.
 */
final class ModelIdentity {
  private static final int SAMPLES = 16;
  private static final int SAMPLE_BYTES = 4096;

  private ModelIdentity() {}

  static ModelKey of(LoadableModel source, DecoderGraph graph, String runtime) {
    return new ModelKey(
        source instanceof VerifiedModel verified ? manifest(verified) : files(source.directory()),
        layout(graph),
        runtime,
        graph.abilities().contains(CacheAbility.REWIND));
  }

  private static Sha256 layout(DecoderGraph graph) {
    MessageDigest digest = Sha256.newDigest();
    add(digest, graph.imageLayout() + ", CPU, at most " + graph.contextTokens() + " tokens");
    return Sha256.of(digest.digest(), 0);
  }

  private static Sha256 manifest(VerifiedModel model) {
    MessageDigest digest = Sha256.newDigest();
    for (Artifact file : model.manifest().files()) {
      add(digest, file.path() + " " + file.sha256().hex());
    }
    return Sha256.of(digest.digest(), 0);
  }

  private static Sha256 files(Path directory) {
    MessageDigest digest = Sha256.newDigest();
    add(digest, directory.toAbsolutePath().normalize().toString());
    try (Stream<Path> walk = Files.walk(directory)) {
      List<Path> files = walk.filter(Files::isRegularFile).sorted().toList();
      for (Path file : files) {
        BasicFileAttributes is = Files.readAttributes(file, BasicFileAttributes.class);
        add(digest, directory.relativize(file) + " " + is.size() + " " + is.lastModifiedTime());
        addSamples(digest, file, is.size());
      }
    } catch (IOException | UncheckedIOException e) {
      throw new InferenceException(
          InferenceException.Reason.MODEL_INVALID,
          directory + " cannot be listed: " + e.getMessage(),
          directory.toString(),
          e);
    }
    return Sha256.of(digest.digest(), 0);
  }

  /** Other weights differ nearly everywhere, whatever their file's time says. */
  private static void addSamples(MessageDigest digest, Path file, long size) throws IOException {
    try (FileChannel channel = FileChannel.open(file)) {
      for (int sample = 0; sample < SAMPLES; sample++) {
        ByteBuffer bytes = ByteBuffer.allocate(SAMPLE_BYTES);
        channel.read(bytes, size / SAMPLES * sample);
        digest.update(bytes.flip());
      }
    }
  }

  private static void add(MessageDigest digest, String line) {
    digest.update((line + "\n").getBytes(StandardCharsets.UTF_8));
  }
}
