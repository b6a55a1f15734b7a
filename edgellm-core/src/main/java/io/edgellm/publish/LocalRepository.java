package io.edgellm.publish;

import io.edgellm.internal.io.Disk;
import io.edgellm.internal.io.DurableFile;
import io.edgellm.internal.io.ProcessLocks;
import io.edgellm.model.Artifact;
import io.edgellm.model.ModelException;
import io.edgellm.model.ModelId;
import io.edgellm.model.RepositoryPaths;
import io.edgellm.release.ReleaseException;
import io.edgellm.release.ReleaseIndex;
import io.edgellm.trust.SignedRelease;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** A repository in a directory, file by file. */
final class LocalRepository {
  private static final String LOCK = ".publish.lock";

  /** What publishers lock who write here, and what a push locks. */
  private static final List<String> LOCKS = List.of("publish", "tuf", "push");

  private final Path root;
  private final Disk disk = Disk.local();

  LocalRepository(Path root) {
    this.root = root.toAbsolutePath().normalize();
  }

  Path root() {
    return root;
  }

  /** Reads a small file; nothing if it is not there. */
  Optional<byte[]> read(String path) {
    try {
      return Optional.of(Files.readAllBytes(resolve(path)));
    } catch (NoSuchFileException | NotDirectoryException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw failed(path, e);
    }
  }

  private Path resolve(String path) {
    Path file = root.resolve(path).normalize();
    if (!file.startsWith(root)) {
      throw new IllegalArgumentException("'" + path + "' leaves the repository.");
    }
    return file;
  }

  MetadataState metadata() {
    return MetadataState.read(this::read, root.toString());
  }

  /** Returns the model lines that have an index. */
  List<ModelId> lines() {
    try (Stream<Path> children = Files.list(root.resolve("models"))) {
      return children.flatMap(child -> line(child).stream()).sorted().toList();
    } catch (NoSuchFileException e) {
      return List.of();
    } catch (IOException e) {
      throw failed("models", e);
    }
  }

  private static Optional<ModelId> line(Path directory) {
    try {
      return Files.isRegularFile(directory.resolve("index.json"))
          ? Optional.of(new ModelId(String.valueOf(directory.getFileName())))
          : Optional.empty();
    } catch (ModelException e) {
      return Optional.empty();
    }
  }

  Optional<ReleaseIndex> index(ModelId line) {
    return read(RepositoryPaths.index(line)).map(ReleaseIndex::fromJson);
  }

  /** Reads the papers of a release, which are there. */
  ReleasePapers papers(ModelId line, ReleaseIndex.Entry entry) {
    String path = RepositoryPaths.manifest(line, entry.version());
    SignedRelease release =
        SignedRelease.of(require(path), require(RepositoryPaths.signature(line, entry.version())));
    return new ReleasePapers(
        read(RepositoryPaths.attestations(line, entry.version()))
            .map(release::withAttestations)
            .orElse(release));
  }

  byte[] require(String path) {
    return read(path)
        .orElseThrow(
            () ->
                new ReleaseException(
                    ReleaseException.Reason.MISSING,
                    "'"
                        + path
                        + "' is not in '"
                        + root
                        + "': publish the release there again, or pull once more.",
                    path));
  }

  /** Returns where a blob is, if it is there with its size. */
  Optional<Path> blob(Artifact blob) {
    Path file = resolve(RepositoryPaths.blob(blob.sha256()));
    try {
      return Files.isRegularFile(file) && Files.size(file) == blob.sizeBytes()
          ? Optional.of(file)
          : Optional.empty();
    } catch (IOException e) {
      throw failed(RepositoryPaths.blob(blob.sha256()), e);
    }
  }

  /** Writes a small file durably, with the directories above it. */
  void write(String path, byte[] bytes) {
    Path file = resolve(path);
    try {
      createDirectories(file.resolveSibling(""));
      DurableFile.write(disk, file, bytes);
    } catch (IOException e) {
      throw failed(path, e);
    }
  }

  void createDirectories(Path directory) throws IOException {
    if (Files.isDirectory(directory)) {
      return;
    }
    Path parent = directory.resolveSibling("");
    if (!directory.equals(root)) {
      createDirectories(parent);
    }
    disk.createDirectory(directory);
    disk.forceDirectory(parent);
  }

  /** Locks that are held until it is closed. */
  interface Held extends AutoCloseable {
    @Override
    void close();
  }

  /**
   * Keeps all other publishers away.
   *
   * @throws ReleaseException with {@code BUSY}
   */
  Held lock() {
    try {
      if (!Files.isDirectory(root, LinkOption.NOFOLLOW_LINKS)) {
        Files.createDirectories(root);
      }
      return new Locks(ProcessLocks.open(root.resolve(LOCK))).take();
    } catch (IOException e) {
      throw failed(LOCK, e);
    }
  }

  /** All locks of the directory, or none. */
  private final class Locks implements Held {
    private final ProcessLocks file;
    private final List<ProcessLocks.Held> held = new ArrayList<>();

    Locks(ProcessLocks file) {
      this.file = file;
    }

    Held take() throws IOException {
      for (String name : LOCKS) {
        Optional<ProcessLocks.Held> lock = file.tryExclusive(name);
        lock.ifPresent(held::add);
        if (lock.isEmpty()) {
          close();
          throw new ReleaseException(
              ReleaseException.Reason.BUSY,
              "Another publisher is at work in '" + root + "': try again when it has ended.",
              root.toString());
        }
      }
      return this;
    }

    @Override
    public void close() {
      try {
        for (ProcessLocks.Held lock : held) {
          lock.close();
        }
        file.close();
      } catch (IOException e) {
        throw failed(LOCK, e);
      }
    }
  }

  ReleaseException failed(String path, IOException e) {
    return new ReleaseException(
        ReleaseException.Reason.IO,
        "'"
            + path
            + "' cannot be read or written in '"
            + root
            + "' ("
            + e
            + "): correct this and try again.",
        path,
        e);
  }
}
