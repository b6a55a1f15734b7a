package io.edgellm.peer;

import io.edgellm.model.Artifact;
import io.edgellm.model.Sha256;
import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.Optional;

/**
 * What a {@link PeerServer} serves from. Implementations are thread-safe, and answer without
 * waiting for a network.
 */
public interface BlobShelf {
  /** Returns the name of this node. */
  NodeId node();

  /** Returns what there is of a file; empty if nothing, or if it is not for others. */
  Optional<Holding> find(Sha256 blob);

  /** A file, whole or in parts. */
  interface Holding {
    /** Returns which file it is. */
    Artifact artifact();

    /** Returns the verified chunks, in a set of the caller's own. */
    BitSet have();

    /** Returns the chunks that this node is fetching from the origin, or about to, likewise. */
    BitSet claimed();

    /** Returns whether this node has not begun to fetch what it claims. */
    boolean intends();

    /** Returns whether this node asks the origin for this file at present. */
    boolean asksOrigin();

    /**
     * Returns whether chunks can be read at present. If not, they can in a moment: the file is on
     * its way into the store.
     */
    boolean isReady();

    /** Hears that another node asks what there is. It must not wait. */
    void askedBy(NodeId asking);

    /**
     * Reads a chunk, and holds it against its digest.
     *
     * @return empty if it is not there any more, or is not right any more
     */
    Optional<ByteBuffer> read(int chunk);
  }
}
