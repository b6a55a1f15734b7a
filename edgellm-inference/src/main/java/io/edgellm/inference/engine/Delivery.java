package io.edgellm.inference.engine;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The threads on which a model tells its events: never its scheduler's. They are the host's, or the
 * model's own, which come when a listener is to be called and no other one is free, and go when
 * they have been idle for a while.
 *
 * <p>Own threads remain possible after {@link #close()}, where those that are idle end at once:
 * requests that come too late still have to be told so. Thread-safe.
 */
final class Delivery implements AutoCloseable {
  private static final long IDLE_SECONDS = 2;

  private final Executor executor;
  private final Set<Thread> delivering = ConcurrentHashMap.newKeySet();

  private Delivery(Executor executor) {
    this.executor = executor;
  }

  static Delivery of(EngineSettings settings, String title) {
    Executor ofHost = settings.eventExecutor();
    return on(ofHost == null ? own(settings.threadFactory(), title) : ofHost);
  }

  static Delivery on(Executor executor) {
    return new Delivery(executor);
  }

  private static Executor own(ThreadFactory threads, String title) {
    return new OwnThreads(
        work -> {
          Thread thread = threads.newThread(work);
          thread.setName("edgellm-events " + title);
          return thread;
        });
  }

  /**
   * Has a thread do something.
   *
   * @throws java.util.concurrent.RejectedExecutionException if the host's executor takes nothing
   */
  void execute(Runnable work) {
    executor.execute(() -> deliver(work));
  }

  private void deliver(Runnable work) {
    // A host's executor may run it on a thread that delivers already.
    boolean first = delivering.add(Thread.currentThread());
    try {
      work.run();
    } finally {
      if (first) {
        delivering.remove(Thread.currentThread());
      }
    }
  }

  /**
   * Keeps a thread from waiting that delivers events of this model: what it waits for may need a
   * slot that a generation keeps until its listener, on this thread, has caught up; or this very
   * thread, if the host's executor has no other.
   */
  void refuseToWaitForItself() {
    if (delivering.contains(Thread.currentThread())) {
      throw new IllegalStateException(
          "A listener cannot wait for an answer of the same model, which may wait for the listener;"
              + " wait on another thread, or go on in a stage of result().");
    }
  }

  @Override
  public void close() {
    if (executor instanceof OwnThreads own) {
      own.setKeepAliveTime(0, TimeUnit.SECONDS);
    }
  }

  private static final class OwnThreads extends ThreadPoolExecutor {
    OwnThreads(ThreadFactory threads) {
      super(
          0, Integer.MAX_VALUE, IDLE_SECONDS, TimeUnit.SECONDS, new SynchronousQueue<>(), threads);
    }
  }
}
