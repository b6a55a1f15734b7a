package io.edgellm.internal.io;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Another process that takes a lock, says whether it has it, and keeps it until it is killed. */
final class LockingProcess {
  private final Process process;

  private LockingProcess(Process process) {
    this.process = process;
  }

  static LockingProcess start(Path lockFile, String name) throws IOException {
    return new LockingProcess(
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xshare:auto",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                LockingProcess.class.getName(),
                lockFile.toString(),
                name)
            .redirectErrorStream(true)
            .start());
  }

  @Nullable String firstLine() throws IOException {
    return new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8)).readLine();
  }

  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** Arguments: the lock file and the name. */
  public static void main(String[] args) throws IOException {
    ProcessLocks locks = ProcessLocks.open(Path.of(args[0]));
    Optional<ProcessLocks.Held> held = locks.tryExclusive(args[1]);
    System.out.println(held.isPresent() ? "held" : "busy");
    if (held.isPresent()) {
      System.in.read();
    }
  }
}
