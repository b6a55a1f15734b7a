package io.edgellm.examples.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where the reports of a check are to go, looked at before minutes are spent on measuring.
 *
 * @param candidate the model that is judged: a report inside of it would change it
 */
record CheckTargets(Path candidate) {

  /** Refuses a file that could not be written, or would be part of the model. */
  void require(String option, @Nullable Path file) {
    if (file == null) {
      return;
    }
    Path parent = file.toAbsolutePath().normalize().getParent();
    if (parent == null || Files.isDirectory(file)) {
      throw refused(ExitCode.USAGE, "IO", option + " is a directory: name a file.");
    }
    if (!Files.isDirectory(parent)) {
      throw refused(
          ExitCode.STORE, "IO", option + ": there is no directory '" + parent + "': make it.");
    }
    if (!Files.isWritable(Files.exists(file) ? file : parent)) {
      throw refused(
          ExitCode.STORE, "IO", option + ": '" + file + "' cannot be written: choose another.");
    }
    if (isInside(Files.exists(file) ? file : parent)) {
      throw refused(
          ExitCode.USAGE,
          "REPORT_IN_MODEL",
          option + " names a file in the directory of the model, which would change the model.");
    }
  }

  private boolean isInside(Path place) {
    try {
      return Files.exists(candidate) && place.toRealPath().startsWith(candidate.toRealPath());
    } catch (IOException e) {
      throw new CommandFault(
          ExitCode.STORE, "IO", "'" + place + "' cannot be looked at (" + e + ").", e);
    }
  }

  private static CommandFault refused(ExitCode exitCode, String reason, String message) {
    return new CommandFault(exitCode, reason, message);
  }
}
