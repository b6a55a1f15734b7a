package io.edgellm.internal.io.mount;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A disk that wears out while programs use it: the kernel finds an error in its ext4 and lets
 * nobody write any more. That is how cards end, and the only way in which a file system becomes
 * read-only under a program that has a file open for writing.
 */
public final class WornDisk {
  private static final FileSystemKind KIND =
      new FileSystemKind(
          "worn ext4",
          16,
          List.of("mkfs.ext4", "-q", "-F"),
          List.of("e2fsck", "-f", "-y"),
          List.of("-o", "errors=remount-ro"));

  private final Path image;
  private final Path directory;

  private WornDisk(Path image, Path directory) {
    this.image = image;
    this.directory = directory;
  }

  /** Returns what is missing for it; empty if nothing is. */
  public static Optional<String> obstacle() {
    return KIND.obstacle()
        .or(
            () ->
                Files.isDirectory(Path.of("/sys/fs/ext4"))
                    ? Optional.empty()
                    : Optional.of("A worn disk needs /sys/fs/ext4."));
  }

  /** Mounts a new one. */
  public static WornDisk in(MountPlace place) throws IOException {
    Path directory = KIND.mountIn(place);
    return new WornDisk(place.resolve(KIND.name() + ".image"), directory);
  }

  /** Returns the directory on which it is mounted. */
  public Path directory() {
    return directory;
  }

  /** From now on nobody can write. */
  public void wearOut() throws IOException {
    String device = String.valueOf(MountPlace.deviceOf(directory).getFileName());
    Files.writeString(Path.of("/sys/fs/ext4", device, "trigger_fs_error"), "1");
  }

  /** Has it checked, and mounts it again. No program may use it at this moment. */
  public void repair() throws IOException {
    MountPlace.unmount(directory);
    KIND.checkIn(image);
    KIND.mount(image, directory);
  }
}
