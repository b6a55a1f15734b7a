package io.edgellm.transfer.oci;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The registry of the distribution project, as Debian packages it, on a port that it chooses. */
final class DockerRegistry implements AutoCloseable {
  private static final Path PROGRAM = Path.of("/usr/bin/docker-registry");
  private static final Pattern LISTENING = Pattern.compile("listening on 127\\.0\\.0\\.1:(\\d+)");

  private final Process process;
  private final URI address;

  private DockerRegistry(Process process, int port) {
    this.process = process;
    this.address = URI.create("http://127.0.0.1:" + port);
  }

  /**
   * Starts one.
   *
   * @param directory for its files, new
   * @param auth the section of its configuration, or nothing
   */
  static DockerRegistry start(Path directory, String auth) throws IOException {
    assumeTrue(
        Files.isExecutable(PROGRAM),
        "There is no " + PROGRAM + ": install the Debian package docker-registry.");
    Files.createDirectories(directory.resolve("data"));
    String config =
        "version: 0.1\n"
            + "storage:\n  filesystem:\n    rootdirectory: "
            + directory.resolve("data")
            + "\nhttp:\n  addr: 127.0.0.1:0\n  secret: of-the-test\n"
            + auth;
    Path file = Files.writeString(directory.resolve("config.yml"), config);
    Process process =
        new ProcessBuilder(PROGRAM.toString(), "serve", file.toString())
            .redirectErrorStream(true)
            .start();
    return new DockerRegistry(process, port(process));
  }

  private static int port(Process process) throws IOException {
    // Not closed: the process goes on to write.
    BufferedReader log = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
    StringBuilder said = new StringBuilder();
    for (@Nullable String line = log.readLine(); line != null; line = log.readLine()) {
      Matcher listening = LISTENING.matcher(line);
      if (listening.find()) {
        drain(log);
        return Integer.parseInt(listening.group(1));
      }
      said.append(line).append('\n');
    }
    throw new IOException("The registry has ended: " + said);
  }

  /** It logs every request, and would wait for somebody to read that. */
  private static void drain(BufferedReader log) {
    Thread reader = new Thread(() -> log.lines().forEach(line -> {}), "log of the registry");
    reader.setDaemon(true);
    reader.start();
  }

  URI address() {
    return address;
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
