package io.edgellm.peer;

import io.edgellm.model.Artifact;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;

/**
 * Decides whose turn it is to fetch what nobody on the site has.
 *
 * <p>Each unit of a few chunks belongs to the node with the highest {@link Rendezvous} weight among
 * those that ask the origin for this file at present. Edge caches, while there are any, come before
 * all devices. A node that has brought nothing for as long as {@link #patienceNanos} although it
 * was its turn is passed over until it brings something. What a node says it is fetching is left to
 * it for as long, whoever's turn it would be.
 *
 * <p>A node begins with the unit for which its own weight is highest. So two nodes that do not know
 * of each other yet hardly ever begin with the same one. What a node knows of the others is some
 * hundred milliseconds old; so it announces what it is about to fetch, asks all of them once more,
 * and begins only if nobody else is at it. If two have announced the same at the same moment, the
 * one with the lower weight steps back, and the other one waits until it has.
 */
final class OriginTurn {
  private static final int PATIENCE_FACTOR = 4;
  private static final int PATIENCE_LIMIT = 20;
  private static final int MAX_DOUBLINGS = 4;
  private static final long ASK_AGAIN_NANOS = 10_000_000;

  private final int chunks;
  private final int unitChunks;
  private final int units;
  private final boolean hasOrigin;
  private final SiteOptions options;
  private final Rendezvous rendezvous;
  private final long[] weights;
  private BitSet underWay = new BitSet();
  private BitSet intended = new BitSet();
  private int intendedUnit;
  private long intendedNanos;
  private long lastBroughtNanos;
  private long slowestNanos;
  private int failures;
  private long restUntilNanos;

  OriginTurn(Artifact file, NodeId self, boolean hasOrigin, int unitChunks, SiteOptions options) {
    this.chunks = file.chunks().size();
    this.unitChunks = unitChunks;
    this.units = (chunks + unitChunks - 1) / unitChunks;
    this.hasOrigin = hasOrigin;
    this.options = options;
    this.rendezvous = new Rendezvous(file.sha256());
    this.weights = rendezvous.weights(self, units);
  }

  /** Returns whether this node asks the origin at present; not for a while after a failure. */
  boolean isWilling(long now) {
    return hasOrigin && (failures == 0 || now >= restUntilNanos);
  }

  boolean hasFailed() {
    return failures > 0;
  }

  /**
   * Returns how long somebody may bring nothing: at least the takeover time, and four times what a
   * chunk takes this node itself, since all lines of a site are usually the same line.
   */
  long patienceNanos(long now) {
    long takeover = options.takeover().toNanos();
    long waiting = underWay.isEmpty() ? 0 : now - lastBroughtNanos;
    long stretched = PATIENCE_FACTOR * Math.max(slowestNanos, waiting);
    return Math.min(PATIENCE_LIMIT * takeover, Math.max(takeover, stretched));
  }

  void brought(long now) {
    slowestNanos = Math.max(slowestNanos, now - lastBroughtNanos);
    lastBroughtNanos = now;
    failures = 0;
  }

  void ended(boolean failed, BitSet missing, long now) {
    boolean incomplete = underWay.intersects(missing);
    underWay = new BitSet();
    if (failed || incomplete) {
      long pause = options.takeover().toNanos() << Math.min(MAX_DOUBLINGS, failures++);
      restUntilNanos = now + pause;
    }
  }

  /**
   * Decides whether it is this node's turn.
   *
   * @param peers those who take part
   * @param wanted what nobody has
   * @param settled whether it is known who takes part
   * @return what to announce or to fetch; nothing to leave everything as it is
   */
  Optional<SiteAction> turn(List<PeerState> peers, BitSet wanted, boolean settled, long now) {
    BitSet claimed = claims(peers, wanted, now);
    List<PeerState> fetching = fetching(peers);
    int best = -1;
    for (int unit = 0; unit < units; unit++) {
      if (!open(unit, wanted, claimed).isEmpty()
          && isMine(unit, fetching, now)
          && (best < 0 || Long.compareUnsigned(weights[unit], weights[best]) > 0)) {
        best = unit;
      }
    }
    relieve(peers);
    if (!settled || !isWilling(now) || !underWay.isEmpty()) {
      return Optional.empty();
    }
    if (!intended.isEmpty()) {
      return confirm(peers, wanted, claimed, now);
    }
    return best < 0 ? Optional.empty() : intend(open(best, wanted, claimed), best, peers, now);
  }

  private Optional<SiteAction> intend(BitSet chosen, int unit, List<PeerState> peers, long now) {
    intended = chosen;
    intendedUnit = unit;
    intendedNanos = now;
    boolean alone = true;
    for (PeerState peer : peers) {
      if (peer.asksOrigin()) {
        alone = false;
        peer.nextPollNanos = now;
      }
    }
    return Optional.of(alone ? begin(now) : new SiteAction.Intend((BitSet) chosen.clone()));
  }

  private SiteAction begin(long now) {
    underWay = intended;
    intended = new BitSet();
    lastBroughtNanos = now;
    return new SiteAction.AskOrigin((BitSet) underWay.clone());
  }

  private Optional<SiteAction> confirm(
      List<PeerState> peers, BitSet wanted, BitSet claimed, long now) {
    BitSet left = (BitSet) intended.clone();
    left.and(wanted);
    left.andNot(claimed);
    if (!left.equals(intended)) {
      intended = new BitSet();
      return Optional.of(new SiteAction.Intend(new BitSet()));
    }
    if (now - intendedNanos <= options.answerTime().toNanos()) {
      for (PeerState peer : peers) {
        if (peer.asksOrigin() && isInTheWay(peer, now)) {
          return Optional.empty();
        }
      }
    }
    return Optional.of(begin(now));
  }

  /**
   * Returns whether a peer has not been heard since the announcement, or has announced the same.
   */
  private boolean isInTheWay(PeerState peer, long now) {
    if (peer.heardNanos < intendedNanos) {
      peer.nextPollNanos = Math.min(peer.nextPollNanos, now);
      return true;
    }
    boolean same = peer.intends() && peer.claims(intended, unitChunks).intersects(intended);
    if (same) {
      peer.nextPollNanos = Math.min(peer.nextPollNanos, now + ASK_AGAIN_NANOS);
    }
    return same;
  }

  private BitSet claims(List<PeerState> peers, BitSet wanted, long now) {
    BitSet claimed = new BitSet();
    for (PeerState peer : peers) {
      BitSet own = peer.claims(wanted, unitChunks);
      if (!own.isEmpty() && !yields(peer, own)) {
        owe(peer, now);
        if (!peer.duty.isOver(now, patienceNanos(now))) {
          claimed.or(own);
        }
      }
    }
    return claimed;
  }

  /** Of two that have announced the same, the one with the lower weight steps back. */
  private boolean yields(PeerState peer, BitSet claimed) {
    return peer.intends() && claimed.intersects(intended) && !isBefore(peer, intendedUnit);
  }

  private static void owe(PeerState peer, long now) {
    peer.duty.expect(now);
    peer.owes = true;
  }

  private static List<PeerState> fetching(List<PeerState> peers) {
    List<PeerState> all = peers.stream().filter(PeerState::asksOrigin).toList();
    List<PeerState> caches =
        all.stream().filter(peer -> peer.peer.kind() == Peer.Kind.EDGE_CACHE).toList();
    return caches.isEmpty() ? all : caches;
  }

  private BitSet open(int unit, BitSet wanted, BitSet claimed) {
    int from = unit * unitChunks;
    BitSet open = new BitSet();
    open.set(from, Math.min(chunks, from + unitChunks));
    open.and(wanted);
    open.andNot(claimed);
    return open;
  }

  /**
   * Returns whether nobody before this node can be waited for. Who comes before the first that can
   * be waited for, and that one, owe the unit; the others have not been asked yet.
   */
  private boolean isMine(int unit, List<PeerState> fetching, long now) {
    long patience = patienceNanos(now);
    PeerState first = null;
    for (PeerState peer : fetching) {
      if (isBefore(peer, unit)
          && !peer.duty.isOver(now, patience)
          && (first == null || compare(peer, first, unit) > 0)) {
        first = peer;
      }
    }
    for (PeerState peer : fetching) {
      if (isBefore(peer, unit) && (first == null || compare(peer, first, unit) >= 0)) {
        owe(peer, now);
      }
    }
    return first == null;
  }

  private int compare(PeerState a, PeerState b, int unit) {
    return Long.compareUnsigned(
        a.weight(rendezvous, unit, units), b.weight(rendezvous, unit, units));
  }

  private boolean isBefore(PeerState peer, int unit) {
    return peer.peer.kind() == Peer.Kind.EDGE_CACHE
        || Long.compareUnsigned(peer.weight(rendezvous, unit, units), weights[unit]) > 0;
  }

  private static void relieve(List<PeerState> peers) {
    for (PeerState peer : peers) {
      if (!peer.owes) {
        peer.duty.rest();
      }
      peer.owes = false;
    }
  }
}
