package io.edgellm.transfer;

import java.time.Duration;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Pauses, resumes and cancels transfers from another thread.
 *
 * <p>A transfer that is paused closes its connection, keeps every byte that came, and waits in its
 * thread; resumed, it goes on at the byte where it was. Nothing needs to wait for that in memory: a
 * host may as well cancel, end the process, and deliver again after the next start. One that is
 * cancelled ends with {@link TransferException.Reason#CANCELLED}, and so does every later one under
 * the same control.
 *
 * <p>Thread-safe; one control may serve any number of transfers. No method blocks but {@link
 * #awaitRunning}.
 */
public final class TransferControl {
  private enum State {
    RUNNING,
    PAUSED,
    CANCELLED
  }

  /** While it is open, something hears when transfers have to stop. */
  public interface Watch extends AutoCloseable {
    /** Ends it. */
    @Override
    void close();
  }

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Set<Runnable> connections = new HashSet<>();
  private volatile State state = State.RUNNING;
  private long changes;

  /** Transfers may run. */
  public TransferControl() {}

  /** Holds all transfers up, until {@link #resume}. */
  public void pause() {
    change(State.PAUSED);
  }

  /** Lets transfers go on. */
  public void resume() {
    change(State.RUNNING);
  }

  /** Ends all transfers for good. */
  public void cancel() {
    change(State.CANCELLED);
  }

  /**
   * Has waiting transfers look again at once whether they may go on. For a host that knows that the
   * link has changed; without it they look every few seconds.
   */
  public void lookAgain() {
    change(state);
  }

  /** Returns whether transfers are paused. */
  public boolean isPaused() {
    return state == State.PAUSED;
  }

  /** Returns whether transfers are cancelled. */
  public boolean isCancelled() {
    return state == State.CANCELLED;
  }

  private void change(State wanted) {
    Set<Runnable> open = Set.of();
    lock.lock();
    try {
      state = state == State.CANCELLED ? state : wanted;
      changes++;
      changed.signalAll();
      if (state != State.RUNNING) {
        open = Set.copyOf(connections);
      }
    } finally {
      lock.unlock();
    }
    open.forEach(Runnable::run);
  }

  /** Returns a number that grows with each change. */
  long changes() {
    lock.lock();
    try {
      return changes;
    } finally {
      lock.unlock();
    }
  }

  /** Waits for a change after the one of that number, for a time at most. */
  void awaitChange(long seen, Duration atMost, TransferClock clock) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      if (changes == seen) {
        clock.await(changed, atMost);
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits as long as transfers are paused: for a {@link BlobFetcher} of the host's own, between two
   * pieces of its work.
   *
   * @param what is transferred, for the message of an exception
   * @param listener hears of the wait, if there is one
   * @return whether it had to wait
   * @throws TransferException with {@code CANCELLED} if transfers are cancelled, or the thread is
   *     interrupted
   */
  public boolean awaitRunning(String what, TransferListener listener) {
    if (Thread.currentThread().isInterrupted()) {
      throw Refusals.interrupted(what, null);
    }
    boolean waits = isPaused();
    TransferClock clock = TransferClock.of(InstantSource.system());
    Gate.forPapers(TransferLimits.none().withControl(this), clock, what).pass(listener);
    return waits;
  }

  /**
   * Has something called as soon as transfers are paused or cancelled, or at once if they are.
   *
   * @param closing must not wait; it is called by the thread that pauses or cancels
   */
  public Watch watch(Runnable closing) {
    boolean stopped;
    lock.lock();
    try {
      connections.add(closing);
      stopped = state != State.RUNNING;
    } finally {
      lock.unlock();
    }
    if (stopped) {
      closing.run();
    }
    return () -> forget(closing);
  }

  private void forget(Runnable closing) {
    lock.lock();
    try {
      connections.remove(closing);
    } finally {
      lock.unlock();
    }
  }
}
