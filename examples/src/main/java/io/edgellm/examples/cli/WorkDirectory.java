package io.edgellm.examples.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Where a command works: a directory of the user's, or a temporary one that goes with it. */
final class WorkDirectory implements AutoCloseable {
  private final Console console;
  private final Path path;
  private boolean temporary;

  private WorkDirectory(Console console, Path path, boolean temporary) {
    this.console = console;
    this.path = path;
    this.temporary = temporary;
  }

  static WorkDirectory of(@Nullable Path given, Console console) {
    if (given != null) {
      return new WorkDirectory(console, given, false);
    }
    try {
      return new WorkDirectory(console, Files.createTempDirectory("edgellm-work"), true);
    } catch (IOException e) {
      throw new CommandFault(
          ExitCode.STORE, "WORK", "There is no temporary directory (" + e + "): say --work.", e);
    }
  }

  Path path() {
    return path;
  }

  /** Leaves it where it is. */
  void keep() {
    temporary = false;
  }

  @Override
  public void close() {
    if (!temporary) {
      return;
    }
    try (Stream<Path> all = Files.walk(path)) {
      for (Path file : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      console.note("'" + path + "' could not be deleted (" + e + ")");
    }
  }
}
