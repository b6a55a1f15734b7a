package io.edgellm.peer;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Decides which uploads run: a few at once, and a few that wait shortly for their turn. Of those
 * that wait, the one goes first whose client has the fewest uploads running, then the one whose
 * client was served the longest ago: who asks more gets no more.
 *
 * @param <T> an upload
 */
final class UploadSlots<T> {
  /** What becomes of an upload. */
  enum Turn {
    NOW,
    WAIT,
    REFUSED
  }

  private record Waiting<T>(T upload, Object client, long sinceNanos) {}

  private final int running;
  private final int waitingAtMost;
  private final long longestWaitNanos;
  private final Map<T, Object> active = new HashMap<>();
  private final List<Waiting<T>> waiting = new ArrayList<>();
  private final Map<Object, Long> lastServed = new HashMap<>();
  private long served;

  UploadSlots(int running, int waitingAtMost, long longestWaitNanos) {
    this.running = running;
    this.waitingAtMost = waitingAtMost;
    this.longestWaitNanos = longestWaitNanos;
  }

  Turn ask(T upload, Object client, long nowNanos) {
    if (active.size() < running && waiting.isEmpty()) {
      begin(upload, client);
      return Turn.NOW;
    }
    if (waiting.size() >= waitingAtMost) {
      return Turn.REFUSED;
    }
    waiting.add(new Waiting<>(upload, client, nowNanos));
    return Turn.WAIT;
  }

  private void begin(T upload, Object client) {
    active.put(upload, client);
    lastServed.put(client, served++);
  }

  boolean isRunning(T upload) {
    return active.containsKey(upload);
  }

  /** An upload has ended, its client has gone, or it goes on without a turn. */
  void ended(T upload) {
    active.remove(upload);
    waiting.removeIf(w -> w.upload().equals(upload));
    if (active.isEmpty() && waiting.isEmpty()) {
      lastServed.clear();
    }
  }

  /** Returns the next upload that may begin, if there is one. */
  Optional<T> next() {
    if (active.size() >= running || waiting.isEmpty()) {
      return Optional.empty();
    }
    Waiting<T> best = waiting.get(0);
    for (Waiting<T> other : waiting) {
      if (isBefore(other, best)) {
        best = other;
      }
    }
    waiting.remove(best);
    begin(best.upload(), best.client());
    return Optional.of(best.upload());
  }

  private boolean isBefore(Waiting<T> a, Waiting<T> b) {
    long runningOfA = active.values().stream().filter(a.client()::equals).count();
    long runningOfB = active.values().stream().filter(b.client()::equals).count();
    return runningOfA != runningOfB
        ? runningOfA < runningOfB
        : lastServed.getOrDefault(a.client(), -1L) < lastServed.getOrDefault(b.client(), -1L);
  }

  /** Takes out those that have waited too long. */
  List<T> expired(long nowNanos) {
    List<T> late = new ArrayList<>();
    for (Iterator<Waiting<T>> all = waiting.iterator(); all.hasNext(); ) {
      Waiting<T> one = all.next();
      if (nowNanos - one.sinceNanos() >= longestWaitNanos) {
        all.remove();
        late.add(one.upload());
      }
    }
    return late;
  }

  /** Takes out all that wait. */
  List<T> dismissWaiting() {
    List<T> all = waiting.stream().map(Waiting::upload).toList();
    waiting.clear();
    return all;
  }

  boolean isAnyWaiting() {
    return !waiting.isEmpty();
  }
}
