package io.edgellm.inference;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Virtual time: what is scheduled happens when the test says so. */
final class HandCrankedExecutor extends ScheduledThreadPoolExecutor {
  private final List<Runnable> scheduled = new CopyOnWriteArrayList<>();
  private volatile boolean atOnce;

  HandCrankedExecutor() {
    super(1);
  }

  @Override
  public ScheduledFuture<?> schedule(Runnable command, long delay, TimeUnit unit) {
    if (isShutdown()) {
      throw new RejectedExecutionException("shut down");
    }
    if (atOnce) {
      command.run();
    } else {
      scheduled.add(command);
    }
    return super.schedule(() -> {}, 1, TimeUnit.DAYS);
  }

  /** Lets the time of everything come. */
  void elapse() {
    scheduled.forEach(Runnable::run);
  }

  /** Lets the time of everything come while it is scheduled. */
  void elapseAtOnce() {
    atOnce = true;
  }
}
