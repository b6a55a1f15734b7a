package io.edgellm.internal.io.mount;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A kind of file system, as its tools make it.
 *
 * @param name what people call it
 * @param megabytes the smallest size that its tools like
 * @param make the command that makes one in a file, whose name comes last
 * @param check the command that must run after a power cut before it can be mounted, or empty
 * @param mount options for mounting one
 */
public record FileSystemKind(
    String name, int megabytes, List<String> make, List<String> check, List<String> mount) {

  /** Up to this status of a checker there were errors, and all of them were corrected. */
  private static final int MOST_CORRECTED = 2;

  /** The usual one of Linux, with a journal. */
  public static final FileSystemKind EXT4 =
      new FileSystemKind("ext4", 32, List.of("mkfs.ext4", "-q", "-F"), List.of(), List.of());

  /** The same without a journal: after a cut the checker decides what was meant. */
  public static final FileSystemKind EXT4_WITHOUT_JOURNAL =
      new FileSystemKind(
          "ext4 without a journal",
          32,
          List.of("mkfs.ext4", "-q", "-F", "-O", "^has_journal"),
          List.of("e2fsck", "-f", "-y"),
          List.of());

  /** A journal of metadata that writes late. */
  public static final FileSystemKind XFS =
      new FileSystemKind("xfs", 300, List.of("mkfs.xfs", "-q", "-f"), List.of(), List.of());

  /** Copies on write. */
  public static final FileSystemKind BTRFS =
      new FileSystemKind("btrfs", 120, List.of("mkfs.btrfs", "-q", "-f"), List.of(), List.of());

  /** What cards and sticks have: neither links of any kind, nor permissions, nor case. */
  public static final FileSystemKind EXFAT =
      new FileSystemKind(
          "exfat", 64, List.of("mkfs.exfat"), List.of(), List.of("-t", "exfat-fuse"));

  /** Returns what is missing for it; empty if nothing is. */
  public Optional<String> obstacle() {
    List<String> programs = new ArrayList<>(List.of("mount", make.get(0)));
    check.stream().limit(1).forEach(programs::add);
    if (mount.contains("exfat-fuse")) {
      programs.add("mount.exfat-fuse");
    }
    return MountPlace.obstacle()
        .or(
            () ->
                programs.stream()
                    .filter(program -> !Command.isThere(program))
                    .findFirst()
                    .map(program -> name + " needs the program " + program + "."));
  }

  /** Returns the same with another size and more options for the command that makes one. */
  FileSystemKind with(String otherName, int otherMegabytes, List<String> options) {
    List<String> command = new ArrayList<>(make);
    command.addAll(options);
    return new FileSystemKind(otherName, otherMegabytes, command, check, mount);
  }

  void makeIn(Path image) throws IOException {
    List<String> command = new ArrayList<>(make);
    command.add(image.toString());
    Command.run(command.toArray(String[]::new));
  }

  /** Makes one in a new file of a place, and mounts it; returns the directory. */
  public Path mountIn(MountPlace place) throws IOException {
    Path image = place.resolve(name + ".image");
    Command.run("truncate", "-s", megabytes + "M", image.toString());
    makeIn(image);
    Path directory = place.directory(name);
    mount(image, directory);
    return directory;
  }

  void mount(Path image, Path on) throws IOException {
    List<String> options = new ArrayList<>(List.of("-o", "loop"));
    options.addAll(mount);
    MountPlace.mount(image, on, options.toArray(String[]::new));
  }

  /** Does what the system does before it mounts one after a power cut. */
  void checkIn(Path image) throws IOException {
    if (check.isEmpty()) {
      return;
    }
    List<String> command = new ArrayList<>(check);
    command.add(image.toString());
    Command.Ended ended = Command.end(command.toArray(String[]::new));
    if (ended.status() > MOST_CORRECTED) {
      // What one correction has brought to light takes another round.
      ended = Command.end(command.toArray(String[]::new));
    }
    if (ended.status() > MOST_CORRECTED) {
      throw new IOException(command + ": " + ended);
    }
  }

  @Override
  public String toString() {
    return name;
  }
}
