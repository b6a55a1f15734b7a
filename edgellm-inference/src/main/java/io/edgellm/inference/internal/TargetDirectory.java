package io.edgellm.inference.internal;

import io.edgellm.internal.io.Disk;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * A directory that appears whole or not at all: it is filled under a temporary name beside its own
 * and renamed at the end. Closing it before that deletes what there is. What a process that was
 * killed has left is deleted by the next one that makes the same directory. For one thread.
 */
public final class TargetDirectory implements AutoCloseable {
  private final Disk disk = Disk.local();
  private final Path target;
  private final Path partial;
  private final PartialMark mark;

  private TargetDirectory(Path target, Path partial, PartialMark mark) {
    this.target = target;
    this.partial = partial;
    this.mark = mark;
  }

  /**
   * Begins a directory.
   *
   * @throws Exists if there is something under its name
   */
  public static TargetDirectory create(Path target) throws IOException {
    Path absolute = target.toAbsolutePath().normalize();
    refuseExisting(absolute);
    Files.createDirectories(absolute.resolveSibling(""));
    String prefix = "." + absolute.getFileName() + ".partial-";
    for (PartialMark abandoned : PartialMark.abandoned(absolute.resolveSibling(""), prefix)) {
      delete(abandoned.directory());
      abandoned.close();
    }
    Path partial = absolute.resolveSibling(prefix + UUID.randomUUID());
    PartialMark mark = PartialMark.set(partial);
    try {
      Files.createDirectory(partial);
    } catch (IOException e) {
      mark.close();
      throw e;
    }
    return new TargetDirectory(absolute, partial, mark);
  }

  /** Returns the path of a file to write; its directories exist. */
  public Path file(String name) throws IOException {
    Path file = partial.resolve(name);
    Files.createDirectories(file.resolve("..").normalize());
    return file;
  }

  /**
   * Makes every file durable and gives the directory its name.
   *
   * @throws Exists if somebody else was faster
   */
  public void commit() throws IOException {
    for (Path path : contents(partial)) {
      if (Files.isDirectory(path)) {
        disk.forceDirectory(path);
      } else {
        disk.force(path);
      }
    }
    refuseExisting(target);
    try {
      disk.move(partial, target);
    } catch (IOException e) {
      refuseExisting(target);
      throw e;
    }
    disk.forceDirectory(target.resolve("..").normalize());
  }

  @Override
  public void close() throws IOException {
    try (mark) {
      delete(partial);
    }
  }

  private static void delete(Path directory) throws IOException {
    if (Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
      for (Path path : contents(directory)) {
        Disk.local().delete(path);
      }
    }
  }

  /** Everything below and the directory itself, children before their parents. */
  private static List<Path> contents(Path directory) throws IOException {
    try (Stream<Path> all = Files.walk(directory)) {
      return all.sorted(Comparator.reverseOrder()).toList();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private static void refuseExisting(Path target) throws Exists {
    if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
      throw new Exists(target);
    }
  }

  /** There is something under the name of the target; nothing is ever overwritten. */
  public static final class Exists extends FileAlreadyExistsException {
    private static final long serialVersionUID = 1L;

    private Exists(Path target) {
      super(target.toString());
    }

    /** Returns a sentence that says what to do. */
    public String sentence() {
      return getFile() + " exists already; choose another directory or delete it.";
    }
  }
}
