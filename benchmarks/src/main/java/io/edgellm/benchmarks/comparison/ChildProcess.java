package io.edgellm.benchmarks.comparison;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A JVM that runs one task and is gone: a fresh heap, fresh native libraries, and a peak of memory
 * that is its own. It has the class path of this one, and the same options for every engine.
 */
final class ChildProcess {
  /** A small collector and a small heap, as on a small device; the weights are not on it. */
  static final List<String> JVM_OPTIONS = List.of("-XX:+UseSerialGC", "-Xms16m", "-Xmx512m");

  private ChildProcess() {}

  /**
   * Runs a task and returns what it wrote down.
   *
   * @param log where the output of the process goes
   * @throws IllegalStateException if it fails, with the place of its output
   */
  static JsonNode run(Path log, List<String> jvmOptions, String task, String... arguments)
      throws IOException, InterruptedException {
    Path result = Files.createTempFile("edgellm-comparison", ".json");
    try {
      List<String> command = new ArrayList<>();
      command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      command.addAll(jvmOptions);
      command.add("-cp");
      command.add(System.getProperty("java.class.path"));
      command.add(ChildMain.class.getName());
      command.add(result.toString());
      command.add(task);
      command.addAll(List.of(arguments));
      Files.createDirectories(log.toAbsolutePath().getParent());
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
      int status = process.waitFor();
      if (status != 0) {
        throw new IllegalStateException(
            "The process ended with status " + status + "; " + log + " says why.");
      }
      return new ObjectMapper().readTree(result.toFile());
    } finally {
      Files.deleteIfExists(result);
    }
  }
}
