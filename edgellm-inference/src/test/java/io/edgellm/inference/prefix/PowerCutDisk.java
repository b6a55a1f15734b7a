package io.edgellm.inference.prefix;

import io.edgellm.internal.io.Disk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The disk of this machine until the power fails before a certain operation. Of the files that were
 * written and not forced until then, something is left.
 */
final class PowerCutDisk implements Disk {
  /** What is left of a file that was not forced. */
  enum Left {
    ALL,
    HALF,
    ZEROS_FROM_THE_MIDDLE,
    NOTHING
  }

  /** The program ends here; no handler of ours may run on. */
  static final class PowerCut extends Error {
    private static final long serialVersionUID = 1L;
  }

  private interface Operation {
    void run() throws IOException;
  }

  private final Disk disk = Disk.local();
  private final Path directory;
  private final int cutBefore;
  private final Left left;
  private final List<String> operations = new ArrayList<>();
  private final Set<Path> forced = new HashSet<>();

  /**
   * @param cutBefore the number of the operation, from 1, that is not done any more
   */
  PowerCutDisk(Path directory, int cutBefore, Left left) throws IOException {
    this.directory = directory;
    this.cutBefore = cutBefore;
    this.left = left;
    forced.addAll(files());
  }

  private List<Path> files() throws IOException {
    if (!Files.isDirectory(directory)) {
      return List.of();
    }
    try (var files = Files.list(directory)) {
      return files.toList();
    }
  }

  /** Returns what was done, in order. */
  List<String> operations() {
    return operations;
  }

  private void at(String name, Operation operation) throws IOException {
    if (operations.size() + 1 >= cutBefore) {
      for (Path file : files()) {
        if (!forced.contains(file)) {
          damage(file);
        }
      }
      throw new PowerCut();
    }
    operations.add(name);
    operation.run();
  }

  private void damage(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    if (left == Left.ZEROS_FROM_THE_MIDDLE) {
      Arrays.fill(bytes, bytes.length / 2, bytes.length, (byte) 0);
      Files.write(file, bytes);
    } else if (left != Left.ALL) {
      Files.write(file, Arrays.copyOf(bytes, left == Left.HALF ? bytes.length / 2 : 0));
    }
  }

  @Override
  public void force(Path file) throws IOException {
    at("force", () -> forced.add(file));
  }

  @Override
  public void forceDirectory(Path forcedDirectory) throws IOException {
    at("force directory", () -> {});
  }

  @Override
  public void move(Path from, Path to) throws IOException {
    at(
        "move",
        () -> {
          disk.move(from, to);
          if (forced.contains(from)) {
            forced.add(to);
          }
        });
  }

  @Override
  public void delete(Path path) throws IOException {
    at("delete", () -> disk.delete(path));
  }

  @Override
  public void createDirectory(Path path) throws IOException {
    at("create directory", () -> disk.createDirectory(path));
  }

  @Override
  public void write(Path file, byte[] bytes) throws IOException {
    at("write", () -> disk.write(file, bytes));
  }

  @Override
  public void link(Path link, Path existing) throws IOException {
    at("link", () -> disk.link(link, existing));
  }

  @Override
  public void copy(Path from, Path to) throws IOException {
    at("copy", () -> disk.copy(from, to));
  }

  @Override
  public void symbolicLink(Path link, Path target) throws IOException {
    at("symbolic link", () -> disk.symbolicLink(link, target));
  }

  @Override
  public void makeReadOnly(Path file) throws IOException {
    at("make read-only", () -> disk.makeReadOnly(file));
  }

  @Override
  public long usableBytes(Path path) throws IOException {
    return disk.usableBytes(path);
  }
}
