package io.edgellm.peer;

import static org.assertj.core.api.Assertions.assertThat;

import io.edgellm.model.Artifact;
import io.edgellm.transfer.TransferListener;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Twenty devices on loopback, each with its own store, server and client. */
final class SiteTest {
  private static final int NODES = 20;
  private static final int CHUNKS = 24;
  private static final SiteOptions OPTIONS =
      new SiteOptions(
          6,
          2,
          1 << 16,
          Duration.ofSeconds(5),
          Duration.ofMillis(400),
          Duration.ofSeconds(5),
          Duration.ofSeconds(10),
          64);

  @TempDir Path dir;
  private final HttpClient http = HttpClient.newHttpClient();
  private final List<SiteNode> nodes = new ArrayList<>();
  private final ExecutorService devices = Executors.newCachedThreadPool();

  private static PeerServerOptions allFromOneAddress() {
    return new PeerServerOptions(
        2,
        64,
        Duration.ofSeconds(2),
        PeerServerOptions.UNLIMITED,
        512,
        512,
        Duration.ofSeconds(5),
        Duration.ofSeconds(60),
        Duration.ofSeconds(20),
        Optional.empty());
  }

  @AfterEach
  void close() {
    devices.shutdownNow();
    nodes.forEach(SiteNode::close);
  }

  @Test
  void costsOneCopyOverTheLine() throws Exception {
    byte[] bytes = TestBlob.bytes(CHUNKS * Artifact.CHUNK_BYTES - 1000, 1);
    Artifact file = TestBlob.of(bytes).artifact();
    PeerServerOptions serving = allFromOneAddress();
    try (CountingOrigin origin = new CountingOrigin(bytes, 20_000_000)) {
      for (int i = 0; i < NODES; i++) {
        nodes.add(new SiteNode(dir.resolve("node-" + i), serving, i));
      }
      PeerDirectory all = PeerDirectory.of(nodes.stream().map(n -> n.peer).toList());
      PeerClient client = PeerClient.create(Optional.empty());
      List<Future<?>> running = new ArrayList<>();
      for (SiteNode node : nodes) {
        SiteFetcher fetcher = node.fetcher(all, client, Optional.of(origin.fetcher(http)), OPTIONS);
        running.add(devices.submit(() -> node.fetch(file, fetcher, TransferListener.silent())));
      }
      for (Future<?> one : running) {
        one.get();
      }
      assertThat(origin.copies()).isBetween(1.0, 1.1);
      assertThat(nodes).allMatch(node -> node.has(file));
    }
  }
}
