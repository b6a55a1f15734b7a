package io.edgellm.inference.engine;

import io.edgellm.llm.Priority;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * Requests that wait, the next one first: in the order of their arrival, where a request of a
 * higher priority counts as if it had come earlier by a {@link #HEAD_START} for each step.
 *
 * <p>So an urgent request overtakes, and none waits forever: what came a head start later cannot
 * overtake. The order of two requests never changes, and nothing has to be sorted anew as time goes
 * by.
 *
 * <p>It knows no clock and no thread; arrivals are told in {@link System#nanoTime()}.
 */
final class RequestQueue<T> {
  /** What one step of priority is worth. */
  static final Duration HEAD_START = Duration.ofSeconds(10);

  private final PriorityQueue<Entry<T>> waiting = new PriorityQueue<>(RequestQueue::compare);
  private long arrivals;

  private record Entry<T>(T request, long rank, long arrival) {}

  private static int compare(Entry<?> one, Entry<?> other) {
    long earlier = one.rank - other.rank;
    return earlier != 0 ? Long.signum(earlier) : Long.compare(one.arrival, other.arrival);
  }

  /** Puts a request into the queue that arrives at a time. */
  void add(T request, Priority priority, long nanoTime) {
    long rank = nanoTime - steps(priority) * HEAD_START.toNanos();
    waiting.add(new Entry<>(request, rank, arrivals++));
  }

  private static int steps(Priority priority) {
    return switch (priority) {
      case LOW -> 0;
      case NORMAL -> 1;
      case HIGH -> 2;
    };
  }

  /** Takes the next request out; null if none waits. */
  @Nullable T poll() {
    Entry<T> next = waiting.poll();
    return next == null ? null : next.request;
  }

  /** Takes a request out; false if it does not wait. */
  boolean remove(T request) {
    return waiting.removeIf(entry -> entry.request == request);
  }

  /** Takes all out. */
  List<T> clear() {
    List<T> left = new ArrayList<>();
    for (T next = poll(); next != null; next = poll()) {
      left.add(next);
    }
    return left;
  }

  int size() {
    return waiting.size();
  }
}
