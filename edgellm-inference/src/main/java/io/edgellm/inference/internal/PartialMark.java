package io.edgellm.inference.internal;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * Says that a process is at work on a directory: a file beside it, {@code
 * <directory>.<process>.lock}, locked for as long as the process lives. The lock ends with the
 * process, however that ends, so whoever gets it may delete the directory.
 *
 * <p>A mark of this same process is never opened: on POSIX systems, closing any descriptor of a
 * file gives up every lock that the process has on it. So the name of the process, its number and
 * its start, is part of the name of the file.
 */
final class PartialMark implements AutoCloseable {
  private static final String SUFFIX = ".lock";

  private final Path directory;
  private final Path file;
  private final FileChannel channel;

  private PartialMark(Path directory, Path file, FileChannel channel) {
    this.directory = directory;
    this.file = file;
    this.channel = channel;
  }

  /** Marks a directory that is not there yet. */
  @SuppressWarnings("unused") // the lock lives as long as its channel
  static PartialMark set(Path directory) throws IOException {
    Path file = directory.resolveSibling(directory.getFileName() + process() + SUFFIX);
    FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    try {
      FileLock lock = channel.lock();
    } catch (IOException e) {
      channel.close();
      Files.deleteIfExists(file);
      throw e;
    }
    return new PartialMark(directory, file, channel);
  }

  /**
   * Takes over the marks of processes that are gone.
   *
   * @param parent where directories lie
   * @param prefix how their names begin
   */
  static List<PartialMark> abandoned(Path parent, String prefix) throws IOException {
    List<PartialMark> abandoned = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(parent)) {
      for (Path file : files) {
        String name = String.valueOf(file.getFileName());
        String own = process() + SUFFIX;
        if (name.startsWith(prefix) && name.endsWith(SUFFIX) && !name.endsWith(own)) {
          takeOver(file, abandoned);
        }
      }
    }
    return abandoned;
  }

  private static void takeOver(Path file, List<PartialMark> abandoned) throws IOException {
    try {
      FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
      if (channel.tryLock() == null) {
        channel.close();
        return;
      }
      String name = String.valueOf(file.getFileName());
      int end = name.lastIndexOf('.', name.length() - SUFFIX.length() - 1);
      abandoned.add(new PartialMark(file.resolveSibling(name.substring(0, end)), file, channel));
    } catch (NoSuchFileException e) {
      // Somebody else was faster.
      return;
    }
  }

  private static String process() {
    ProcessHandle current = ProcessHandle.current();
    long start = current.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
    return "." + current.pid() + "-" + start;
  }

  Path directory() {
    return directory;
  }

  @Override
  public void close() throws IOException {
    channel.close();
    Files.deleteIfExists(file);
  }
}
