package io.edgellm.inference.engine;

import io.edgellm.llm.Priority;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Where the scheduler hears of the world: requests that come, and the news that something changed
 * which it should look at. Bounded: a model that cannot keep up says so while a refusal is still
 * worth something. Thread-safe.
 */
final class Inbox<T> {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final RequestQueue<T> waiting = new RequestQueue<>();
  private final int bound;
  private int freeSlots;
  private boolean news;
  private boolean closed;

  /** What became of an offer. */
  enum Admission {
    ACCEPTED,
    FULL,
    CLOSED
  }

  /**
   * @param bound how many may wait when no slot is free
   * @param slots how many run at once
   */
  Inbox(int bound, int slots) {
    this.bound = bound;
    this.freeSlots = slots;
  }

  Admission offer(T request, Priority priority) {
    lock.lock();
    try {
      if (closed) {
        return Admission.CLOSED;
      }
      if (waiting.size() >= (long) bound + freeSlots) {
        return Admission.FULL;
      }
      waiting.add(request, priority, System.nanoTime());
      tell();
      return Admission.ACCEPTED;
    } finally {
      lock.unlock();
    }
  }

  /** Takes the request out that shall begin next, and a slot for it; null if none waits. */
  @Nullable T poll() {
    lock.lock();
    try {
      @Nullable T next = waiting.poll();
      if (next != null) {
        freeSlots--;
      }
      return next;
    } finally {
      lock.unlock();
    }
  }

  /** Gives the slot of a request back. */
  void leave() {
    lock.lock();
    try {
      freeSlots++;
    } finally {
      lock.unlock();
    }
  }

  /** Takes a request out that ended while it waited, and has the scheduler look at all others. */
  void forget(T request) {
    lock.lock();
    try {
      waiting.remove(request);
      tell();
    } finally {
      lock.unlock();
    }
  }

  /** Has the scheduler look again. */
  void wake() {
    lock.lock();
    try {
      tell();
    } finally {
      lock.unlock();
    }
  }

  private void tell() {
    news = true;
    changed.signal();
  }

  /** Takes note of the news so far; what comes after it ends {@link #awaitNews()}. */
  void readNews() {
    lock.lock();
    try {
      news = false;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits for news that {@link #readNews()} has not seen. Interrupts do not end the waiting: only a
   * listener can have caused one, and requests shall not suffer from it.
   */
  void awaitNews() {
    lock.lock();
    try {
      while (!news) {
        changed.awaitUninterruptibly();
      }
    } finally {
      lock.unlock();
    }
  }

  boolean isClosed() {
    lock.lock();
    try {
      return closed;
    } finally {
      lock.unlock();
    }
  }

  int waiting() {
    lock.lock();
    try {
      return waiting.size();
    } finally {
      lock.unlock();
    }
  }

  /** Takes no more requests. */
  void close() {
    lock.lock();
    try {
      closed = true;
      tell();
    } finally {
      lock.unlock();
    }
  }

  /** Takes all out that wait. */
  List<T> clear() {
    lock.lock();
    try {
      return waiting.clear();
    } finally {
      lock.unlock();
    }
  }
}
