package io.edgellm.telemetry.host;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Measures the host. Implementations are thread-safe, start no process, take less than a
 * millisecond and never throw: what cannot be measured is absent.
 */
@FunctionalInterface
public interface HostSampler {
  /** Measures now. */
  HostSample sample();

  /** Returns what suits this host: {@code /proc} on Linux, otherwise what the JVM knows. */
  static HostSampler forThisHost() {
    Path proc = Path.of("/proc");
    return Files.isReadable(proc.resolve("meminfo"))
        ? new LinuxHostSampler(proc)
        : new JvmHostSampler();
  }
}
