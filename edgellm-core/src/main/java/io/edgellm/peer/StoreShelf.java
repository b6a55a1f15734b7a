package io.edgellm.peer;

import io.edgellm.model.Artifact;
import io.edgellm.model.ReleaseManifest;
import io.edgellm.model.Sha256;
import io.edgellm.store.BlobChunks;
import io.edgellm.store.ModelStore;
import io.edgellm.store.StoreException;
import io.edgellm.store.StoredModel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.time.Duration;
import java.util.BitSet;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a device has for its site: the files of the releases that are installed in its store, those
 * of manifests that the host {@linkplain #share shares}, and the verified chunks of downloads under
 * way.
 *
 * <p>A complete file was verified when it came, and bytes on a disk change. So every chunk is held
 * against its digest once more before it goes out; a file of which no manifest is known is not
 * served, since only a manifest knows the digests of chunks. A chunk that is not right any more is
 * not served either, and the host hears of it.
 *
 * <p>Thread-safe.
 */
public final class StoreShelf implements BlobShelf {
  private static final Logger LOG = LoggerFactory.getLogger(StoreShelf.class);
  private static final long LIST_INTERVAL_NANOS = Duration.ofSeconds(2).toNanos();

  /** How long the store may take to hash and publish a file before it counts as not there. */
  private static final long SETTLING_NANOS = Duration.ofMinutes(1).toNanos();

  private final ModelStore store;
  private final NodeId node;
  private final DamageReports damaged;
  private final Map<Sha256, Artifact> known = new ConcurrentHashMap<>();
  private final Map<Sha256, BitSet> bad = new ConcurrentHashMap<>();
  private final Map<Sha256, Long> settling = new ConcurrentHashMap<>();
  private final Map<Sha256, SharedDownload> underWay = new ConcurrentHashMap<>();
  private final Object listing = new Object();
  private long listedNanos;
  private boolean listed;

  /**
   * @param store the store of the device
   * @param node the name of the device among its peers
   * @param damaged hears of files whose bytes have changed on the disk, perhaps several times; it
   *     is called by one thread at a time, which does nothing else, and may take its time
   */
  public StoreShelf(ModelStore store, NodeId node, Consumer<Artifact> damaged) {
    this.store = store;
    this.node = node;
    this.damaged = new DamageReports(damaged);
  }

  /** Like the other one; damaged files are only logged. */
  public StoreShelf(ModelStore store, NodeId node) {
    this(store, node, file -> {});
  }

  @Override
  public NodeId node() {
    return node;
  }

  /**
   * Serves the files of a release as soon as the store has them, installed or not: for releases
   * that were fetched in advance. Installed releases need no call.
   */
  public void share(ReleaseManifest manifest) {
    manifest.files().forEach(file -> known.put(file.sha256(), file));
    manifest.deltas().forEach(delta -> known.put(delta.file().sha256(), delta.file()));
  }

  /** Serves the verified chunks of a download until the result is closed. */
  SharedDownload open(BlobChunks chunks) {
    SharedDownload download = new SharedDownload(chunks, this::ended);
    underWay.put(chunks.artifact().sha256(), download);
    return download;
  }

  /** A complete file is in the store in a moment, and its digests are known. */
  private void ended(SharedDownload download) {
    Artifact artifact = download.artifact();
    underWay.remove(artifact.sha256(), download);
    if (download.isComplete()) {
      bad.remove(artifact.sha256());
      known.put(artifact.sha256(), artifact);
      settling.put(artifact.sha256(), System.nanoTime());
    }
  }

  @Override
  public Optional<Holding> find(Sha256 blob) {
    SharedDownload download = underWay.get(blob);
    if (download != null) {
      return Optional.of(download);
    }
    try {
      return artifact(blob).flatMap(this::complete);
    } catch (StoreException e) {
      LOG.debug("cannot look for {}", blob, e);
      return Optional.empty();
    }
  }

  private Optional<Artifact> artifact(Sha256 blob) {
    Artifact artifact = known.get(blob);
    if (artifact == null && isTimeToList()) {
      for (StoredModel model : store.list()) {
        share(model.manifest());
      }
      artifact = known.get(blob);
    }
    return Optional.ofNullable(artifact);
  }

  /** Who asks for names at random must not make the device read its manifests all the time. */
  private boolean isTimeToList() {
    synchronized (listing) {
      long now = System.nanoTime();
      if (listed && now - listedNanos < LIST_INTERVAL_NANOS) {
        return false;
      }
      listed = true;
      listedNanos = now;
      return true;
    }
  }

  private Optional<Holding> complete(Artifact artifact) {
    Sha256 blob = artifact.sha256();
    try (FileChannel file = store.readBlob(blob).orElse(null)) {
      if (file != null && file.size() == artifact.sizeBytes()) {
        settling.remove(blob);
        return Optional.of(new CompleteFile(artifact, true));
      }
    } catch (IOException e) {
      LOG.debug("cannot open {}", blob, e);
    }
    Long since = settling.get(blob);
    if (since == null || System.nanoTime() - since > SETTLING_NANOS) {
      settling.remove(blob);
      return Optional.empty();
    }
    return Optional.of(new CompleteFile(artifact, false));
  }

  /** A file that the store has as a whole. */
  private final class CompleteFile implements Holding {
    private final Artifact artifact;
    private final boolean ready;

    CompleteFile(Artifact artifact, boolean ready) {
      this.artifact = artifact;
      this.ready = ready;
    }

    @Override
    public Artifact artifact() {
      return artifact;
    }

    @Override
    public BitSet have() {
      BitSet have = new BitSet();
      have.set(0, artifact.chunks().size());
      BitSet wrong = bad.get(artifact.sha256());
      if (wrong != null) {
        have.andNot(wrong);
      }
      return have;
    }

    @Override
    public BitSet claimed() {
      return new BitSet();
    }

    @Override
    public boolean intends() {
      return false;
    }

    @Override
    public boolean isReady() {
      return ready;
    }

    @Override
    public boolean asksOrigin() {
      return false;
    }

    @Override
    public void askedBy(NodeId asking) {
      // It is whole: who else there is does not matter.
    }

    @Override
    public Optional<ByteBuffer> read(int chunk) {
      long offset = (long) chunk * Artifact.CHUNK_BYTES;
      int length = (int) Math.min(Artifact.CHUNK_BYTES, artifact.sizeBytes() - offset);
      ByteBuffer bytes = ByteBuffer.allocate(length);
      try (FileChannel file = store.readBlob(artifact.sha256()).orElse(null)) {
        if (file == null) {
          return Optional.empty();
        }
        while (bytes.hasRemaining() && file.read(bytes, offset + bytes.position()) >= 0) {
          // Until the chunk is full, or the file ends too early.
        }
      } catch (IOException | StoreException e) {
        LOG.debug("cannot read {}", artifact.sha256(), e);
        return Optional.empty();
      }
      if (isRight(bytes.flip(), chunk)) {
        return Optional.of(bytes);
      }
      remember(chunk);
      return Optional.empty();
    }

    private boolean isRight(ByteBuffer bytes, int chunk) {
      var digest = Sha256.newDigest();
      digest.update(bytes.duplicate());
      return Sha256.of(digest.digest(), 0).equals(artifact.chunks().get(chunk));
    }

    private void remember(int chunk) {
      bad.compute(
          artifact.sha256(),
          (blob, before) -> {
            BitSet now = before == null ? new BitSet() : (BitSet) before.clone();
            now.set(chunk);
            return now;
          });
      damaged.add(artifact);
    }
  }
}
