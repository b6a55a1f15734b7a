package io.edgellm.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.edgellm.model.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;

/** Writes files as other tools keep them. */
final class ForeignCaches {
  private static final String REVISION = "5ba9e3f2b8c0d1e4f7a6b5c4d3e2f1a0b9c8d7e6";

  private ForeignCaches() {}

  /** Writes a file that only its owner may write to. */
  static void write(Path file, byte[] bytes) throws IOException {
    Files.createDirectories(file.resolveSibling(""));
    Files.write(file, bytes);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
  }

  /**
   * Hugging Face's hub: large files under their SHA-256, small ones under the digest of git, and a
   * tree of links.
   *
   * @return the directory of the revision
   */
  static Path huggingFace(Path hub, Map<String, byte[]> files) throws IOException {
    Path model = hub.resolve("models--acme--assistant");
    write(model.resolve("refs/main"), REVISION.getBytes(UTF_8));
    Path snapshot = model.resolve("snapshots").resolve(REVISION);
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      String digest = Sha256.of(file.getValue()).hex();
      String name = file.getKey().endsWith(".json") ? digest.substring(0, 40) : digest;
      write(model.resolve("blobs").resolve(name), file.getValue());
      Path link = snapshot.resolve(file.getKey());
      Files.createDirectories(link.resolveSibling(""));
      Files.createSymbolicLink(
          link, link.resolveSibling("").relativize(model.resolve("blobs").resolve(name)));
    }
    return snapshot;
  }

  /** Ollama: blobs by digest, and manifests that name them. */
  static Path ollama(Path models, Map<String, byte[]> files) throws IOException {
    StringBuilder layers = new StringBuilder();
    for (byte[] content : files.values()) {
      String digest = Sha256.of(content).hex();
      write(models.resolve("blobs/sha256-" + digest), content);
      layers.append("{\"digest\":\"sha256:").append(digest).append("\"},");
    }
    write(
        models.resolve("manifests/registry.ollama.ai/library/assistant/latest"),
        ("{\"layers\":[" + layers + "]}").getBytes(UTF_8));
    return models;
  }

  /** Triton: numbered versions below the model, a configuration beside them. */
  static Path triton(Path repository, Map<String, byte[]> files) throws IOException {
    write(repository.resolve("assistant/config.pbtxt"), "name: \"assistant\"\n".getBytes(UTF_8));
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      write(repository.resolve("assistant/1").resolve(file.getKey()), file.getValue());
    }
    return repository;
  }
}
