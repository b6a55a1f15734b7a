package io.edgellm.telemetry.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostSamplerTest {
  private final Path proc;

  HostSamplerTest(@TempDir Path proc) {
    this.proc = proc;
  }

  private void write(String file, String content) throws IOException {
    Path path = proc.resolve(file);
    Files.createDirectories(proc.resolve("self"));
    Files.writeString(path, content);
  }

  @Test
  void readsMemoryResidentSetAndSwapping() throws IOException {
    write("meminfo", "MemTotal:       4000 kB\nMemFree:  10 kB\nMemAvailable:   1000 kB\n");
    write("self/status", "Name:\tjava\nVmPeak:\t    9000 kB\nVmRSS:\t    2048 kB\n");
    write("vmstat", "nr_free_pages 5\npswpin 1\npswpout 12345\n");
    HostSample sample = new LinuxHostSampler(proc).sample();
    assertThat(sample.memoryUsageRatio()).hasValue(0.75);
    assertThat(sample.processResidentBytes()).hasValue(2048 * 1024);
    assertThat(sample.swapOutPages()).hasValue(12345);
  }

  @Test
  void measuresTheProcessorsBetweenTwoSamples() throws IOException {
    write("stat", "cpu  100 0 50 800 50 0 0 0 0 0\ncpu0 1 1 1 1 1 1 1 1 1 1\n");
    LinuxHostSampler sampler = new LinuxHostSampler(proc);
    assertThat(sampler.sample().cpuUsageRatio()).isEmpty();
    write("stat", "cpu  120 4 60 850 60 2 3 1 0 0\ncpu0 1 1 1 1 1 1 1 1 1 1\n");
    assertThat(sampler.sample().cpuUsageRatio().orElseThrow()).isCloseTo(0.4, within(1e-9));
  }

  @Test
  void whatIsNotThereIsAbsentAndNotZero() {
    assertThat(new LinuxHostSampler(proc).sample()).isEqualTo(HostSample.unknown());
  }

  @Test
  void whatIsMalformedIsAbsent() throws IOException {
    write("meminfo", "MemTotal: many kB\n");
    write("stat", "cpu  1 2\n");
    write("vmstat", "pswpout -1\n");
    write("self/status", "VmRSS: 12 MB\n");
    assertThat(new LinuxHostSampler(proc).sample()).isEqualTo(HostSample.unknown());
  }

  @Test
  void seesThisProcessOnLinux() {
    assumeTrue(Files.isReadable(Path.of("/proc/meminfo")), "there is no /proc on this system");
    HostSample sample = HostSampler.forThisHost().sample();
    assertThat(sample.processResidentBytes().orElseThrow()).isGreaterThan(10_000_000);
    assertThat(sample.memoryUsageRatio().orElseThrow()).isBetween(0.0, 1.0);
  }

  @Test
  void fallsBackToWhatTheJvmKnows() {
    HostSample sample = new JvmHostSampler().sample();
    assertThat(sample.memoryUsageRatio().orElseThrow()).isBetween(0.0, 1.0);
    assertThat(sample.processResidentBytes()).isEmpty();
    assertThat(sample.swapOutPages()).isEmpty();
  }
}
