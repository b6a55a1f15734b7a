package io.edgellm.internal.io.mount;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;

/** A disk with so little room that a test can take all of it but a chosen rest. */
public final class SmallDisk {
  /** Of what it has little. */
  public enum Kind {
    /** Pages of memory. */
    TMPFS_BYTES("tmpfs"),
    /** Files in memory. */
    TMPFS_FILES("tmpfs"),
    /** Blocks of an ext4. */
    EXT4_BYTES("mkfs.ext4"),
    /** Inodes of an ext4. */
    EXT4_FILES("mkfs.ext4");

    private final String tool;

    Kind(String tool) {
      this.tool = tool;
    }

    /** Returns what is missing for it; empty if nothing is. */
    public Optional<String> obstacle() {
      return tool.equals("tmpfs") ? MountPlace.obstacle() : FileSystemKind.EXT4.obstacle();
    }
  }

  private static final int BLOCK_BYTES = 1024;

  private final Kind kind;
  private final Path directory;
  private final Path ballast;

  private SmallDisk(Kind kind, Path directory) {
    this.kind = kind;
    this.directory = directory;
    this.ballast = directory.resolve("ballast");
  }

  /** Mounts one. */
  public static SmallDisk in(MountPlace place, Kind kind) throws IOException {
    Path directory =
        switch (kind) {
          case TMPFS_BYTES -> tmpfs(place, "size=512k");
          case TMPFS_FILES -> tmpfs(place, "size=64m,nr_inodes=100");
          case EXT4_BYTES -> ext4(4, List.of("-b", "1024", "-m", "0")).mountIn(place);
          case EXT4_FILES -> ext4(4, List.of("-N", "128", "-m", "0")).mountIn(place);
        };
    return new SmallDisk(kind, directory);
  }

  private static Path tmpfs(MountPlace place, String options) throws IOException {
    Path directory = place.directory("tmpfs");
    MountPlace.mount(Path.of("tmpfs"), directory, "-t", "tmpfs", "-o", options);
    return directory;
  }

  private static FileSystemKind ext4(int megabytes, List<String> options) {
    return FileSystemKind.EXT4.with("small ext4", megabytes, options);
  }

  /** Returns the directory on which it is mounted. */
  public Path directory() {
    return directory;
  }

  /** Takes everything but room for so many blocks, or files. */
  public void fillBut(int room) throws IOException {
    Files.createDirectories(ballast);
    switch (kind) {
      case TMPFS_BYTES -> fillBlocks(room, 4096);
      case EXT4_BYTES -> fillBlocks(room, BLOCK_BYTES);
      case TMPFS_FILES, EXT4_FILES -> fillFiles(room);
    }
  }

  private void fillBlocks(int room, int blockBytes) throws IOException {
    try (FileChannel channel =
        FileChannel.open(
            ballast.resolve("blocks"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      while (takes(() -> channel.write(ByteBuffer.allocate(blockBytes)))) {}
      channel.truncate(Math.max(0, channel.size() / blockBytes - room) * blockBytes);
      channel.force(true);
    }
  }

  private void fillFiles(int room) throws IOException {
    int[] count = {0};
    while (takes(() -> Files.createFile(ballast.resolve("file-" + count[0])))) {
      count[0]++;
    }
    for (int i = 0; i < room && count[0] > 0; i++) {
      Files.delete(ballast.resolve("file-" + --count[0]));
    }
  }

  private interface Taking {
    Object take() throws IOException;
  }

  private static boolean takes(Taking taking) throws IOException {
    try {
      taking.take();
      return true;
    } catch (IOException e) {
      if (String.valueOf(e.getMessage()).contains("No space left")) {
        return false;
      }
      throw e;
    }
  }

  /** Gives back everything that was taken. */
  public void freeBallast() throws IOException {
    if (Files.isDirectory(ballast)) {
      for (Path file : MountPlace.children(ballast)) {
        Files.delete(file);
      }
    }
  }
}
