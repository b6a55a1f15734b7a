package io.edgellm.inference.prefix;

import io.edgellm.internal.io.Disk;
import io.edgellm.internal.io.ProcessLocks;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * A directory of snapshots, bounded by the sum of their bytes; who was used longest ago goes first.
 *
 * <p>The directory itself is the only record: names tell model and prefix, and the time of the last
 * change is the time of the last use. So several processes may share it. Who writes or deletes
 * holds the one lock of the directory, and looks at what is there first; hence the bound holds for
 * all together, and a temporary file that is seen under the lock belongs to somebody who died.
 * Reading takes no lock: a name stands for one content, which appears as a whole, and a file that
 * is deleted meanwhile is a miss.
 *
 * <p>Foreign names are never looked at and never deleted. Thread-safe; every call waits for the
 * disk.
 */
final class DiskTier implements AutoCloseable {
  /** More files are not kept, however small they are: each listing reads all names. */
  static final int MOST_FILES = 1024;

  private static final String LOCK = "write";
  private static final String LOCK_FILE = ".lock";
  private static final String TEMPORARY_SUFFIX = ".tmp";
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  /** A snapshot in the directory. */
  private record Kept(String name, long bytes, FileTime used) {
    static final Comparator<Kept> OLDEST_FIRST =
        Comparator.comparing(Kept::used).thenComparing(Kept::name);
  }

  private final Disk disk;
  private final Path directory;
  private final long mostBytes;
  private final InstantSource clock;
  private final Consumer<Set<String>> evicted;
  private final ProcessLocks locks;

  private final Map<Refusal, Long> refusals = new EnumMap<>(Refusal.class);
  private int files;
  private long bytes;
  private long evictions;

  /**
   * Makes the directory, for its owner only, if it is not there.
   *
   * @param evicted hears the names of the files that were deleted to make room
   * @throws IOException if it cannot be used; the message says why
   */
  DiskTier(
      Disk disk, Path directory, long mostBytes, InstantSource clock, Consumer<Set<String>> evicted)
      throws IOException {
    this.disk = disk;
    this.directory = directory.toAbsolutePath();
    this.mostBytes = mostBytes;
    this.clock = clock;
    this.evicted = evicted;
    Files.createDirectories(this.directory, OwnerOnly.directory(this.directory));
    if (OwnerOnly.isWritableByOthers(this.directory)) {
      throw new IOException(
          directory
              + " can be written to by others, who could slip in caches that nobody computed:"
              + " take the permission away from group and others.");
    }
    this.locks = ProcessLocks.open(this.directory.resolve(LOCK_FILE));
  }

  /**
   * Returns the prefixes of a model that are there, by the headers of its files, after clearing
   * away what dead writers left and what is beyond the bound.
   */
  @SuppressWarnings("try") // The lock is held, not used.
  List<Prefix> scan(ModelKey model) throws IOException {
    try (ProcessLocks.Held held = lock()) {
      makeRoom(0);
    }
    List<Prefix> found = new ArrayList<>();
    String start = Prefix.fileNameStart(model);
    for (Kept kept : list()) {
      if (kept.name().startsWith(start)) {
        readHeader(model, kept.name()).ifPresent(found::add);
      }
    }
    return found;
  }

  private Optional<Prefix> readHeader(ModelKey model, String name) {
    Path path = directory.resolve(name);
    try {
      Prefix prefix = new SnapshotFile(path).readHeader().prefix();
      if (prefix.model().equals(model) && prefix.fileName().equals(name)) {
        return Optional.of(prefix);
      }
      refuse(path, prefix.model().equals(model) ? Refusal.OTHER_TOKENS : Refusal.OTHER_MODEL);
    } catch (IOException e) {
      refuse(path, e);
    }
    return Optional.empty();
  }

  /**
   * Reads the image of a prefix, and notes that it was used.
   *
   * @return empty if there is no memory for it now
   * @throws IOException if there is no such image any more; what was broken is deleted
   */
  Optional<Image> read(Prefix prefix, ImageAllocator allocator) throws IOException {
    Path path = directory.resolve(prefix.fileName());
    try {
      Optional<Image> image = new SnapshotFile(path).read(prefix, allocator);
      touch(prefix);
      return image;
    } catch (IOException e) {
      refuse(path, e);
      throw e;
    }
  }

  /** Notes that a snapshot was used. */
  void touch(Prefix prefix) {
    try {
      Files.setLastModifiedTime(
          directory.resolve(prefix.fileName()), FileTime.from(clock.instant()));
    } catch (IOException e) {
      // It was deleted, or it will be earlier than others; neither is worth a failed request.
      return;
    }
  }

  private void refuse(Path path, IOException failure) {
    if (failure instanceof RefusedSnapshotException refused) {
      refuse(path, refused.refusal());
    } else if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      refuse(path, Refusal.UNREADABLE);
    }
  }

  private void refuse(Path path, Refusal refusal) {
    synchronized (this) {
      refusals.merge(refusal, 1L, Long::sum);
    }
    if (refusal.isBroken()) {
      try {
        disk.delete(path);
      } catch (IOException e) {
        // It will be refused again.
        return;
      }
    }
  }

  /**
   * Writes an image, after deleting others to make room.
   *
   * @param wanted asked when it is this writer's turn; if not, nothing is written
   * @return whether it was written
   * @throws IOException if it could not be written; nothing of it is left
   */
  @SuppressWarnings("try") // The lock is held, not used.
  boolean write(Image image, BooleanSupplier wanted) throws IOException {
    Path path = directory.resolve(image.prefix().fileName());
    try (ProcessLocks.Held held = lock()) {
      SnapshotHeader size = new SnapshotHeader(image.prefix(), image.bytes(), 0);
      if (!wanted.getAsBoolean() || size.fileBytes() > mostBytes) {
        return false;
      }
      if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
        throw new RefusedSnapshotException(Refusal.NOT_A_FILE, path);
      }
      makeRoom(size.fileBytes());
      replace(path, image);
      count(list());
      return true;
    }
  }

  private void replace(Path path, Image image) throws IOException {
    Path temporary = path.resolveSibling(path.getFileName() + TEMPORARY_SUFFIX);
    try {
      new SnapshotFile(temporary).write(image);
      Files.setLastModifiedTime(temporary, FileTime.from(clock.instant()));
      disk.force(temporary);
      disk.move(temporary, path);
    } catch (IOException e) {
      try {
        disk.delete(temporary);
      } catch (IOException left) {
        e.addSuppressed(left);
      }
      throw e;
    }
    disk.forceDirectory(directory);
  }

  /** Deletes what is too much for so many bytes more. */
  private void makeRoom(long forBytes) throws IOException {
    deleteLeftovers();
    List<Kept> kept = list();
    long sum = kept.stream().mapToLong(Kept::bytes).sum() + forBytes;
    int number = kept.size() + (forBytes > 0 ? 1 : 0);
    Set<String> names = new HashSet<>();
    for (Kept oldest : kept.stream().sorted(Kept.OLDEST_FIRST).toList()) {
      if (sum <= mostBytes && number <= MOST_FILES) {
        break;
      }
      disk.delete(directory.resolve(oldest.name()));
      names.add(oldest.name());
      sum -= oldest.bytes();
      number--;
    }
    kept.removeIf(k -> names.contains(k.name()));
    count(kept);
    synchronized (this) {
      evictions += names.size();
    }
    evicted.accept(names);
  }

  private synchronized void count(List<Kept> kept) {
    files = kept.size();
    bytes = kept.stream().mapToLong(Kept::bytes).sum();
  }

  /** Deletes all snapshots of all models and what writers left. */
  @SuppressWarnings("try") // The lock is held, not used.
  void clear() throws IOException {
    try (ProcessLocks.Held held = lock()) {
      deleteLeftovers();
      for (Kept kept : list()) {
        disk.delete(directory.resolve(kept.name()));
      }
      disk.forceDirectory(directory);
      count(List.of());
    }
  }

  private ProcessLocks.Held lock() throws IOException {
    return locks
        .exclusive(LOCK, PATIENCE)
        .orElseThrow(() -> new IOException("somebody else writes to " + directory));
  }

  private void deleteLeftovers() throws IOException {
    try (DirectoryStream<Path> entries =
        Files.newDirectoryStream(directory, "*" + TEMPORARY_SUFFIX)) {
      for (Path entry : entries) {
        String name = nameOf(entry);
        String of = name.substring(0, name.length() - TEMPORARY_SUFFIX.length());
        if (Prefix.isFileName(of) && !Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
          disk.delete(entry);
        }
      }
    }
  }

  private List<Kept> list() throws IOException {
    List<Kept> kept = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
      for (Path entry : entries) {
        if (Prefix.isFileName(nameOf(entry))) {
          look(entry).ifPresent(kept::add);
        }
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    return kept;
  }

  private Optional<Kept> look(Path entry) throws IOException {
    try {
      BasicFileAttributes attributes =
          Files.readAttributes(entry, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      return attributes.isRegularFile()
          ? Optional.of(new Kept(nameOf(entry), attributes.size(), attributes.lastModifiedTime()))
          : Optional.empty();
    } catch (NoSuchFileException e) {
      // Somebody deleted it since it was listed.
      return Optional.empty();
    }
  }

  private static String nameOf(Path entry) {
    return entry.getFileName().toString();
  }

  synchronized int files() {
    return files;
  }

  synchronized long bytes() {
    return bytes;
  }

  synchronized long evictions() {
    return evictions;
  }

  synchronized Map<Refusal, Long> refusals() {
    return Map.copyOf(refusals);
  }

  @Override
  public void close() {
    try {
      locks.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
