package io.edgellm.inference.quantize;

import io.edgellm.inference.quantize.QuantizationException.Reason;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * A directory that appears whole or not at all: it is filled under a temporary name beside its own
 * and renamed at the end. Closing it before that deletes what there is.
 */
final class TargetDirectory implements AutoCloseable {
  private final Path target;
  private final Path partial;

  private TargetDirectory(Path target, Path partial) {
    this.target = target;
    this.partial = partial;
  }

  static TargetDirectory create(Path target) throws IOException {
    Path absolute = target.toAbsolutePath().normalize();
    refuseExisting(absolute);
    Path partial =
        absolute.resolveSibling("." + absolute.getFileName() + ".partial-" + UUID.randomUUID());
    Files.createDirectories(partial);
    return new TargetDirectory(absolute, partial);
  }

  /** Returns the path of a file to write; its directories exist. */
  Path file(String name) throws IOException {
    Path file = partial.resolve(name);
    Files.createDirectories(file.resolve("..").normalize());
    return file;
  }

  /** Makes every file durable and gives the directory its name. */
  void commit() throws IOException {
    for (Path path : contents()) {
      force(path);
    }
    refuseExisting(target);
    try {
      Files.move(partial, target, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException e) {
      throw new QuantizationException(
          Reason.IO, "The file system cannot rename a directory.", target.toString(), e);
    }
    force(target.resolveSibling("."));
  }

  @Override
  public void close() throws IOException {
    if (Files.exists(partial)) {
      for (Path path : contents()) {
        Files.delete(path);
      }
    }
  }

  /** Everything below and the directory itself, children before their parents. */
  private List<Path> contents() throws IOException {
    try (Stream<Path> all = Files.walk(partial)) {
      return all.sorted(Comparator.reverseOrder()).toList();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private static void force(Path path) throws IOException {
    boolean directory = Files.isDirectory(path);
    try (FileChannel channel =
        FileChannel.open(path, directory ? StandardOpenOption.READ : StandardOpenOption.WRITE)) {
      channel.force(true);
    } catch (IOException e) {
      // Windows does not open directories; its renames are durable without.
      if (!directory) {
        throw e;
      }
    }
  }

  private static void refuseExisting(Path target) {
    if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
      throw new QuantizationException(
          Reason.TARGET_EXISTS,
          target + " exists already; choose another directory or delete it.",
          target.toString());
    }
  }
}
