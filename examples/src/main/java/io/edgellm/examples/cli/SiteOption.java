package io.edgellm.examples.cli;

import io.edgellm.peer.NodeId;
import io.edgellm.peer.Peer;
import io.edgellm.peer.PeerClient;
import io.edgellm.peer.PeerDirectory;
import io.edgellm.peer.SiteFetcher;
import io.edgellm.peer.SiteOptions;
import io.edgellm.peer.StoreShelf;
import io.edgellm.store.ModelStore;
import io.edgellm.transfer.BlobDownload;
import io.edgellm.transfer.BlobFetcher;
import io.edgellm.transfer.TransferControl;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that name the neighbours of a device. */
final class SiteOption {
  @Option(
      names = "--peer",
      paramLabel = "HOST:PORT",
      description = "A neighbour that runs 'edgellm share'; may be repeated.")
  private List<String> peers = new ArrayList<>();

  @Option(
      names = "--site-secret",
      paramLabel = "FILE",
      description = "What the devices of the site have in common; at least 16 bytes.")
  private @Nullable Path secret;

  /**
   * Returns who fetches with the neighbours; empty if none was named.
   *
   * @param control that of the limits of {@code origin}
   */
  Optional<BlobFetcher> fetcher(ModelStore store, BlobDownload origin, TransferControl control) {
    if (peers.isEmpty()) {
      return Optional.empty();
    }
    SecureRandom random = new SecureRandom();
    return Optional.of(
        new SiteFetcher(
            new StoreShelf(store, NodeId.random(random)),
            PeerDirectory.of(neighbours()),
            PeerClient.create(SiteSecretFile.read(secret)),
            Optional.of(origin::fetch),
            SiteOptions.defaults(),
            random,
            control));
  }

  private List<Peer> neighbours() {
    try {
      return peers.stream().map(Peer::device).toList();
    } catch (IllegalArgumentException e) {
      throw new CommandFault(ExitCode.USAGE, "PEER", String.valueOf(e.getMessage()), e);
    }
  }
}
