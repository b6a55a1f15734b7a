package io.edgellm.peer;

import io.edgellm.model.Artifact;
import io.edgellm.model.Sha256;
import io.edgellm.store.BlobChunks;
import io.edgellm.store.StoreException;
import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.Optional;
import java.util.function.Consumer;

/** A download under way, as the other nodes see it. */
final class SharedDownload implements BlobShelf.Holding, AutoCloseable {
  private final BlobChunks chunks;
  private final Consumer<SharedDownload> ended;
  private volatile Claim claim = new Claim(new BitSet(), false);
  private volatile boolean asksOrigin;
  private volatile Consumer<NodeId> asked = node -> {};

  private record Claim(BitSet chunks, boolean intended) {}

  SharedDownload(BlobChunks chunks, Consumer<SharedDownload> ended) {
    this.chunks = chunks;
    this.ended = ended;
  }

  /** Says from now on which chunks this node is about to fetch from the origin. */
  void intend(BitSet wanted) {
    claim = new Claim((BitSet) wanted.clone(), true);
  }

  /** Says from now on which chunks this node is fetching from the origin. */
  void claim(BitSet fetching) {
    claim = new Claim((BitSet) fetching.clone(), false);
  }

  /** Says from now on whether this node asks the origin. */
  void asksOrigin(boolean willing) {
    asksOrigin = willing;
  }

  boolean isComplete() {
    return chunks.isComplete();
  }

  @Override
  public Artifact artifact() {
    return chunks.artifact();
  }

  @Override
  public BitSet have() {
    return chunks.verified();
  }

  @Override
  public BitSet claimed() {
    BitSet current = (BitSet) claim.chunks().clone();
    current.andNot(chunks.verified());
    return current;
  }

  @Override
  public boolean intends() {
    return claim.intended();
  }

  @Override
  public boolean isReady() {
    return true;
  }

  @Override
  public boolean asksOrigin() {
    return asksOrigin && !chunks.isComplete();
  }

  /** Tells somebody from now on which nodes ask; it must not wait. */
  void onAsked(Consumer<NodeId> listener) {
    asked = listener;
  }

  @Override
  public void askedBy(NodeId asking) {
    asked.accept(asking);
  }

  @Override
  public Optional<ByteBuffer> read(int chunk) {
    try {
      ByteBuffer bytes = chunks.read(chunk);
      var digest = Sha256.newDigest();
      digest.update(bytes.duplicate());
      boolean right = Sha256.of(digest.digest(), 0).equals(chunks.artifact().chunks().get(chunk));
      return right ? Optional.of(bytes) : Optional.empty();
    } catch (StoreException e) {
      // The download has ended meanwhile: the file is in the store, or nowhere.
      return Optional.empty();
    }
  }

  @Override
  public void close() {
    ended.accept(this);
  }
}
