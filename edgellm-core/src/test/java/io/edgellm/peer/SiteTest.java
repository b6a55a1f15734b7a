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
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Twenty devices on loopback, each with its own store, server and fetcher. */
final class SiteTest {
  private static final int NODES = 20;
  private static final int CHUNKS = 24;
  private static final long LINE_BYTES_PER_SECOND = 30_000_000;

  /** Times that a machine with other work to do does not exceed either. */
  private static final SiteOptions OPTIONS =
      new SiteOptions(
          6,
          2,
          1 << 12,
          Duration.ofSeconds(60),
          Duration.ofMillis(800),
          Duration.ofSeconds(120),
          Duration.ofSeconds(120),
          64);

  @TempDir(factory = FastTempDir.class)
  Path dir;

  private final byte[] bytes = TestBlob.bytes(CHUNKS * Artifact.CHUNK_BYTES - 1000, 1);
  private final Artifact file = TestBlob.of(bytes).artifact();
  private final HttpClient http = HttpClient.newHttpClient();
  private final PeerClient client = PeerClient.create(Optional.empty());
  private final List<SiteNode> nodes = new ArrayList<>();
  private final List<Peer> peers = new ArrayList<>();
  private final ExecutorService devices = Executors.newCachedThreadPool();
  private CountingOrigin origin;

  @BeforeEach
  void open() throws Exception {
    origin = new CountingOrigin(bytes, LINE_BYTES_PER_SECOND);
    for (int i = 0; i < NODES; i++) {
      nodes.add(new SiteNode(dir.resolve("node-" + i), allFromOneAddress(), i));
      peers.add(nodes.get(i).peer);
    }
  }

  @AfterEach
  void close() {
    devices.shutdownNow();
    nodes.forEach(SiteNode::close);
    origin.close();
  }

  private static PeerServerOptions allFromOneAddress() {
    return new PeerServerOptions(
        2,
        64,
        Duration.ofSeconds(60),
        PeerServerOptions.UNLIMITED,
        512,
        512,
        Duration.ofSeconds(60),
        Duration.ofSeconds(60),
        Duration.ofSeconds(60),
        Optional.empty());
  }

  private Future<?> start(SiteNode node, TransferListener listener) {
    PeerDirectory all = () -> List.copyOf(peers);
    SiteFetcher fetcher = node.fetcher(all, client, Optional.of(origin.fetcher(http)), OPTIONS);
    return devices.submit(() -> node.fetch(file, fetcher, listener));
  }

  private void requireThatAllHaveIt(List<SiteNode> expected, List<Future<?>> running)
      throws Exception {
    for (Future<?> one : running) {
      one.get();
    }
    assertThat(expected).allMatch(node -> node.has(file));
  }

  @Test
  void aSiteCostsOneCopyOverTheLine() throws Exception {
    List<Future<?>> running = new ArrayList<>();
    for (SiteNode node : nodes) {
      running.add(start(node, TransferListener.silent()));
    }

    requireThatAllHaveIt(nodes, running);

    assertThat(origin.copies()).isBetween(1.0, 1.1);
    assertThat(origin.requests()).isLessThanOrEqualTo(CHUNKS + 2);
  }

  @Test
  void nodesThatDieComeLateOrLieCostHardlyMore() throws Exception {
    try (HostilePeer wrong = new HostilePeer(HostilePeer.Manner.WRONG_BYTES, file);
        HostilePeer endless = new HostilePeer(HostilePeer.Manner.ENDLESS_BODY, file);
        HostilePeer gzip = new HostilePeer(HostilePeer.Manner.GZIP, file)) {
      List<HostilePeer> hostile = List.of(wrong, endless, gzip);
      hostile.forEach(one -> peers.add(one.peer()));
      CountDownLatch middle = new CountDownLatch(CHUNKS / 3);
      List<SiteNode> dying = nodes.subList(0, 3);
      List<SiteNode> steady = nodes.subList(3, NODES - 2);
      List<SiteNode> late = nodes.subList(NODES - 2, NODES);
      List<Future<?>> cutOff = new ArrayList<>();
      dying.forEach(node -> cutOff.add(start(node, TransferListener.silent())));
      List<Future<?>> running = new ArrayList<>();
      running.add(start(steady.get(0), event -> middle.countDown()));
      for (SiteNode node : steady.subList(1, steady.size())) {
        running.add(start(node, TransferListener.silent()));
      }

      middle.await();
      dying.forEach(SiteNode::close);
      cutOff.forEach(one -> one.cancel(true));
      late.forEach(node -> running.add(start(node, TransferListener.silent())));
      requireThatAllHaveIt(nodes.subList(3, NODES), running);

      assertThat(origin.copies()).isBetween(1.0, 1.25);
      // Each of the others was fooled twice at most.
      assertThat(hostile).allMatch(one -> one.chunkRequests() <= NODES * Reputation.STRIKES);
    }
  }

  @Test
  void aSiteWhoseOriginIsDownTakesWhatOneOfItHas() throws Exception {
    start(nodes.get(0), TransferListener.silent()).get();
    origin.fail();
    List<SiteNode> some = nodes.subList(1, 5);
    List<Future<?>> running = new ArrayList<>();
    for (SiteNode node : some) {
      running.add(start(node, TransferListener.silent()));
    }

    requireThatAllHaveIt(some, running);

    assertThat(origin.copies()).isEqualTo(1.0);
  }
}
