package io.edgellm.peer;

import static org.assertj.core.api.Assertions.assertThat;

import io.edgellm.model.Artifact;
import io.edgellm.transfer.TransferListener;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A device among peers that lie, over real connections. */
final class PeerThreatsTest {
  private static final SiteOptions OPTIONS =
      new SiteOptions(
          6,
          2,
          4 << 20,
          Duration.ofMillis(500),
          Duration.ofMillis(50),
          Duration.ofMillis(700),
          Duration.ofSeconds(20),
          64);

  @TempDir(factory = FastTempDir.class)
  Path dir;

  private final HttpClient http = HttpClient.newHttpClient();
  private final PeerClient client = PeerClient.create(Optional.empty());

  @ParameterizedTest
  @EnumSource(HostilePeer.Manner.class)
  void aMaliciousPeerWastesTwoChunksAtMost(HostilePeer.Manner manner) throws Exception {
    byte[] bytes = TestBlob.bytes(3 * Artifact.CHUNK_BYTES + 17, 3);
    Artifact file = TestBlob.of(bytes).artifact();
    try (HostilePeer hostile = new HostilePeer(manner, file);
        CountingOrigin origin = new CountingOrigin(bytes, 1_000_000_000);
        SiteNode node = new SiteNode(dir, 1)) {
      SiteFetcher fetcher =
          node.fetcher(
              PeerDirectory.of(List.of(hostile.peer())),
              client,
              Optional.of(origin.fetcher(http)),
              OPTIONS);

      node.fetch(file, fetcher, TransferListener.silent());

      assertThat(node.has(file)).isTrue();
      assertThat(origin.copies()).isEqualTo(1.0);
      if (manner != HostilePeer.Manner.DENY && manner != HostilePeer.Manner.BUSY) {
        assertThat(hostile.chunkRequests()).isLessThanOrEqualTo(Reputation.STRIKES);
      }
    }
  }

  @Test
  void aPeerThatWasDroppedIsNotAskedForTheNextFileEither() throws Exception {
    byte[] first = TestBlob.bytes(3 * Artifact.CHUNK_BYTES, 3);
    byte[] second = TestBlob.bytes(3 * Artifact.CHUNK_BYTES, 4);
    Artifact file = TestBlob.of(first).artifact();
    Artifact next = TestBlob.of(second).artifact();
    try (HostilePeer hostile = new HostilePeer(HostilePeer.Manner.WRONG_BYTES, file);
        CountingOrigin origin = new CountingOrigin(first, 1_000_000_000);
        CountingOrigin other = new CountingOrigin(second, 1_000_000_000);
        SiteNode node = new SiteNode(dir, 1)) {
      SiteFetcher fetcher =
          node.fetcher(
              PeerDirectory.of(List.of(hostile.peer())),
              client,
              Optional.of(
                  (into, wanted, listener) ->
                      (into.artifact().equals(file) ? origin : other)
                          .fetcher(http)
                          .fetch(into, wanted, listener)),
              OPTIONS);
      node.fetch(file, fetcher, TransferListener.silent());
      int asked = hostile.mapRequests();

      node.fetch(next, fetcher, TransferListener.silent());

      assertThat(hostile.chunkRequests()).isEqualTo(Reputation.STRIKES);
      assertThat(hostile.mapRequests()).isEqualTo(asked);
      assertThat(node.has(next)).isTrue();
    }
  }

  @Test
  void aChunkThatHasChangedOnTheDiskIsNotServed() throws Exception {
    byte[] bytes = TestBlob.bytes(2 * Artifact.CHUNK_BYTES, 3);
    Artifact file = TestBlob.of(bytes).artifact();
    try (CountingOrigin origin = new CountingOrigin(bytes, 1_000_000_000);
        SiteNode holder = new SiteNode(dir.resolve("holder"), 1);
        SiteNode node = new SiteNode(dir.resolve("node"), 2)) {
      Optional<OriginFetcher> fromOrigin = Optional.of(origin.fetcher(http));
      holder.fetch(
          file,
          holder.fetcher(PeerDirectory.of(List.of()), client, fromOrigin, OPTIONS),
          TransferListener.silent());
      holder.damage(file, Artifact.CHUNK_BYTES + 5);

      node.fetch(
          file,
          node.fetcher(PeerDirectory.of(List.of(holder.peer)), client, fromOrigin, OPTIONS),
          TransferListener.silent());

      assertThat(node.has(file)).isTrue();
      assertThat(origin.copies()).isEqualTo(1.5);
      assertThat(holder.damaged.take()).isEqualTo(file);
    }
  }

  @Test
  void whoDoesNotKnowTheSecretOfTheSiteGetsNothing() throws Exception {
    byte[] bytes = TestBlob.bytes(2 * Artifact.CHUNK_BYTES, 3);
    Artifact file = TestBlob.of(bytes).artifact();
    SiteSecret secret = new SiteSecret("sixteen bytes, or more".getBytes(StandardCharsets.UTF_8));
    SiteSecret wrong =
        new SiteSecret("sixteen bytes of another site".getBytes(StandardCharsets.UTF_8));
    try (CountingOrigin origin = new CountingOrigin(bytes, 1_000_000_000);
        SiteNode holder =
            new SiteNode(dir.resolve("holder"), PeerServerOptions.defaults().with(secret), 1)) {
      Optional<OriginFetcher> fromOrigin = Optional.of(origin.fetcher(http));
      PeerDirectory alone = PeerDirectory.of(List.of());
      holder.fetch(
          file, holder.fetcher(alone, client, fromOrigin, OPTIONS), TransferListener.silent());
      PeerDirectory peers = PeerDirectory.of(List.of(holder.peer));

      int copies = 1;
      int number = 0;
      for (Optional<SiteSecret> known :
          List.of(Optional.of(secret), Optional.of(wrong), Optional.<SiteSecret>empty())) {
        try (SiteNode node = new SiteNode(dir.resolve("node-" + number++), 2)) {
          PeerClient asking = PeerClient.create(known);
          node.fetch(
              file, node.fetcher(peers, asking, fromOrigin, OPTIONS), TransferListener.silent());
        }
        copies += known.equals(Optional.of(secret)) ? 0 : 1;
        assertThat(origin.copies()).isEqualTo((double) copies);
      }
    }
  }
}
