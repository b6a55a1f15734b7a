package io.edgellm.telemetry.host;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads {@code /proc} as <a
 * href="https://docs.kernel.org/filesystems/proc.html">docs.kernel.org</a> describes it. In a
 * container these are the numbers of the host.
 */
final class LinuxHostSampler implements HostSampler {
  private static final Pattern CPU =
      Pattern.compile(
          "^cpu +(?<user>\\d+) (?<nice>\\d+) (?<system>\\d+) (?<idle>\\d+) (?<iowait>\\d+)"
              + " (?<irq>\\d+) (?<softirq>\\d+) (?<steal>\\d+)",
          Pattern.MULTILINE);
  private static final Pattern MEMORY_TOTAL = line("MemTotal: +(\\d+) kB");
  private static final Pattern MEMORY_AVAILABLE = line("MemAvailable: +(\\d+) kB");
  private static final Pattern RESIDENT = line("VmRSS:\\s+(\\d+) kB");
  private static final Pattern SWAPPED_OUT = line("pswpout (\\d+)");

  private final Path proc;
  private Optional<CpuTicks> before;

  /** Ticks of all processors since the host was started. */
  private record CpuTicks(long busy, long total) {}

  LinuxHostSampler(Path proc) {
    this.proc = proc;
    this.before = cpuTicks();
  }

  private static Pattern line(String expression) {
    return Pattern.compile("^" + expression + "$", Pattern.MULTILINE);
  }

  @Override
  public HostSample sample() {
    return new HostSample(
        cpuUsage(), memoryUsage(), residentBytes(), number("vmstat", SWAPPED_OUT));
  }

  private synchronized OptionalDouble cpuUsage() {
    Optional<CpuTicks> now = cpuTicks();
    Optional<CpuTicks> then = before;
    if (now.isEmpty() || then.isEmpty()) {
      before = now;
      return OptionalDouble.empty();
    }
    long total = now.get().total() - then.get().total();
    long busy = now.get().busy() - then.get().busy();
    if (total <= 0) {
      // No tick has passed since: the next sample measures both periods.
      return OptionalDouble.empty();
    }
    before = now;
    return OptionalDouble.of(Math.min(1, Math.max(0, (double) busy / total)));
  }

  private Optional<CpuTicks> cpuTicks() {
    Matcher cpu = CPU.matcher(read("stat"));
    if (!cpu.find()) {
      return Optional.empty();
    }
    long busy = 0;
    for (String kind : new String[] {"user", "nice", "system", "irq", "softirq", "steal"}) {
      busy += Long.parseLong(cpu.group(kind));
    }
    long waiting = Long.parseLong(cpu.group("idle")) + Long.parseLong(cpu.group("iowait"));
    return Optional.of(new CpuTicks(busy, busy + waiting));
  }

  private OptionalDouble memoryUsage() {
    String meminfo = read("meminfo");
    OptionalLong total = number(MEMORY_TOTAL, meminfo);
    OptionalLong available = number(MEMORY_AVAILABLE, meminfo);
    return total.isEmpty() || available.isEmpty() || total.getAsLong() == 0
        ? OptionalDouble.empty()
        : OptionalDouble.of(1 - (double) available.getAsLong() / total.getAsLong());
  }

  private OptionalLong residentBytes() {
    OptionalLong kibibytes = number("self/status", RESIDENT);
    return kibibytes.isEmpty() ? kibibytes : OptionalLong.of(kibibytes.getAsLong() * 1024);
  }

  private OptionalLong number(String file, Pattern pattern) {
    return number(pattern, read(file));
  }

  private static OptionalLong number(Pattern pattern, String text) {
    Matcher line = pattern.matcher(text);
    return line.find() ? OptionalLong.of(Long.parseLong(line.group(1))) : OptionalLong.empty();
  }

  private String read(String file) {
    try {
      return Files.readString(proc.resolve(file), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      return "";
    }
  }
}
