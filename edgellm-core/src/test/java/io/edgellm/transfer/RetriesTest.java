package io.edgellm.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class RetriesTest {
  private static final TransferOptions OPTIONS =
      new TransferOptions(3, Duration.ofSeconds(1), Duration.ofSeconds(30), 0, Duration.ofDays(1));

  private final Retries retries = new Retries(OPTIONS, new SplittableRandom(7));

  private static TransferException failure(TransferException.Reason reason) {
    return new TransferException(reason, "planned", null);
  }

  @Test
  void pausesAreDrawnBelowABoundThatDoublesUpToTheLongest() {
    TransferException failure = failure(TransferException.Reason.STALLED);
    for (int failures = 1; failures < 60; failures++) {
      long bound = failures < 6 ? 1L << (failures - 1) : 30;
      assertThat(retries.pause(failures, failure))
          .as("seed 7, failure " + failures)
          .isBetween(Duration.ZERO, Duration.ofSeconds(bound));
    }
  }

  @Test
  void onlyWhatMayPassIsTriedAgainAndNotForEver() {
    assertThat(retries.allow(2, failure(TransferException.Reason.UNREACHABLE))).isTrue();
    assertThat(retries.allow(3, failure(TransferException.Reason.UNREACHABLE))).isFalse();
    assertThat(retries.allow(1, failure(TransferException.Reason.REFUSED))).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "12                            | 12 | 13",
        "999999999                     | 30 | 30",
        "Wed, 01 Jan 2200 00:00:20 GMT | 30 | 30",
        "Tue, 31 Dec 2024 00:00:00 GMT | 0  | 1",
        "soon                          | 0  | 1",
        "-5                            | 0  | 1"
      })
  void aSourceThatSaysWhenIsNotAskedSooner(String retryAfter, long fromSeconds, long toSeconds)
      throws IOException {
    assertThat(retries.pause(1, refusal(retryAfter)))
        .isBetween(Duration.ofSeconds(fromSeconds), Duration.ofSeconds(toSeconds));
  }

  /** What a source throws for a server that is busy until then. */
  private static TransferException refusal(String retryAfter) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          exchange.getResponseHeaders().set("Retry-After", retryAfter);
          exchange.sendResponseHeaders(503, -1);
          exchange.close();
        });
    server.start();
    try {
      URI uri = URI.create("http://localhost:" + server.getAddress().getPort());
      ArtifactSource source =
          new HttpArtifactSource(uri, HttpClient.newHttpClient(), Duration.ofSeconds(30));
      return catchThrowableOfType(
          TransferException.class, () -> source.document("index.json", 100));
    } finally {
      server.stop(0);
    }
  }
}
