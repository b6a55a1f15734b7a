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
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** A device of a site, with a store, a server and a fetcher of its own. */
final class SiteNode implements AutoCloseable {
  final ModelStore store;
  final StoreShelf shelf;
  final PeerServer server;
  final Peer peer;
  final BlockingQueue<Artifact> damaged = new LinkedBlockingQueue<>();
  private final Path directory;

  SiteNode(Path directory, long seed) {
    this(directory, PeerServerOptions.defaults(), seed);
  }

  SiteNode(Path directory, PeerServerOptions options, long seed) {
    store = ModelStore.open(directory, StoreOptions.defaults());
    this.directory = directory;
    shelf = new StoreShelf(store, NodeId.random(new Random(seed)), damaged::add);
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

  /** Changes a byte of a complete file on the disk. */
  void damage(Artifact file, long position) throws IOException {
    Path blob = directory.resolve(".edgellm/blobs/sha256-" + file.sha256());
    if (!blob.toFile().setWritable(true)) {
      throw new IOException(blob + " stays read-only");
    }
    try (FileChannel channel =
        FileChannel.open(blob, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      ByteBuffer one = ByteBuffer.allocate(1);
      channel.read(one, position);
      one.put(0, (byte) ~one.get(0)).rewind();
      channel.write(one, position);
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
