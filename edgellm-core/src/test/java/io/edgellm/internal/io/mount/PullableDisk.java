package io.edgellm.internal.io.mount;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/**
 * A disk with a cache of its own that forgets, as disks have, and a cable that can be pulled while
 * programs write.
 *
 * <p>The file system under test stands on a file, and that file on a second file system. What the
 * first one writes lies in the page cache of the second one, which is the cache of this disk. A
 * flush, with which the first one ends every fsync, arrives as an fsync of the file, and so passes
 * the cache. Pulling the cable tells the second one to shut down at once and to write nothing more
 * (the request {@code EXT4_IOC_SHUTDOWN}, without flushing its log). From then on every write, read
 * and fsync of the first one fails; the caches of both are lost. What is there after plugging in
 * again is what was flushed.
 *
 * <p>Disks do not forget all or nothing, and keep no order. Hence some random parts of the file are
 * written through just before the cable is pulled.
 */
public final class PullableDisk {
  private static final int PARTS = 12;
  private static final int PART_BYTES = 256 << 10;

  private final FileSystemKind kind;
  private final Path platter;
  private final Path cache;
  private final Path medium;
  private final Path directory;

  private PullableDisk(FileSystemKind kind, MountPlace place) throws IOException {
    this.kind = kind;
    this.platter = place.resolve(kind.name() + ".platter");
    this.cache = place.directory(kind.name() + ".cache");
    this.medium = cache.resolve("medium");
    this.directory = place.directory(kind.name());
  }

  /** Returns what is missing for one of this kind; empty if nothing is. */
  public static Optional<String> obstacle(FileSystemKind kind) {
    return kind.obstacle()
        .or(FileSystemKind.EXT4::obstacle)
        .or(
            () ->
                Command.isThere("xfs_io")
                    ? Optional.empty()
                    : Optional.of("Pulling a cable needs the program xfs_io."));
  }

  /** Makes an empty one, mounted. */
  public static PullableDisk in(MountPlace place, FileSystemKind kind) throws IOException {
    PullableDisk disk = new PullableDisk(kind, place);
    Command.run("truncate", "-s", kind.megabytes() * 5 / 4 + 24 + "M", disk.platter.toString());
    FileSystemKind.EXT4.makeIn(disk.platter);
    FileSystemKind.EXT4.mount(disk.platter, disk.cache);
    disk.fill();
    disk.erase();
    return disk;
  }

  /** Every block gets its place now, so that later only contents can be lost. */
  private void fill() throws IOException {
    try (FileChannel channel =
        FileChannel.open(medium, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      for (int i = 0; i < kind.megabytes(); i++) {
        channel.write(ByteBuffer.allocate(1 << 20));
      }
      channel.force(true);
    }
  }

  /** Makes a new file system on it; the old one must not be mounted. */
  private void erase() throws IOException {
    kind.makeIn(medium);
    kind.mount(medium, directory);
    Command.run("sync", "-f", directory.toString());
    Command.run("sync", "-f", cache.toString());
  }

  /** Returns the directory on which it is mounted. */
  public Path directory() {
    return directory;
  }

  /** Pulls the cable: at a random moment of what goes on, with a random part of the cache kept. */
  public void pull(Random random) throws IOException {
    List<String> command = new ArrayList<>(List.of("xfs_io", "-x"));
    int parts = random.nextInt(PARTS);
    for (int i = 0; i < parts; i++) {
      long at = (long) (random.nextDouble() * random.nextDouble() * Files.size(medium));
      command.addAll(
          List.of("-c", "sync_range -w -a " + at / 4096 * 4096 + " " + random.nextInt(PART_BYTES)));
    }
    command.addAll(List.of("-c", "shutdown", medium.toString()));
    Command.run(command.toArray(String[]::new));
  }

  /**
   * Plugs it in again, has it checked and mounted. No program may use it at this moment.
   *
   * @return whether the system can still mount it
   */
  public boolean plugIn() throws IOException {
    MountPlace.unmount(directory);
    MountPlace.unmount(cache);
    FileSystemKind.EXT4.mount(platter, cache);
    kind.checkIn(medium);
    try {
      kind.mount(medium, directory);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** Begins anew with an empty file system. */
  public void reset() throws IOException {
    if (!MountPlace.mounted(directory).isEmpty()) {
      MountPlace.unmount(directory);
    }
    erase();
  }
}
