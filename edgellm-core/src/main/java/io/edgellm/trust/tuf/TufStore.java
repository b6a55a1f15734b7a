package io.edgellm.trust.tuf;

import io.edgellm.internal.io.Disk;
import io.edgellm.internal.io.DurableFile;
import io.edgellm.internal.io.ProcessLocks;
import io.edgellm.internal.tuf.RoleName;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A directory with the metadata that was trusted last, as the repository sent it, and the highest
 * versions seen.
 *
 * <p>It saves downloads and remembers versions; it is not believed: what is read from it is
 * verified from the pinned root again. Every file is replaced as a whole, so that a power cut
 * leaves the old or the new one. For one client at a time, over all processes: several ones take
 * turns by {@link #exclusively}.
 *
 * <p>The files: {@code root.json}, {@code timestamp.json}, {@code snapshot.json}, {@code
 * targets.json}, one for each delegated role that was needed, {@code root_history/<n>.root.json},
 * and {@code high-water-marks}.
 */
public final class TufStore {
  private static final String MARKS = "high-water-marks";
  private static final String LOCK = "lock";
  private static final int MAX_MARKS_BYTES = 8 << 20;

  private final Disk disk;
  private final Path directory;

  private TufStore(Disk disk, Path directory) {
    this.disk = disk;
    this.directory = directory;
  }

  /**
   * Opens a directory, or creates it in an existing one.
   *
   * @throws TufException with {@code IO}
   */
  public static TufStore at(Path directory) {
    return at(Disk.local(), directory);
  }

  static TufStore at(Disk disk, Path directory) {
    TufStore store = new TufStore(disk, directory.toAbsolutePath());
    store.change(directory, store::create);
    return store;
  }

  private void create() throws IOException {
    disk.createDirectory(directory);
    if (!Files.exists(directory.resolve(MARKS))) {
      // Marks are of no use in a directory that a power cut takes away.
      disk.forceDirectory(directory.resolveSibling(""));
    }
    disk.createDirectory(history());
  }

  /** Returns the disk on which it writes, for what must be as durable as the metadata. */
  Disk disk() {
    return disk;
  }

  /**
   * Runs something while no other thread and no other process runs something with this directory.
   * Not reentrant.
   *
   * @param patience how long to wait for the others
   * @throws TufException with {@code BUSY} if they do not end in time, with {@code IO} if the lock
   *     cannot be used or the thread is interrupted, and whatever the work throws
   */
  @SuppressWarnings("try") // The lock is held, not used.
  public <T> T exclusively(Duration patience, Supplier<T> work) {
    try (ProcessLocks locks = ProcessLocks.open(directory.resolve(LOCK));
        ProcessLocks.Held held =
            locks.exclusive("metadata", patience).orElseThrow(() -> busy(patience))) {
      return work.get();
    } catch (IOException e) {
      throw new TufException(
          TufException.Reason.IO,
          "The directory of the metadata cannot be locked (" + e + "): check the permissions.",
          directory.toString(),
          e);
    }
  }

  private TufException busy(Duration patience) {
    return new TufException(
        TufException.Reason.BUSY,
        "Somebody else has been asking the update repository for more than "
            + patience
            + ": try again when that has ended.",
        directory.toString());
  }

  private Path history() {
    return directory.resolve("root_history");
  }

  /** Returns a root of the chain, if it is there and not too large. */
  Optional<byte[]> root(long version, int maxBytes) {
    return read(history().resolve(RoleName.fileName(RoleName.ROOT, version)), maxBytes);
  }

  /** Keeps a root of the chain. */
  void putRoot(long version, byte[] raw) {
    write(history().resolve(RoleName.fileName(RoleName.ROOT, version)), raw);
  }

  /** Returns the metadata of a role, if it is there and not too large. */
  Optional<byte[]> metadata(String role, int maxBytes) {
    return read(directory.resolve(RoleName.fileName(role)), maxBytes);
  }

  /** Keeps the metadata of a role. */
  void putMetadata(String role, byte[] raw) {
    write(directory.resolve(RoleName.fileName(role)), raw);
  }

  /** Forgets the metadata of a role. */
  void deleteMetadata(String role) {
    Path file = directory.resolve(RoleName.fileName(role));
    change(file, () -> disk.delete(file));
  }

  HighWaterMarks marks() {
    return read(directory.resolve(MARKS), MAX_MARKS_BYTES)
        .map(HighWaterMarks::fromJson)
        .orElse(HighWaterMarks.NONE);
  }

  void putMarks(HighWaterMarks marks) {
    write(directory.resolve(MARKS), marks.toJson());
  }

  // What cannot be read is as good as lost; writing it anew says why.
  private static Optional<byte[]> read(Path file, int maxBytes) {
    try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
      byte[] bytes = in.readNBytes(maxBytes + 1);
      return bytes.length > maxBytes ? Optional.empty() : Optional.of(bytes);
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private void write(Path file, byte[] bytes) {
    Optional<byte[]> present = read(file, bytes.length);
    if (present.isEmpty() || !Arrays.equals(present.get(), bytes)) {
      change(file, () -> DurableFile.write(disk, file, bytes));
    }
  }

  private interface Change {
    void run() throws IOException;
  }

  private void change(Path subject, Change change) {
    try {
      change.run();
    } catch (IOException e) {
      throw new TufException(
          TufException.Reason.IO,
          "Trusted metadata cannot be kept (" + e + "): check the disk and the permissions.",
          subject.toString(),
          e);
    }
  }
}
