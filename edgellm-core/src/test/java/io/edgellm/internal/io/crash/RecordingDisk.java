package io.edgellm.internal.io.crash;

import io.edgellm.internal.io.Disk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;

/**
 * Notes what is done to a directory, after it was done by another disk.
 *
 * <p>A copy is noted as a write, since that is what it is to the medium. Permissions are not noted.
 * What is written past this disk, by a channel, is noted as one write when the file is forced.
 */
public final class RecordingDisk implements Disk {
  private final Disk disk;
  private final Path directory;
  private final DiskTree before;
  private final Predicate<String> refused;
  private final List<DiskOperation> operations = new ArrayList<>();
  private final Map<Object, FileContent> contents = new HashMap<>();

  /**
   * Begins to record.
   *
   * @param disk does the work; it need not force anything
   * @param directory a real path
   * @param before what is there and durable already
   * @param refused the relative paths at which no file may be written or linked
   */
  public RecordingDisk(Disk disk, Path directory, DiskTree before, Predicate<String> refused) {
    this.refused = refused;
    this.disk = disk;
    this.directory = directory;
    this.before = before;
  }

  /** Returns what was done so far. */
  public synchronized DiskLog log() {
    return new DiskLog(before, operations);
  }

  /** Notes that the program was told that a step is done. */
  public void acknowledge(int step) {
    note(new DiskOperation.Acknowledged(step));
  }

  private synchronized void note(DiskOperation operation) {
    operations.add(operation);
  }

  private synchronized void noteContent(Path file, FileContent content) throws IOException {
    contents.put(inode(file), content);
    note(new DiskOperation.Written(relative(file), content));
  }

  /** A file keeps its content under another name. */
  private static Object inode(Path file) throws IOException {
    Object key = Files.readAttributes(file, BasicFileAttributes.class).fileKey();
    return key == null ? file : key;
  }

  private void requireAllowed(Path path) throws IOException {
    if (refused.test(relative(path))) {
      throw new IOException(path + " is refused");
    }
  }

  private String relative(Path path) {
    return DiskTree.relative(directory, path);
  }

  @Override
  public void createDirectory(Path path) throws IOException {
    boolean made = !Files.exists(path);
    disk.createDirectory(path);
    if (made) {
      note(new DiskOperation.DirectoryMade(relative(path)));
    }
  }

  @Override
  public void write(Path file, byte[] bytes) throws IOException {
    requireAllowed(file);
    disk.write(file, bytes);
    noteContent(file, FileContent.of(bytes));
  }

  @Override
  public void force(Path file) throws IOException {
    FileContent content = FileContent.of(Files.readAllBytes(file));
    if (!Objects.equals(contents.get(inode(file)), content)) {
      noteContent(file, content);
    }
    disk.force(file);
    note(new DiskOperation.Forced(relative(file)));
  }

  @Override
  public void forceDirectory(Path path) throws IOException {
    disk.forceDirectory(path);
    note(new DiskOperation.DirectoryForced(relative(path)));
  }

  @Override
  public void move(Path from, Path to) throws IOException {
    disk.move(from, to);
    note(new DiskOperation.Moved(relative(from), relative(to)));
  }

  @Override
  public void link(Path link, Path existing) throws IOException {
    requireAllowed(link);
    disk.link(link, existing);
    note(new DiskOperation.Linked(relative(link), relative(existing)));
  }

  @Override
  public void copy(Path from, Path to) throws IOException {
    disk.copy(from, to);
    noteContent(to, FileContent.of(Files.readAllBytes(to)));
  }

  @Override
  public void symbolicLink(Path link, Path target) throws IOException {
    disk.symbolicLink(link, target);
    note(new DiskOperation.LinkedSymbolically(relative(link), target.toString()));
  }

  @Override
  public void delete(Path path) throws IOException {
    boolean there = Files.exists(path, LinkOption.NOFOLLOW_LINKS);
    disk.delete(path);
    if (there) {
      note(new DiskOperation.Deleted(relative(path)));
    }
  }

  @Override
  public void makeReadOnly(Path file) throws IOException {
    disk.makeReadOnly(file);
  }

  @Override
  public long usableBytes(Path path) throws IOException {
    return disk.usableBytes(path);
  }
}
