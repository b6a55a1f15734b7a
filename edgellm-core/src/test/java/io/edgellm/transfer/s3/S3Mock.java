package io.edgellm.transfer.s3;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.edgellm.transfer.SourcePath;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Adobe's S3Mock in a process of its own, with ports that it chooses. It checks no signature. */
final class S3Mock implements AutoCloseable {
  private static final Pattern STARTED =
      Pattern.compile("Tomcat started on .*?(\\d+) \\(http\\).*");

  private final Process process;
  private final URI endpoint;
  private final HttpClient client = HttpClient.newHttpClient();

  private S3Mock(Process process, int port) {
    this.process = process;
    this.endpoint = URI.create("http://127.0.0.1:" + port);
  }

  static S3Mock start() throws IOException {
    Path jar = Path.of(System.getProperty("edgellm.s3mock.jar", "s3mock-exec.jar"));
    assumeTrue(
        Files.isRegularFile(jar),
        "S3Mock is not there: the build copies it, or pass -Dedgellm.s3mock.jar=FILE.");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx192m",
                "-jar",
                jar.toString(),
                "--server.port=0",
                "--com.adobe.testing.s3mock.http-port=0")
            .redirectErrorStream(true)
            .start();
    return new S3Mock(process, port(process));
  }

  private static int port(Process process) throws IOException {
    // Not closed: the process goes on to write.
    BufferedReader log = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
    StringBuilder said = new StringBuilder();
    for (@Nullable String line = log.readLine(); line != null; line = log.readLine()) {
      Matcher started = STARTED.matcher(line);
      if (started.find()) {
        return Integer.parseInt(started.group(1));
      }
      said.append(line).append('\n');
    }
    throw new IOException("S3Mock has ended: " + said);
  }

  URI endpoint() {
    return endpoint;
  }

  /** Makes an empty bucket. */
  S3Bucket bucket(String name) throws IOException, InterruptedException {
    put(endpoint + "/" + name, HttpRequest.BodyPublishers.noBody());
    return S3Bucket.at(endpoint, name);
  }

  void put(String bucket, String key, Path file) throws IOException, InterruptedException {
    put(
        endpoint + "/" + bucket + "/" + SourcePath.escaped(key),
        HttpRequest.BodyPublishers.ofFile(file));
  }

  private void put(String address, HttpRequest.BodyPublisher body)
      throws IOException, InterruptedException {
    HttpResponse<String> response =
        client.send(
            HttpRequest.newBuilder(URI.create(address)).PUT(body).build(),
            HttpResponse.BodyHandlers.ofString());
    if (response.statusCode() != 200) {
      throw new IOException(response.statusCode() + " for " + address + ": " + response.body());
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
