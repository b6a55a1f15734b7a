package io.edgellm.peer;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/**
 * Which peers have sent bytes for nothing: wrong ones, too few, too many, or too slowly. After two
 * such answers a peer is left alone for an hour, whatever file it is about, and never are more
 * chunks under way from it than it has chances left: so two chunks are what it can waste. After
 * {@value #ALL_STRIKES} such answers from all peers together, all of them are left alone: somebody
 * who comes back under new addresses must not get further either.
 *
 * <p>Thread-safe; several fetches share one.
 */
final class Reputation {
  static final int STRIKES = 2;
  static final int ALL_STRIKES = 64;
  private static final long MEMORY_NANOS = Duration.ofHours(1).toNanos();

  private final Map<Peer, Deque<Long>> strikes = new HashMap<>();
  private final Map<Peer, Integer> underWay = new HashMap<>();
  private final Deque<Long> all = new ArrayDeque<>();

  /** Counts an answer that was for nothing. */
  synchronized void strike(Peer peer, long nowNanos) {
    strikes.computeIfAbsent(peer, p -> new ArrayDeque<>()).add(nowNanos);
    all.add(nowNanos);
  }

  synchronized boolean isDropped(Peer peer, long nowNanos) {
    return recent(all, nowNanos) >= ALL_STRIKES || chances(peer, nowNanos) <= 0;
  }

  /** Returns whether one more chunk may be asked for; if so, it counts until it has ended. */
  synchronized boolean tryBegin(Peer peer, long nowNanos) {
    int asked = underWay.getOrDefault(peer, 0);
    if (isDropped(peer, nowNanos) || asked >= chances(peer, nowNanos)) {
      return false;
    }
    underWay.put(peer, asked + 1);
    return true;
  }

  synchronized void ended(Peer peer) {
    underWay.computeIfPresent(peer, (p, asked) -> asked == 1 ? null : asked - 1);
  }

  private int chances(Peer peer, long nowNanos) {
    Deque<Long> own = strikes.get(peer);
    return STRIKES - (own == null ? 0 : recent(own, nowNanos));
  }

  private static int recent(Deque<Long> times, long nowNanos) {
    while (!times.isEmpty() && nowNanos - times.getFirst() > MEMORY_NANOS) {
      times.removeFirst();
    }
    return times.size();
  }
}
