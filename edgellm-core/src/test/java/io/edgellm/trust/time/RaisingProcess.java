package io.edgellm.trust.time;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** Another process that raises a floor day by day. */
final class RaisingProcess implements AutoCloseable {
  private final Process process;

  private RaisingProcess(Process process) {
    this.process = process;
  }

  static RaisingProcess start(Path file, TrustedTime.Source source, Instant from, int days)
      throws IOException {
    return new RaisingProcess(
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xshare:auto",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                RaisingProcess.class.getName(),
                file.toString(),
                source.name(),
                from.toString(),
                Integer.toString(days))
            .inheritIO()
            .start());
  }

  int exit() throws InterruptedException {
    return process.waitFor();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }

  /** Arguments: the file, the source, the first time, the number of days. */
  public static void main(String[] args) {
    TrustedClock clock = TrustedClock.open(Path.of(args[0]), InstantSource.fixed(Instant.EPOCH));
    for (int day = 1; day <= Integer.parseInt(args[3]); day++) {
      clock.raise(
          TrustedTime.Source.valueOf(args[1]), Instant.parse(args[2]).plus(Duration.ofDays(day)));
    }
  }
}
