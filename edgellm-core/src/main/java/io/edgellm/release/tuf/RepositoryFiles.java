package io.edgellm.release.tuf;

import io.edgellm.internal.io.Disk;
import io.edgellm.internal.io.DurableFile;
import io.edgellm.internal.tuf.RoleName;
import io.edgellm.release.ReleaseException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The directories of a repository, and the only way in which this package writes to them: each file
 * as a whole, durable before the next one.
 */
final class RepositoryFiles {
  private final Disk disk;
  private final Path root;

  RepositoryFiles(Disk disk, Path root) {
    this.disk = disk;
    this.root = root.toAbsolutePath().normalize();
  }

  private interface Access<T> {
    T run() throws IOException;
  }

  private <T> T access(Path subject, Access<T> access) {
    try {
      return access.run();
    } catch (IOException e) {
      throw new ReleaseException(
          ReleaseException.Reason.IO,
          "The repository cannot be read or written ("
              + e
              + "): correct this and try again; what devices see is as it was.",
          subject.toString(),
          e);
    }
  }

  Path root() {
    return root;
  }

  Path metadata(String fileName) {
    return below("metadata", fileName);
  }

  Path target(String repositoryPath) {
    return below("targets", repositoryPath);
  }

  /** Where {@link io.edgellm.release.ReleasePublisher} put a file of a release. */
  Path plain(String path) {
    return below("", path);
  }

  Path staged(String path) {
    return below("staged", path);
  }

  private Path below(String directory, String path) {
    Path base = root.resolve(directory);
    Path file = base.resolve(path).normalize();
    if (!file.startsWith(base)) {
      throw new IllegalArgumentException("'" + path + "' leaves the repository.");
    }
    return file;
  }

  /** Returns a file, if it is there. */
  Optional<byte[]> read(Path file) {
    return access(
        file,
        () -> {
          try {
            return Optional.of(Files.readAllBytes(file));
          } catch (NoSuchFileException e) {
            return Optional.empty();
          }
        });
  }

  /** Returns the names in a directory, sorted; none if it is not there. */
  List<String> names(Path directory) {
    return access(
        directory,
        () -> {
          try (Stream<Path> children = Files.list(directory)) {
            return children.map(c -> String.valueOf(c.getFileName())).sorted().toList();
          } catch (NoSuchFileException e) {
            return List.of();
          }
        });
  }

  /** Returns the highest version of a role of which there is a file, published or not; or 0. */
  long highestVersion(String role) {
    String suffix = "." + RoleName.fileName(role);
    return names(root.resolve("metadata")).stream()
        .filter(name -> name.endsWith(suffix))
        .map(name -> name.substring(0, name.length() - suffix.length()))
        .filter(number -> number.matches("[1-9][0-9]{0,17}"))
        .mapToLong(Long::parseLong)
        .max()
        .orElse(0);
  }

  /** Makes a file durable, with the directories above it. What is there already is left alone. */
  void write(Path file, byte[] bytes) {
    if (read(file).filter(there -> Arrays.equals(there, bytes)).isEmpty()) {
      access(
          file,
          () -> {
            createDirectories(file.resolveSibling(""));
            DurableFile.write(disk, file, bytes);
            return file;
          });
    }
  }

  private void createDirectories(Path directory) throws IOException {
    if (Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    Path parent = directory.resolveSibling("");
    if (!directory.equals(root)) {
      createDirectories(parent);
    }
    disk.createDirectory(directory);
    disk.forceDirectory(parent);
  }

  /** Deletes a directory of files and directories of files; {@code first} goes before the rest. */
  void deleteTree(Path directory, Path first) {
    access(
        directory,
        () -> {
          disk.delete(first);
          deleteTree(directory);
          return directory;
        });
  }

  private void deleteTree(Path directory) throws IOException {
    if (Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
      for (String name : names(directory)) {
        deleteTree(directory.resolve(name));
      }
    }
    disk.delete(directory);
  }
}
