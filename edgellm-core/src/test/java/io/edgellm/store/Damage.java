package io.edgellm.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Arrays;

/** What a bad disk, a person or another program may do to a name in a store. */
enum Damage {
  /** Half of the file is lost. */
  TRUNCATED {
    @Override
    void of(Path path, Path outside) throws IOException {
      byte[] bytes = Files.readAllBytes(path);
      overwrite(path, Arrays.copyOf(bytes, bytes.length / 2));
    }
  },
  /** Nothing of the file is left. */
  EMPTIED {
    @Override
    void of(Path path, Path outside) throws IOException {
      overwrite(path, new byte[0]);
    }
  },
  /** One bit in the middle is another one. */
  FLIPPED {
    @Override
    void of(Path path, Path outside) throws IOException {
      byte[] bytes = Files.readAllBytes(path);
      if (bytes.length == 0) {
        bytes = new byte[1];
      }
      bytes[bytes.length / 2] ^= 4;
      overwrite(path, bytes);
    }
  },
  /** The name is gone, with all that is in it. */
  REMOVED {
    @Override
    void of(Path path, Path outside) throws IOException {
      remove(path);
    }
  },
  /** A directory, with something in it, has the name. */
  DIRECTORY {
    @Override
    void of(Path path, Path outside) throws IOException {
      remove(path);
      Files.createDirectory(path);
      Files.writeString(path.resolve("foreign"), "foreign");
    }
  },
  /** A file that means nothing has the name. */
  FILE {
    @Override
    void of(Path path, Path outside) throws IOException {
      remove(path);
      Files.writeString(path, "foreign");
    }
  },
  /** A link to the same content outside of the store has the name. */
  LINK {
    @Override
    void of(Path path, Path outside) throws IOException {
      Path moved = outside.resolve("moved");
      Files.move(path, moved);
      Files.createSymbolicLink(path, moved);
    }
  },
  /** A link to a name outside of the store that is not taken has the name. */
  DANGLING_LINK {
    @Override
    void of(Path path, Path outside) throws IOException {
      remove(path);
      Files.createSymbolicLink(path, outside.resolve("not-there"));
    }
  },
  /** A pipe has the name, whose reader and writer wait for each other. */
  PIPE {
    @Override
    void of(Path path, Path outside) throws IOException {
      remove(path);
      Process process = new ProcessBuilder("mkfifo", path.toString()).start();
      if (process.onExit().join().exitValue() != 0) {
        throw new IOException("mkfifo failed");
      }
    }
  };

  /** Does it to a path. */
  abstract void of(Path path, Path outside) throws IOException;

  /** Exchanges two files. */
  static void swap(Path one, Path other) throws IOException {
    Path aside = one.resolveSibling("aside");
    Files.move(one, aside);
    Files.move(other, one);
    Files.move(aside, other);
  }

  private static void overwrite(Path file, byte[] bytes) throws IOException {
    if (!file.toFile().setWritable(true)) {
      throw new IOException(file + " stays read-only");
    }
    // In place, so that all names of the file have the new bytes.
    Files.write(file, bytes);
  }

  private static void remove(Path path) throws IOException {
    if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
      for (Path child : FileTree.children(path)) {
        remove(child);
      }
    }
    Files.delete(path);
  }

  /** Returns the content of everything below a directory, as one text. */
  static String describe(Path directory) throws IOException {
    StringBuilder all = new StringBuilder();
    for (Path child : FileTree.children(directory)) {
      all.append(directory.relativize(child)).append('\n');
      if (Files.isDirectory(child, LinkOption.NOFOLLOW_LINKS)) {
        all.append(describe(child));
      } else if (Files.isRegularFile(child, LinkOption.NOFOLLOW_LINKS)) {
        all.append(new String(Files.readAllBytes(child), UTF_8)).append('\n');
      }
    }
    return all.toString();
  }
}
