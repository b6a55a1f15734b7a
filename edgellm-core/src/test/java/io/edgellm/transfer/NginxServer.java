package io.edgellm.transfer;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A real nginx on loopback that serves a directory, compresses what it may, and writes a log. */
final class NginxServer implements AutoCloseable {
  private static final Path PROGRAM = Path.of("/usr/sbin/nginx");

  private final Path home;
  private final int port;
  private final Process process;

  /**
   * Starts it; the test is skipped where there is none.
   *
   * @param home for its files
   * @param root what it serves
   * @param more directives of the server
   */
  NginxServer(Path home, Path root, String more) throws IOException, InterruptedException {
    assumeTrue(Files.isExecutable(PROGRAM), "There is no nginx here: install nginx-light.");
    this.home = home;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      this.port = free.getLocalPort();
    }
    Path configuration = Files.writeString(home.resolve("nginx.conf"), configuration(root, more));
    this.process =
        new ProcessBuilder(
                PROGRAM.toString(),
                "-p",
                home.toString(),
                "-e",
                home.resolve("error.log").toString(),
                "-c",
                configuration.toString())
            .redirectErrorStream(true)
            .redirectOutput(home.resolve("output.log").toFile())
            .start();
    awaitStart();
  }

  private String configuration(Path root, String more) {
    return String.join(
        "\n",
        "daemon off;",
        "master_process off;",
        "pid " + home.resolve("pid") + ";",
        "events {}",
        "http {",
        "  log_format asked '$status $http_range $body_bytes_sent';",
        "  access_log " + home.resolve("access.log") + " asked;",
        "  client_body_temp_path " + home.resolve("body") + ";",
        "  proxy_temp_path " + home.resolve("proxy") + ";",
        "  fastcgi_temp_path " + home.resolve("fastcgi") + ";",
        "  uwsgi_temp_path " + home.resolve("uwsgi") + ";",
        "  scgi_temp_path " + home.resolve("scgi") + ";",
        "  gzip on;",
        "  gzip_types *;",
        "  gzip_min_length 1;",
        "  server {",
        "    listen 127.0.0.1:" + port + ";",
        "    root " + root + ";",
        "    " + more,
        "  }",
        "}",
        "");
  }

  private void awaitStart() throws IOException, InterruptedException {
    for (int look = 0; look < 500; look++) {
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
        assumeTrue(socket.isConnected());
        return;
      } catch (IOException e) {
        if (process.waitFor(20, TimeUnit.MILLISECONDS)) {
          throw new IOException(Files.readString(home.resolve("output.log")), e);
        }
      }
    }
    throw new IOException("nginx does not start");
  }

  URI uri() {
    return URI.create("http://127.0.0.1:" + port + "/");
  }

  /** Ends it and returns what it has logged: status, range and bytes of each body. */
  List<String> log() throws IOException, InterruptedException {
    close();
    process.waitFor();
    return Files.readAllLines(home.resolve("access.log"));
  }

  @Override
  public void close() {
    process.destroy();
  }
}
