package io.edgellm.peer;

import io.edgellm.model.Artifact;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Decides, for one file on one node, what to ask whom for: no input, no output, no clock, no
 * thread. Events and times go in, actions come out; the same events at the same times and the same
 * seed give the same actions.
 *
 * <p>Chunks that a peer offers are taken from it, the rarest first. Chunks that nobody offers are
 * fetched from the origin by the node whose turn it is ({@link OriginTurn}). In the end game a
 * chunk that is late is asked for a second time.
 *
 * <p>Not thread-safe.
 */
final class SitePlan {
  /** A request for a chunk that is under way. */
  private record Asked(PeerState peer, int chunk, long begunNanos, long deadlineNanos) {
    boolean isLate(long nowNanos) {
      return nowNanos - begunNanos > (deadlineNanos - begunNanos) / 2;
    }
  }

  private static final long SHORTEST_WAIT_NANOS = 1_000_000;

  private final Artifact file;
  private final SiteOptions options;
  private final Reputation reputation;
  private final RandomGenerator random;
  private final NodeId self;
  private final OriginTurn origin;
  private final Map<Peer, PeerState> peers = new LinkedHashMap<>();
  private final Map<Long, PeerState> polls = new HashMap<>();
  private final Map<Long, Asked> asked = new LinkedHashMap<>();
  private final BitSet missing = new BitSet();
  private final long startNanos;
  private long lastNewsNanos;
  private long lastSearchNanos;
  private long nextRequest;
  private boolean areListed;
  private boolean over;

  /**
   * @param file what is wanted
   * @param have the chunks that are there already
   * @param self the name of this node
   * @param hasOrigin whether this node may ask the origin
   * @param unitChunks how many chunks in a row are fetched from the origin by the same node
   */
  SitePlan(
      Artifact file,
      BitSet have,
      NodeId self,
      boolean hasOrigin,
      int unitChunks,
      SiteOptions options,
      Reputation reputation,
      RandomGenerator random,
      long nowNanos) {
    this.file = file;
    this.options = options;
    this.reputation = reputation;
    this.random = random;
    this.self = self;
    this.startNanos = nowNanos;
    this.lastNewsNanos = nowNanos;
    this.lastSearchNanos = nowNanos;
    missing.set(0, file.chunks().size());
    missing.andNot(have);
    this.origin = new OriginTurn(file, self, hasOrigin, unitChunks, options);
  }

  /** Returns whether this node asks the origin, as it tells its peers. */
  boolean asksOrigin(long nowNanos) {
    return origin.isWilling(nowNanos);
  }

  /** Takes an event, and decides. */
  List<SiteAction> on(SiteEvent event, long nowNanos) {
    List<SiteAction> actions = new ArrayList<>();
    if (!over) {
      take(event, nowNanos, actions);
      expire(nowNanos, actions);
      decide(nowNanos, actions);
    }
    return actions;
  }

  /** Nothing comes of what was asked for: its answers will not be heard any more. */
  void abandon() {
    List.copyOf(asked.keySet()).forEach(this::end);
  }

  /** Returns when to come back at the latest, if nothing happens. */
  long nextWakeNanos(long nowNanos) {
    long next = nowNanos + options.pollInterval().toNanos();
    for (PeerState peer : peers.values()) {
      if (peer.pollRequest != PeerState.NONE) {
        next = Math.min(next, peer.pollDeadlineNanos);
      } else if (peer.listed && !reputation.isDropped(peer.peer, nowNanos)) {
        next = Math.min(next, peer.nextPollNanos);
      }
      if (peer.busyUntilNanos > nowNanos) {
        next = Math.min(next, peer.busyUntilNanos);
      }
    }
    for (Asked request : asked.values()) {
      next = Math.min(next, request.deadlineNanos());
    }
    return Math.max(next, nowNanos + SHORTEST_WAIT_NANOS);
  }

  private void take(SiteEvent event, long now, List<SiteAction> actions) {
    if (event instanceof SiteEvent.Peers known) {
      list(known.peers(), now);
    } else if (event instanceof SiteEvent.AskedBy stranger) {
      askedBy(stranger.node(), now);
    } else if (event instanceof SiteEvent.MapCame map) {
      mapCame(map, now);
    } else if (event instanceof SiteEvent.MapFailed failure) {
      mapFailed(failure, now);
    } else if (event instanceof SiteEvent.ChunkCame chunk) {
      chunkCame(chunk, now, actions);
    } else if (event instanceof SiteEvent.ChunkFailed failure) {
      chunkFailed(failure, now);
    } else if (event instanceof SiteEvent.OriginBrought chunk) {
      origin.brought(now);
      arrived(chunk.chunk(), now, actions);
    } else if (event instanceof SiteEvent.OriginEnded end) {
      origin.ended(end.failed(), missing, now);
    }
  }

  private void list(List<Peer> listed, long now) {
    List<Peer> followed = listed.subList(0, Math.min(listed.size(), options.peers()));
    areListed = true;
    peers.values().forEach(peer -> peer.listed = false);
    for (Peer peer : followed) {
      peers.computeIfAbsent(peer, p -> new PeerState(p, now)).listed = true;
    }
  }

  /**
   * Somebody new takes part, under one of the addresses where nobody answered before: it is asked
   * at once, since it may be about to fetch something.
   */
  private void askedBy(NodeId node, long now) {
    boolean known =
        node.equals(self) || peers.values().stream().anyMatch(peer -> peer.isNamed(node));
    if (!known && now - lastSearchNanos > options.pollInterval().toNanos() / 4) {
      lastSearchNanos = now;
      peers.values().stream()
          .filter(peer -> !peer.isLive() && !peer.isSelf)
          .forEach(peer -> peer.nextPollNanos = now);
    }
  }

  private void mapCame(SiteEvent.MapCame event, long now) {
    PeerState peer = polls.remove(event.request());
    if (peer == null) {
      return;
    }
    peer.pollRequest = PeerState.NONE;
    peer.nextPollNanos = now + jittered(options.pollInterval().toNanos());
    if (event.map().node().equals(self)) {
      // This node under one of its own addresses, or somebody who took its name.
      peer.vanished();
      peer.isSelf = true;
      peer.nextPollNanos = now + options.giveUp().toNanos();
      return;
    }
    peer.isSelf = false;
    peer.heardNanos = peer.pollBegunNanos;
    if (peer.answered(event.map(), missing)) {
      peer.duty.renew(now);
      lastNewsNanos = now;
    }
  }

  private void mapFailed(SiteEvent.MapFailed event, long now) {
    PeerState peer = polls.remove(event.request());
    if (peer != null) {
      peer.pollRequest = PeerState.NONE;
      if (event.trouble() == SiteEvent.Trouble.WASTE) {
        reputation.strike(peer.peer, now);
      }
      absent(peer, event.retryAfterNanos(), now);
    }
  }

  private void absent(PeerState peer, long retryAfterNanos, long now) {
    peer.vanished();
    int doublings = Math.min(1, peer.failedPolls++);
    long pause = jittered(options.pollInterval().toNanos() << doublings);
    peer.nextPollNanos = now + Math.max(pause, retryAfterNanos);
  }

  private void chunkCame(SiteEvent.ChunkCame event, long now, List<SiteAction> actions) {
    Asked request = end(event.request());
    if (request != null) {
      request.peer().refusals = 0;
      request.peer().supply.renew(now);
    }
    arrived(event.chunk(), now, actions);
  }

  private void arrived(int chunk, long now, List<SiteAction> actions) {
    missing.clear(chunk);
    lastNewsNanos = now;
    for (Map.Entry<Long, Asked> other : List.copyOf(asked.entrySet())) {
      if (other.getValue().chunk() == chunk) {
        cancel(other.getKey(), now, actions);
      }
    }
  }

  /** Somebody else was faster. One that was slow as well has sent its bytes for nothing. */
  private void cancel(long id, long now, List<SiteAction> actions) {
    Asked request = end(id);
    if (request != null) {
      actions.add(new SiteAction.Cancel(id));
      if (request.isLate(now)) {
        reputation.strike(request.peer().peer, now);
      }
    }
  }

  private void chunkFailed(SiteEvent.ChunkFailed event, long now) {
    Asked request = end(event.request());
    if (request == null) {
      return;
    }
    PeerState peer = request.peer();
    switch (event.trouble()) {
      case WASTE -> reputation.strike(peer.peer, now);
      case REFUSED -> peer.denied.set(request.chunk());
      case BUSY -> rest(peer, event.retryAfterNanos(), now);
      case UNREACHABLE -> absent(peer, 0, now);
    }
  }

  private void rest(PeerState peer, long retryAfterNanos, long now) {
    int doublings = Math.min(6, peer.refusals++);
    long pause = jittered((options.pollInterval().toNanos() / 4) << doublings);
    peer.busyUntilNanos = now + Math.max(pause, retryAfterNanos);
  }

  private @Nullable Asked end(long id) {
    Asked request = asked.remove(id);
    if (request != null) {
      request.peer().underWay--;
      reputation.ended(request.peer().peer);
    }
    return request;
  }

  /** Between half and one and a half of it: nodes that began together do not stay in step. */
  private long jittered(long nanos) {
    return nanos / 2 + random.nextLong(nanos);
  }

  private void expire(long now, List<SiteAction> actions) {
    for (Map.Entry<Long, Asked> request : List.copyOf(asked.entrySet())) {
      if (now >= request.getValue().deadlineNanos()) {
        end(request.getKey());
        reputation.strike(request.getValue().peer().peer, now);
        actions.add(new SiteAction.Cancel(request.getKey()));
      }
    }
    for (PeerState peer : peers.values()) {
      if (peer.pollRequest != PeerState.NONE && now >= peer.pollDeadlineNanos) {
        actions.add(new SiteAction.Cancel(peer.pollRequest));
        polls.remove(peer.pollRequest);
        peer.pollRequest = PeerState.NONE;
        absent(peer, 0, now);
      }
    }
  }

  private void decide(long now, List<SiteAction> actions) {
    if (missing.isEmpty()) {
      close(new SiteAction.Finish(), actions);
      return;
    }
    List<PeerState> usable =
        peers.values().stream()
            .filter(peer -> peer.isLive() && !reputation.isDropped(peer.peer, now))
            .toList();
    askPeers(usable, now, actions);
    askTwice(usable, now, actions);
    origin.turn(usable, wantedFromOrigin(usable, now), isSettled(now), now).ifPresent(actions::add);
    poll(now, actions);
    if (isHopeless(usable, now)) {
      close(new SiteAction.GiveUp(), actions);
    }
  }

  private void close(SiteAction end, List<SiteAction> actions) {
    over = true;
    polls.keySet().forEach(id -> actions.add(new SiteAction.Cancel(id)));
    for (Long id : List.copyOf(asked.keySet())) {
      end(id);
      actions.add(new SiteAction.Cancel(id));
    }
    actions.add(end);
  }

  private void poll(long now, List<SiteAction> actions) {
    for (PeerState peer : peers.values()) {
      boolean due = peer.pollRequest == PeerState.NONE && now >= peer.nextPollNanos;
      if (due && peer.listed && !reputation.isDropped(peer.peer, now)) {
        peer.pollRequest = nextRequest++;
        peer.pollBegunNanos = now;
        peer.pollDeadlineNanos = now + options.answerTime().toNanos();
        polls.put(peer.pollRequest, peer);
        actions.add(new SiteAction.AskMap(peer.pollRequest, peer.peer));
      }
    }
  }

  private void askPeers(List<PeerState> usable, long now, List<SiteAction> actions) {
    List<PeerState> open = new ArrayList<>(usable);
    open.removeIf(peer -> !hasRoom(peer, now));
    if (asked.size() >= options.downloads() || open.isEmpty()) {
      return;
    }
    BitSet free = (BitSet) missing.clone();
    asked.values().forEach(request -> free.clear(request.chunk()));
    int[] holders = holders(usable, free);
    while (asked.size() < options.downloads() && !free.isEmpty() && !open.isEmpty()) {
      PeerState peer = leastLoaded(open);
      int chunk = hasRoom(peer, now) ? rarest(peer.offers(free), holders) : -1;
      if (chunk < 0 || !ask(peer, chunk, now, actions)) {
        open.remove(peer);
      } else {
        free.clear(chunk);
      }
    }
  }

  private int[] holders(List<PeerState> usable, BitSet chunks) {
    int[] holders = new int[file.chunks().size()];
    for (PeerState peer : usable) {
      BitSet offered = peer.offers(chunks);
      for (int chunk = offered.nextSetBit(0); chunk >= 0; chunk = offered.nextSetBit(chunk + 1)) {
        holders[chunk]++;
      }
    }
    return holders;
  }

  private boolean hasRoom(PeerState peer, long now) {
    return peer.underWay < options.downloadsPerPeer() && now >= peer.busyUntilNanos;
  }

  private PeerState leastLoaded(List<PeerState> open) {
    PeerState best = open.get(random.nextInt(open.size()));
    for (PeerState peer : open) {
      if (peer.underWay < best.underWay) {
        best = peer;
      }
    }
    return best;
  }

  /** Chosen by chance among the rarest, so that nodes that began together take different ones. */
  private int rarest(BitSet offered, int[] holders) {
    int best = -1;
    int alike = 0;
    for (int chunk = offered.nextSetBit(0); chunk >= 0; chunk = offered.nextSetBit(chunk + 1)) {
      if (best < 0 || holders[chunk] < holders[best]) {
        best = chunk;
        alike = 1;
      } else if (holders[chunk] == holders[best] && random.nextInt(++alike) == 0) {
        best = chunk;
      }
    }
    return best;
  }

  private boolean ask(PeerState peer, int chunk, long now, List<SiteAction> actions) {
    if (!reputation.tryBegin(peer.peer, now)) {
      return false;
    }
    long id = nextRequest++;
    double transfer = 1e9 * lengthBytes(chunk) / options.minimumBytesPerSecond();
    long deadline = now + options.answerTime().toNanos() + (long) transfer;
    asked.put(id, new Asked(peer, chunk, now, deadline));
    peer.underWay++;
    actions.add(new SiteAction.AskChunk(id, peer.peer, chunk));
    return true;
  }

  private long lengthBytes(int chunk) {
    long offset = (long) chunk * Artifact.CHUNK_BYTES;
    return Math.min(Artifact.CHUNK_BYTES, file.sizeBytes() - offset);
  }

  /** The end game: what is late is asked for once more, of somebody else. */
  private void askTwice(List<PeerState> usable, long now, List<SiteAction> actions) {
    for (Asked late : List.copyOf(asked.values())) {
      if (!late.isLate(now)) {
        continue;
      }
      long copies = asked.values().stream().filter(a -> a.chunk() == late.chunk()).count();
      if (asked.size() < options.downloads() && copies == 1) {
        usable.stream()
            .filter(peer -> peer != late.peer() && hasRoom(peer, now))
            .filter(peer -> peer.offers(missing).get(late.chunk()))
            .findFirst()
            .ifPresent(peer -> ask(peer, late.chunk(), now, actions));
      }
    }
  }

  /** What no peer offers, or has offered for long without handing anything over. */
  private BitSet wantedFromOrigin(List<PeerState> usable, long now) {
    long patience = origin.patienceNanos(now);
    BitSet wanted = (BitSet) missing.clone();
    for (PeerState peer : usable) {
      BitSet offered = peer.offers(missing);
      if (offered.isEmpty()) {
        peer.supply.rest();
      } else {
        peer.supply.expect(now);
        if (!peer.supply.isOver(now, patience)) {
          wanted.andNot(offered);
        }
      }
    }
    // What is asked of somebody who never hands anything over is as good as not asked.
    asked.values().stream()
        .filter(request -> !request.peer().supply.isOver(now, patience))
        .forEach(request -> wanted.clear(request.chunk()));
    return wanted;
  }

  /** Nobody goes to the origin before it had time to hear what there is on the site. */
  private boolean isSettled(long now) {
    if (now - startNanos > options.answerTime().toNanos()) {
      return true;
    }
    return areListed && peers.values().stream().allMatch(peer -> peer.answered || !peer.listed);
  }

  private boolean isHopeless(List<PeerState> usable, long now) {
    if (origin.isWilling(now) || !asked.isEmpty() || !isSettled(now)) {
      return false;
    }
    boolean hoped = usable.stream().anyMatch(p -> p.asksOrigin() || !p.offers(missing).isEmpty());
    boolean silent = now - lastNewsNanos > options.giveUp().toNanos();
    return silent || (origin.hasFailed() && !hoped);
  }
}
