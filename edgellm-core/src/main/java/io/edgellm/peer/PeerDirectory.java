package io.edgellm.peer;

import java.util.ArrayList;
import java.util.List;

/**
 * Knows which peers there may be. Nothing that it says is believed beyond that: a peer that it
 * names wrongly costs a connection.
 *
 * <p>Implementations are thread-safe, and answer at once: the answer may change from call to call.
 */
@FunctionalInterface
public interface PeerDirectory {
  /**
   * Returns the peers of the site. This node itself may be among them. Those at the front come
   * first where there are more than a node follows.
   */
  List<Peer> peers();

  /** Returns a directory that always names the same peers. */
  static PeerDirectory of(List<Peer> peers) {
    List<Peer> copy = List.copyOf(peers);
    return () -> copy;
  }

  /** Returns a directory that names the peers of this one, and then those of another one. */
  default PeerDirectory and(PeerDirectory other) {
    return () -> {
      List<Peer> all = new ArrayList<>(peers());
      for (Peer peer : other.peers()) {
        if (all.stream().noneMatch(p -> p.authority().equals(peer.authority()))) {
          all.add(peer);
        }
      }
      return List.copyOf(all);
    };
  }
}
