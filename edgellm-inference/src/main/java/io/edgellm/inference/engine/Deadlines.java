package io.edgellm.inference.engine;

import io.edgellm.llm.Generation;
import io.edgellm.llm.InferenceException;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Ends generations whose time is over. Closing shuts down the executor if it is the model's own;
 * that one has no thread before the first request with a timeout.
 *
 * @param executor where the deadlines wait
 * @param owned whether it is the model's own
 */
record Deadlines(ScheduledExecutorService executor, boolean owned) implements AutoCloseable {

  static Deadlines of(EngineSettings settings, String title) {
    ScheduledExecutorService ofHost = settings.deadlineExecutor();
    return ofHost == null
        ? new Deadlines(own(settings.threadFactory(), title), true)
        : new Deadlines(ofHost, false);
  }

  private static ScheduledExecutorService own(ThreadFactory threads, String title) {
    ScheduledThreadPoolExecutor executor =
        new ScheduledThreadPoolExecutor(1, work -> named(threads.newThread(work), title));
    executor.setRemoveOnCancelPolicy(true);
    return executor;
  }

  private static Thread named(Thread thread, String title) {
    thread.setName("edgellm-deadlines " + title);
    return thread;
  }

  /**
   * Ends something when its time is over, unless it ends before.
   *
   * @param fail is told if that cannot be watched
   */
  void watch(
      Generation generation, Duration timeout, Runnable expire, Consumer<InferenceException> fail) {
    try {
      Future<?> deadline = executor.schedule(expire, nanos(timeout), TimeUnit.NANOSECONDS);
      generation.result().whenComplete((result, failure) -> deadline.cancel(false));
    } catch (RejectedExecutionException e) {
      fail.accept(
          new InferenceException(
              InferenceException.Reason.RUNTIME,
              "The executor for deadlines takes no more tasks; it was shut down.",
              null,
              e));
    }
  }

  private static long nanos(Duration timeout) {
    try {
      return timeout.toNanos();
    } catch (ArithmeticException e) {
      return Long.MAX_VALUE / 2;
    }
  }

  @Override
  public void close() {
    if (owned) {
      executor.shutdownNow();
    }
  }
}
