package io.edgellm.peer;

import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/** What a node knows of one peer, concerning one file. */
final class PeerState {
  /** No request is under way. */
  static final long NONE = -1;

  final Peer peer;

  /** What it is expected to hand over, because it says that it has it. */
  final Patience supply = new Patience();

  /** What it is expected to fetch from the origin, because it is its turn. */
  final Patience duty = new Patience();

  /** Chunks that it said it has, and then refused. */
  final BitSet denied = new BitSet();

  boolean listed = true;
  boolean answered;
  boolean isSelf;
  boolean owes;
  int underWay;
  long busyUntilNanos;
  int refusals;
  long pollRequest = NONE;
  long pollBegunNanos;
  long heardNanos;
  long pollDeadlineNanos;
  long nextPollNanos;
  int failedPolls;
  private @Nullable ChunkMap map;
  private long @Nullable [] weights;

  PeerState(Peer peer, long nowNanos) {
    this.peer = peer;
    this.nextPollNanos = nowNanos;
    this.busyUntilNanos = nowNanos;
    this.pollBegunNanos = nowNanos;
    this.heardNanos = nowNanos;
  }

  /** Returns the last answer, or null if the peer does not take part at present. */
  @Nullable ChunkMap map() {
    return map;
  }

  /** Takes an answer; returns whether it offers one of the missing chunks for the first time. */
  boolean answered(ChunkMap answer, BitSet missing) {
    BitSet news = answer.have();
    news.and(missing);
    ChunkMap before = map;
    if (before != null) {
      news.andNot(before.have());
    }
    if (before == null || !before.node().equals(answer.node())) {
      weights = null;
    }
    map = answer;
    answered = true;
    failedPolls = 0;
    return !news.isEmpty();
  }

  void vanished() {
    map = null;
    answered = true;
    supply.rest();
    duty.rest();
  }

  boolean isLive() {
    return listed && map != null;
  }

  boolean isNamed(NodeId node) {
    ChunkMap current = map;
    return isLive() && current != null && current.node().equals(node);
  }

  boolean asksOrigin() {
    ChunkMap current = map;
    return isLive() && current != null && current.asksOrigin();
  }

  /** Returns what it has of the chunks that are wanted. */
  BitSet offers(BitSet wanted) {
    ChunkMap current = map;
    if (!isLive() || current == null) {
      return new BitSet();
    }
    BitSet offered = current.have();
    offered.and(wanted);
    offered.andNot(denied);
    return offered;
  }

  /** Returns whether it only intends to fetch what it claims. */
  boolean intends() {
    ChunkMap current = map;
    return current != null && current.intends();
  }

  /**
   * Returns what it says it is fetching of the chunks that are wanted, no more than a well-behaved
   * node fetches at once.
   */
  BitSet claims(BitSet wanted, int atMost) {
    ChunkMap current = map;
    if (!asksOrigin() || current == null || current.claimed().cardinality() > atMost) {
      return new BitSet();
    }
    BitSet claimed = current.claimed();
    claimed.and(wanted);
    return claimed;
  }

  long weight(Rendezvous rendezvous, int unit, int units) {
    ChunkMap current = map;
    if (current == null) {
      throw new IllegalStateException("A peer that is not there has no weight.");
    }
    long[] known = weights;
    if (known == null) {
      known = rendezvous.weights(current.node(), units);
      weights = known;
    }
    return known[unit];
  }
}
