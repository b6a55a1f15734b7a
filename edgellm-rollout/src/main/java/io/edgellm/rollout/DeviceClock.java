package io.edgellm.rollout;

import io.edgellm.rollout.device.Moment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;

/** Tells when something happens: the wall clock, and the uptime of this boot. Thread-safe. */
@FunctionalInterface
public interface DeviceClock {
  /** Returns now. */
  Moment now();

  /**
   * Returns the clock of this machine. On Linux the kernel names the boot. Elsewhere each process
   * counts as a boot of its own, which only makes observed time shorter and crash loops longer.
   */
  static DeviceClock system() {
    try {
      String boot = Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
      Duration uptime = linuxUptime();
      return startingAt(boot, uptime);
    } catch (IOException | NumberFormatException e) {
      return startingAt(UUID.randomUUID().toString(), Duration.ZERO);
    }
  }

  private static Duration linuxUptime() throws IOException {
    String seconds = Files.readString(Path.of("/proc/uptime")).split(" ", 2)[0];
    return Duration.ofMillis((long) (Double.parseDouble(seconds) * 1000));
  }

  private static DeviceClock startingAt(String boot, Duration uptime) {
    long begin = System.nanoTime();
    return () -> new Moment(Instant.now(), boot, uptime.plusNanos(System.nanoTime() - begin));
  }
}
