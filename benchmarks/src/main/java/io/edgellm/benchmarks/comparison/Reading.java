package io.edgellm.benchmarks.comparison;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What the clocks say at one moment, and what this process takes.
 *
 * @param wallNanos time that passed
 * @param cpuNanos time that all threads of this process computed, the JVM's own included; counted
 *     in steps of 10 ms on Linux
 */
record Reading(long wallNanos, long cpuNanos) {
  private static final OperatingSystemMXBean SYSTEM =
      ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final double NANOS_PER_MILLI = 1e6;
  private static final double KIB_PER_MB = 1e6 / 1024;

  static Reading now() {
    return new Reading(System.nanoTime(), SYSTEM.getProcessCpuTime());
  }

  double wallMillisSince(Reading earlier) {
    return (wallNanos - earlier.wallNanos) / NANOS_PER_MILLI;
  }

  double cpuMillisSince(Reading earlier) {
    return (cpuNanos - earlier.cpuNanos) / NANOS_PER_MILLI;
  }

  /** Returns the MB of this process that are in memory now; NaN where /proc is not there. */
  static double residentMegabytes() {
    return status("VmRSS:");
  }

  /** Returns the most MB of this process that ever were in memory; NaN where /proc is not there. */
  static double peakResidentMegabytes() {
    return status("VmHWM:");
  }

  private static double status(String name) {
    if (!Files.exists(STATUS)) {
      return Double.NaN;
    }
    try {
      return Files.readAllLines(STATUS).stream()
          .filter(line -> line.startsWith(name))
          .mapToDouble(line -> Long.parseLong(line.replaceAll("\\D", "")) / KIB_PER_MB)
          .findFirst()
          .orElse(Double.NaN);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
