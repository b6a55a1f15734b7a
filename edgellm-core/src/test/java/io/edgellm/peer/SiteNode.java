package io.edgellm.peer;

import io.edgellm.model.Artifact;
import io.edgellm.store.BlobChunks;
import io.edgellm.store.ModelStore;
import io.edgellm.store.PartialBlob;
import io.edgellm.store.StoreOptions;
import io.edgellm.transfer.TransferListener;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Random;

/** A device of a site, with a store, a server and a fetcher of its own. */
final class SiteNode implements AutoCloseable {
  final ModelStore store;
  final StoreShelf shelf;
  final PeerServer server;
  final Peer peer;

  SiteNode(Path directory, long seed) {
    this(directory, PeerServerOptions.defaults(), seed);
  }

  SiteNode(Path directory, PeerServerOptions options, long seed) {
    store = ModelStore.open(directory, StoreOptions.defaults());
    shelf = new StoreShelf(store, NodeId.random(new Random(seed)));
    InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    server = PeerServer.start(anyPort, shelf, options);
    peer = Peer.device("127.0.0.1:" + server.address().getPort());
  }

  SiteFetcher fetcher(
      PeerDirectory peers, PeerClient client, Optional<OriginFetcher> origin, SiteOptions options) {
    return new SiteFetcher(shelf, peers, client, origin, options, new Random(1));
  }

  /** Fetches a file and takes it into the store. */
  void fetch(Artifact file, SiteFetcher fetcher, TransferListener listener) {
    try (PartialBlob partial = store.openPartial(file).orElseThrow()) {
      try (BlobChunks chunks = partial.chunks()) {
        fetcher.fetch(chunks, listener);
      }
      partial.commit();
    }
  }

  boolean has(Artifact file) {
    return store.readBlob(file.sha256()).map(SiteNode::closed).orElse(false);
  }

  private static boolean closed(FileChannel channel) {
    try {
      channel.close();
      return true;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Goes away without a word: the server first, so that nobody hears of the end of its fetch. */
  @Override
  public void close() {
    server.close();
    store.close();
  }
}
