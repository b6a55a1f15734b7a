package io.edgellm.inference.engine;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The requests of a model in the order of their arrival: one runs, a bounded number waits.
 *
 * <p>Every request is either refused, or taken by the decoder thread, or removed, or handed back by
 * {@link #close()}: exactly one of them, so that exactly one thread ends it. Thread-safe.
 */
final class RequestQueue<T> {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final ArrayDeque<T> waiting = new ArrayDeque<>();
  private final int bound;
  private @Nullable T running;
  private boolean closed;

  /** What became of an offer. */
  enum Admission {
    ACCEPTED,
    FULL,
    CLOSED
  }

  /**
   * @param bound how many may wait behind the one that runs
   */
  RequestQueue(int bound) {
    this.bound = bound;
  }

  Admission offer(T request) {
    lock.lock();
    try {
      if (closed) {
        return Admission.CLOSED;
      }
      int atOnce = running == null ? bound + 1 : bound;
      if (waiting.size() >= atOnce) {
        return Admission.FULL;
      }
      waiting.add(request);
      changed.signal();
      return Admission.ACCEPTED;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits for the next request, which runs from now on; null once the queue is closed. Interrupts
   * do not end the waiting: only a listener can have caused one, and other requests shall not
   * suffer.
   */
  @Nullable T take() {
    lock.lock();
    try {
      running = null;
      while (waiting.isEmpty() && !closed) {
        changed.awaitUninterruptibly();
      }
      running = waiting.poll();
      return running;
    } finally {
      lock.unlock();
    }
  }

  /** Takes a request out that still waits. */
  boolean remove(T request) {
    lock.lock();
    try {
      return waiting.remove(request);
    } finally {
      lock.unlock();
    }
  }

  /** Returns the request that runs. */
  Optional<T> running() {
    lock.lock();
    try {
      return Optional.ofNullable(running);
    } finally {
      lock.unlock();
    }
  }

  /** Takes no more requests, and hands back those that wait. */
  List<T> close() {
    lock.lock();
    try {
      closed = true;
      List<T> left = new ArrayList<>(waiting);
      waiting.clear();
      changed.signal();
      return left;
    } finally {
      lock.unlock();
    }
  }
}
