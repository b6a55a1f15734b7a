package io.edgellm.telemetry.host;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/** Asks the JVM, which knows processors and memory of every platform, but not its resident set. */
final class JvmHostSampler implements HostSampler {
  private final OperatingSystemMXBean system =
      ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

  @Override
  public HostSample sample() {
    return new HostSample(
        known(system.getCpuLoad()), memoryUsage(), OptionalLong.empty(), OptionalLong.empty());
  }

  private OptionalDouble memoryUsage() {
    long total = system.getTotalMemorySize();
    return total <= 0
        ? OptionalDouble.empty()
        : known(1 - (double) system.getFreeMemorySize() / total);
  }

  /** The JVM says what it does not know with a negative number or none. */
  private static OptionalDouble known(double ratio) {
    return ratio >= 0 ? OptionalDouble.of(ratio) : OptionalDouble.empty();
  }
}
