package io.edgellm.peer;

import io.edgellm.model.Artifact;
import io.edgellm.model.Sha256;
import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.Optional;
import java.util.Random;

/** A shelf with some chunks of one file, in memory. */
final class ShelfOfOne implements BlobShelf, BlobShelf.Holding {
  private final TestBlob blob;
  private final BitSet have = new BitSet();
  private final NodeId node = NodeId.random(new Random(1));

  ShelfOfOne(TestBlob blob, int... missing) {
    this.blob = blob;
    have.set(0, blob.chunks().size());
    for (int chunk : missing) {
      have.clear(chunk);
    }
  }

  @Override
  public NodeId node() {
    return node;
  }

  @Override
  public Optional<Holding> find(Sha256 digest) {
    return digest.equals(blob.artifact().sha256()) ? Optional.of(this) : Optional.empty();
  }

  @Override
  public Artifact artifact() {
    return blob.artifact();
  }

  @Override
  public BitSet have() {
    return (BitSet) have.clone();
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
    return true;
  }

  @Override
  public boolean asksOrigin() {
    return true;
  }

  @Override
  public void askedBy(NodeId asking) {
    // Nobody listens.
  }

  @Override
  public Optional<ByteBuffer> read(int chunk) {
    return Optional.of(ByteBuffer.wrap(blob.chunks().get(chunk)));
  }
}
