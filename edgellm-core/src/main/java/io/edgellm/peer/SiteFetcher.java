package io.edgellm.peer;

import io.edgellm.model.Artifact;
import io.edgellm.store.BlobChunks;
import io.edgellm.transfer.BlobFetcher;
import io.edgellm.transfer.TransferControl;
import io.edgellm.transfer.TransferListener;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Fetches files together with the other nodes of a site: every chunk crosses the line to the origin
 * about once, and comes from a neighbour otherwise.
 *
 * <p>What arrives is held against the manifest, whoever sent it. With no peers it is a download
 * from the origin; without the origin it takes what the peers have. While it fetches, its verified
 * chunks are on the {@link StoreShelf}, where a {@link PeerServer} takes them from: a node that
 * takes part in a site has one of each.
 *
 * <p>Thread-safe; several files may be fetched at once. A fetch runs on the thread of its caller,
 * which calls the listener, and on one more for the origin that ends with it.
 */
public final class SiteFetcher implements BlobFetcher {
  private static final int UNITS = 64;
  private static final int MAX_UNIT_CHUNKS = 8;

  private final StoreShelf shelf;
  private final PeerDirectory directory;
  private final PeerClient client;
  private final Optional<OriginFetcher> origin;
  private final SiteOptions options;
  private final RandomGenerator random;
  private final TransferControl control;
  private final Reputation reputation = new Reputation();

  /**
   * Like the other one, with a control of its own: an interrupt ends a fetch, and nothing pauses
   * it.
   *
   * @param shelf what this node has for others
   * @param directory knows the other nodes
   * @param client asks them
   * @param origin where releases come from; empty for a device that takes from its neighbours alone
   * @param options how this node behaves
   * @param random draws pauses, and chooses among equals; thread-safe
   */
  public SiteFetcher(
      StoreShelf shelf,
      PeerDirectory directory,
      PeerClient client,
      Optional<OriginFetcher> origin,
      SiteOptions options,
      RandomGenerator random) {
    this(shelf, directory, client, origin, options, random, new TransferControl());
  }

  /**
   * @param shelf what this node has for others
   * @param directory knows the other nodes
   * @param client asks them
   * @param origin where releases come from; empty for a device that takes from its neighbours
   *     alone. It keeps to limits of its own: give it those whose control this is
   * @param options how this node behaves
   * @param random draws pauses, and chooses among equals; thread-safe
   * @param control pauses and cancels: both cut what is asked of neighbours and of the origin, and
   *     chunks that are complete are kept. What has come is served to others during a pause, too
   */
  public SiteFetcher(
      StoreShelf shelf,
      PeerDirectory directory,
      PeerClient client,
      Optional<OriginFetcher> origin,
      SiteOptions options,
      RandomGenerator random,
      TransferControl control) {
    this.shelf = shelf;
    this.directory = directory;
    this.client = client;
    this.origin = origin;
    this.options = options;
    this.random = random;
    this.control = control;
  }

  /**
   * Returns how many chunks in a row are fetched from the origin by one node: enough that large
   * files take few requests, and so few that every node has its share.
   */
  static int unitChunks(Artifact file) {
    return Math.max(1, Math.min(MAX_UNIT_CHUNKS, file.chunks().size() / UNITS));
  }

  @Override
  public void fetch(BlobChunks into, TransferListener listener) {
    if (into.isComplete()) {
      return;
    }
    try (SharedDownload shared = shelf.open(into)) {
      while (!into.isComplete()) {
        control.awaitRunning(into.artifact().path(), listener);
        run(into, shared, listener);
      }
    }
  }

  /** Fetches until the file is complete, or transfers have to stop. */
  private void run(BlobChunks into, SharedDownload shared, TransferListener listener) {
    try (SiteRun run =
        new SiteRun(
            plan(into),
            into,
            shared,
            shelf.node(),
            directory,
            client,
            origin.orElse(null),
            listener)) {
      TransferControl.Watch watch = control.watch(run::stop);
      try {
        run.run();
      } finally {
        watch.close();
      }
    }
  }

  private SitePlan plan(BlobChunks into) {
    Artifact file = into.artifact();
    return new SitePlan(
        file,
        into.verified(),
        shelf.node(),
        origin.isPresent(),
        unitChunks(file),
        options,
        reputation,
        random,
        System.nanoTime());
  }
}
