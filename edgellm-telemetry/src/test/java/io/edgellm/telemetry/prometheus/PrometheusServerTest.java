package io.edgellm.telemetry.prometheus;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.edgellm.telemetry.Telemetry;
import io.edgellm.telemetry.latency.LatencyBuckets;
import io.edgellm.telemetry.latency.LatencyDistribution;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What Prometheus itself makes of the metrics; needs its Debian package. */
class PrometheusServerTest {
  private static final Path BIN = Path.of(System.getProperty("edgellm.prometheus.bin", "/usr/bin"));
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final String TTFT = "edgellm_time_to_first_token_seconds";

  private final HttpClient client = HttpClient.newHttpClient();
  private final ObjectMapper json = new ObjectMapper();

  private static Path program(String name) {
    Path program = BIN.resolve(name);
    assumeTrue(
        Files.isExecutable(program),
        () ->
            program
                + " is missing: install the package 'prometheus' or pass"
                + " -Dedgellm.prometheus.bin=DIRECTORY");
    return program;
  }

  @Test
  void promtoolFindsNothingToComplainAbout() throws Exception {
    Process promtool =
        new ProcessBuilder(program("promtool").toString(), "check", "metrics")
            .redirectErrorStream(true)
            .start();
    try (var in = promtool.getOutputStream()) {
      in.write(PrometheusExposition.of(Measured.little()).text().getBytes(UTF_8));
    }
    String complaints = new String(promtool.getInputStream().readAllBytes(), UTF_8);
    assertThat(promtool.waitFor()).as(complaints).isZero();
    assertThat(complaints).isEmpty();
  }

  @Test
  void prometheusFindsTheSameQuantilesAndExactSharesInOurBuckets(@TempDir Path directory)
      throws Exception {
    Path prometheus = program("prometheus");
    Telemetry telemetry = Measured.much(1, 5_000);
    LatencyDistribution ours = telemetry.cohort(Measured.LABELS).orElseThrow().timeToFirstToken();
    try (PrometheusEndpoint endpoint = PrometheusEndpoint.open(telemetry);
        ServerUnderTest server = start(prometheus, endpoint, directory)) {
      assertThat(server.queryOnceKnown("histogram_count(" + TTFT + ")")).isEqualTo(5_000);
      assertThat(server.queryOnceKnown("histogram_sum(" + TTFT + ")"))
          .isCloseTo(ours.sumSeconds(), within(1e-6));
      for (double q : new double[] {0.5, 0.9, 0.99, 0.999}) {
        double theirs = server.queryOnceKnown("histogram_quantile(" + q + ", " + TTFT + ")");
        double estimate = ours.quantileSeconds(q).orElseThrow();
        // Prometheus interpolates within the bucket that we take the middle of.
        assertThat(LatencyBuckets.slotOf(theirs))
            .as("q %s: %s here, %s there", q, estimate, theirs)
            .isEqualTo(LatencyBuckets.slotOf(estimate));
      }
      assertThat(server.queryOnceKnown("histogram_fraction(0, 0.25, " + TTFT + ")"))
          .isCloseTo(ours.countAtMost(0.25) / 5_000.0, within(1e-9));
    }
  }

  private ServerUnderTest start(Path prometheus, PrometheusEndpoint endpoint, Path directory)
      throws IOException {
    Path config = directory.resolve("prometheus.yml");
    Files.writeString(
        config,
        """
        global: {scrape_interval: 100ms, scrape_timeout: 100ms}
        scrape_configs:
          - job_name: device
            static_configs: [{targets: ["%s"]}]
        """
            .formatted(endpoint.uri().getAuthority()));
    int port = freePort();
    Process process =
        new ProcessBuilder(
                prometheus.toString(),
                "--config.file=" + config,
                "--storage.tsdb.path=" + directory.resolve("data"),
                "--web.listen-address=127.0.0.1:" + port,
                "--enable-feature=native-histograms")
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("log").toFile())
            .start();
    return new ServerUnderTest(process, port);
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private final class ServerUnderTest implements AutoCloseable {
    private final Process process;
    private final int port;

    private ServerUnderTest(Process process, int port) {
      this.process = process;
      this.port = port;
    }

    /** Asks until there is an answer, as often as Prometheus scrapes. */
    double queryOnceKnown(String expression) throws Exception {
      long deadline = System.nanoTime() + PATIENCE.toNanos();
      do {
        JsonNode value = query(expression).at("/data/result/0/value/1");
        if (!value.isMissingNode()) {
          return value.asDouble();
        }
      } while (!process.waitFor(100, TimeUnit.MILLISECONDS) && System.nanoTime() < deadline);
      throw new AssertionError("Prometheus does not know " + expression);
    }

    private JsonNode query(String expression) throws InterruptedException {
      URI uri =
          URI.create(
              "http://127.0.0.1:"
                  + port
                  + "/api/v1/query?query="
                  + URLEncoder.encode(expression, UTF_8));
      try {
        return json.readTree(
            client
                .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofByteArray())
                .body());
      } catch (IOException notYetUp) {
        return json.missingNode();
      }
    }

    @Override
    public void close() {
      process.destroyForcibly().onExit().join();
    }
  }
}
