package io.edgellm.benchmarks.delta;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What a process took, by GNU time.
 *
 * @param cpuSeconds of all its threads
 * @param peakBytes the most memory that was resident
 */
record ProcessCost(double cpuSeconds, long peakBytes) {

  /** Nothing. */
  static final ProcessCost NONE = new ProcessCost(0, 0);

  /** Runs a command, which must succeed. */
  static ProcessCost of(Path log, List<String> command) throws IOException, InterruptedException {
    Path figures = Files.createTempFile("edgellm-delta", ".time");
    try {
      List<String> timed =
          new ArrayList<>(List.of("/usr/bin/time", "-f", "%U %S %M", "-o", figures.toString()));
      timed.addAll(command);
      Process process =
          new ProcessBuilder(timed)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
              .start();
      if (process.waitFor() != 0) {
        throw new IOException(command.get(0) + " failed; " + log + " says why.");
      }
      String[] values = Files.readString(figures).strip().split(" ", -1);
      double seconds = Double.parseDouble(values[0]) + Double.parseDouble(values[1]);
      return new ProcessCost(seconds, Long.parseLong(values[2]) << 10);
    } finally {
      Files.deleteIfExists(figures);
    }
  }

  /** Returns what both took, one after the other. */
  ProcessCost then(ProcessCost next) {
    return new ProcessCost(cpuSeconds + next.cpuSeconds, Math.max(peakBytes, next.peakBytes));
  }
}
