package io.edgellm.internal.io.mount;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/** Programs of the system. */
final class Command {
  private static final Pattern SEPARATOR = Pattern.compile(Pattern.quote(File.pathSeparator));
  private static final List<Path> SYSTEM = List.of(Path.of("/usr/sbin"), Path.of("/sbin"));

  /** How a program ended. */
  record Ended(int status, String output) {}

  private Command() {}

  static boolean isThere(String program) {
    return SEPARATOR
            .splitAsStream(String.valueOf(System.getenv("PATH")))
            .map(directory -> Path.of(directory, program))
            .anyMatch(Files::isExecutable)
        || SYSTEM.stream().anyMatch(directory -> Files.isExecutable(directory.resolve(program)));
  }

  /** Runs a program that must succeed. */
  static void run(String... command) throws IOException {
    Ended ended = end(command);
    if (ended.status() != 0) {
      throw new IOException(String.join(" ", command) + ": " + ended);
    }
  }

  /** Runs a program, and waits for its end. */
  static Ended end(String... command) throws IOException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    try {
      return new Ended(process.waitFor(), output.strip());
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }
}
