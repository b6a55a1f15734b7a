package io.edgellm.internal.io;

import java.io.File;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** The disk of this machine, by way of the JDK. */
final class LocalDisk implements Disk {
  private static final boolean WINDOWS = File.separatorChar == '\\';
  private static final int WINDOWS_MOVE_TRIES = 10;

  @Override
  public void createDirectory(Path directory) throws IOException {
    try {
      Files.createDirectory(directory);
    } catch (FileAlreadyExistsException e) {
      if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
        throw e;
      }
    }
  }

  @Override
  public void write(Path file, byte[] bytes) throws IOException {
    Files.write(file, bytes);
  }

  @Override
  public void force(Path file) throws IOException {
    // Elsewhere a file is forced through any descriptor, and read-only files open only for reading.
    try (FileChannel channel =
        FileChannel.open(file, WINDOWS ? StandardOpenOption.WRITE : StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  @Override
  public void forceDirectory(Path directory) throws IOException {
    if (!WINDOWS) {
      try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
        channel.force(true);
      }
    }
  }

  @Override
  public void move(Path from, Path to) throws IOException {
    for (int tries = 1; ; tries++) {
      try {
        // Together with REPLACE_EXISTING the JDK would delete the target first.
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        return;
      } catch (AccessDeniedException e) {
        if (!WINDOWS || tries == WINDOWS_MOVE_TRIES) {
          throw e;
        }
        // A virus scanner that looks at a new file keeps others from renaming it for a moment, and
        // nothing replaces what is marked read-only.
        to.toFile().setWritable(true);
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10L * tries));
      }
    }
  }

  @Override
  public void link(Path link, Path existing) throws IOException {
    try {
      Files.createLink(link, existing);
    } catch (UnsupportedOperationException e) {
      throw new IOException("no hard links here", e);
    }
  }

  @Override
  public void copy(Path from, Path to) throws IOException {
    Files.copy(from, to);
  }

  @Override
  public void symbolicLink(Path link, Path target) throws IOException {
    try {
      Files.createSymbolicLink(link, target);
    } catch (UnsupportedOperationException e) {
      throw new IOException("no symbolic links here", e);
    }
  }

  @Override
  public void delete(Path path) throws IOException {
    try {
      Files.deleteIfExists(path);
    } catch (AccessDeniedException e) {
      // Windows does not delete what is marked read-only.
      if (!WINDOWS || !path.toFile().setWritable(true)) {
        throw e;
      }
      Files.deleteIfExists(path);
    }
  }

  @Override
  public void makeReadOnly(Path file) throws IOException {
    if (!file.toFile().setReadOnly() && !Files.exists(file)) {
      throw new IOException(file + " is not there");
    }
  }

  @Override
  public long usableBytes(Path directory) throws IOException {
    return Files.getFileStore(directory).getUsableSpace();
  }
}
