package io.edgellm.inference.surgery;

import io.edgellm.internal.io.Disk;
import io.edgellm.internal.io.DurableFile;
import io.edgellm.model.Sha256;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What is known of one model on this machine: {@code <root>/<model>/<environment>/}, with the
 * verdict and the prepacked weights.
 *
 * <p>The environment is the version of this package and of the runtime, and the processor. What was
 * found out in another one is deleted when something new is kept: it will not come back. Everything
 * here may be deleted at any time.
 */
final class SurgeryCache {
  /** Raised whenever a graph would be changed or compared in another way. */
  static final int SURGERY_VERSION = 1;

  private static final int MAX_VERDICT_BYTES = 16 << 20;

  private final Disk disk;
  private final Path root;
  private final Sha256 key;
  private final Path model;
  private final Path folder;

  private SurgeryCache(Disk disk, Path root, Sha256 fingerprint, Sha256 environment) {
    this.disk = disk;
    this.root = root.toAbsolutePath().normalize();
    this.key = Sha256.of((fingerprint.hex() + environment.hex()).getBytes(StandardCharsets.UTF_8));
    this.model = this.root.resolve(shortened(fingerprint));
    this.folder = model.resolve(shortened(environment));
  }

  /** Opens what is known of a model; nothing is written. */
  static SurgeryCache of(Disk disk, Path root, Sha256 fingerprint, String runtimeVersion) {
    String environment =
        "surgery "
            + SURGERY_VERSION
            + "\nonnxruntime "
            + runtimeVersion
            + "\n"
            + CpuIdentity.ofThisMachine();
    return new SurgeryCache(
        disk, root, fingerprint, Sha256.of(environment.getBytes(StandardCharsets.UTF_8)));
  }

  private static String shortened(Sha256 digest) {
    return digest.hex().substring(0, 32);
  }

  /** Returns what everything here is true of. */
  Sha256 key() {
    return key;
  }

  /** Returns where it lies, whether it is there or not. */
  Path folder() {
    return folder;
  }

  /** Returns the verdict that was kept under a name, if it is whole. */
  Optional<Verdict> verdict(String name) throws IOException {
    Path file = folder.resolve(name);
    try {
      if (Files.size(file) > MAX_VERDICT_BYTES) {
        return Optional.empty();
      }
      return Verdict.read(Files.readAllBytes(file), key);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  /** Keeps a verdict, over one that is there. */
  void keep(String name, Verdict verdict) throws IOException {
    prepareFolder();
    DurableFile.write(disk, folder.resolve(name), verdict.toJson(key));
  }

  /** Makes the folder, and deletes those of other environments. */
  void prepareFolder() throws IOException {
    Files.createDirectories(root);
    disk.createDirectory(model);
    disk.createDirectory(folder);
    disk.forceDirectory(model);
    disk.forceDirectory(root);
    try (Stream<Path> environments = Files.list(model)) {
      for (Path other : environments.filter(path -> !path.equals(folder)).toList()) {
        deleteTree(other);
      }
    }
  }

  /** Deletes a directory with all that is in it; links are not followed. */
  void deleteTree(Path directory) throws IOException {
    if (!Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    try (Stream<Path> paths = Files.walk(directory)) {
      List<Path> inwards = paths.sorted(Comparator.reverseOrder()).toList();
      for (Path path : inwards) {
        disk.delete(path);
      }
    }
  }
}
