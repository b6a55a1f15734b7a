package io.edgellm.internal.io.mount;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A directory under which a test mounts file systems, in memory where the system has a place for
 * that.
 *
 * <p>Closing unmounts everything under it, the newest first, and deletes it. Loop devices are
 * attached by {@code mount -o loop} alone, so that the kernel detaches them as soon as nothing is
 * mounted from them. What a test that was killed has left goes when the next place is taken: the
 * name of a place has the number of its process.
 */
public final class MountPlace implements AutoCloseable {
  private static final Path MEMORY = Path.of("/dev/shm");
  private static final Pattern NAME = Pattern.compile("edgellm-mounts-([0-9]+)-.*");
  private static final Pattern OCTAL = Pattern.compile("\\\\([0-7]{3})");

  private final Path directory;

  private MountPlace(Path directory) {
    this.directory = directory;
  }

  /** Returns what is missing for mounting file systems at all; empty if nothing is. */
  public static Optional<String> obstacle() {
    if (!System.getProperty("os.name").equals("Linux")) {
      return Optional.of("Mounting file systems is tested on Linux only.");
    }
    if (!"root".equals(System.getProperty("user.name"))) {
      return Optional.of("Mounting file systems needs root.");
    }
    if (!Files.exists(Path.of("/dev/loop-control"))) {
      return Optional.of("Mounting file systems needs loop devices, which this kernel lacks.");
    }
    return Optional.empty();
  }

  /** Takes a place, and clears those whose processes are gone. */
  public static MountPlace take() throws IOException {
    Path parent = Files.isWritable(MEMORY) ? MEMORY : Path.of(System.getProperty("java.io.tmpdir"));
    for (Path abandoned : abandoned(parent.toRealPath())) {
      new MountPlace(abandoned).close();
    }
    long process = ProcessHandle.current().pid();
    return new MountPlace(
        Files.createTempDirectory(parent.toRealPath(), "edgellm-mounts-" + process + "-"));
  }

  private static List<Path> abandoned(Path parent) throws IOException {
    List<Path> abandoned = new ArrayList<>();
    for (Path child : children(parent)) {
      Matcher name = NAME.matcher(String.valueOf(child.getFileName()));
      if (name.matches() && ProcessHandle.of(Long.parseLong(name.group(1))).isEmpty()) {
        abandoned.add(child);
      }
    }
    return abandoned;
  }

  /** Returns a path in it. */
  public Path resolve(String name) {
    return directory.resolve(name);
  }

  /** Creates a directory in it, to mount something on. */
  public Path directory(String name) throws IOException {
    return Files.createDirectories(resolve(name));
  }

  /** Mounts something on a directory. */
  public static void mount(Path what, Path on, String... options) throws IOException {
    List<String> command = new ArrayList<>(List.of("mount"));
    command.addAll(List.of(options));
    command.addAll(List.of(what.toString(), on.toString()));
    Command.run(command.toArray(String[]::new));
  }

  /** Takes down what is mounted on a directory. */
  public static void unmount(Path directory) throws IOException {
    Command.run("umount", directory.toString());
  }

  /** Returns the device from which a directory is mounted. */
  static Path deviceOf(Path directory) throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/mounts"))) {
      int end = line.indexOf(' ');
      if (unescaped(line.substring(end + 1)).equals(directory.toString())) {
        return Path.of(line.substring(0, end));
      }
    }
    throw new IOException("Nothing is mounted on " + directory + ".");
  }

  static List<Path> children(Path directory) throws IOException {
    try (Stream<Path> children = Files.list(directory)) {
      return children.toList();
    }
  }

  @Override
  public void close() throws IOException {
    for (String mounted : mounted(directory)) {
      // The first way is the clean one; the second takes it out of sight until nobody uses it.
      if (Command.end("umount", mounted).status() != 0) {
        Command.run("umount", "--lazy", mounted);
      }
    }
    try (Stream<Path> paths = Files.walk(directory)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }

  /** Returns what is mounted under a directory, the newest first. */
  static List<String> mounted(Path directory) throws IOException {
    List<String> mounted = new ArrayList<>();
    for (String line : Files.readAllLines(Path.of("/proc/self/mounts"))) {
      String point = unescaped(line.substring(line.indexOf(' ') + 1));
      if (Path.of(point).startsWith(directory)) {
        mounted.add(point);
      }
    }
    Collections.reverse(mounted);
    return mounted;
  }

  private static String unescaped(String line) {
    return OCTAL
        .matcher(line.substring(0, line.indexOf(' ')))
        .replaceAll(m -> String.valueOf((char) Integer.parseInt(m.group(1), 8)));
  }
}
