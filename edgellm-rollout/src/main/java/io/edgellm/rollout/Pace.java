package io.edgellm.rollout;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Waits between two looks at a candidate. A test moves its clock on instead. */
@FunctionalInterface
public interface Pace {
  /** Returns after about that time. */
  void await(Duration duration) throws InterruptedException;

  /** Returns a pace that lets real time pass. */
  static Pace realTime() {
    return Pace::waitInRealTime;
  }

  private static void waitInRealTime(Duration duration) throws InterruptedException {
    boolean neverTrue = new CountDownLatch(1).await(duration.toNanos(), TimeUnit.NANOSECONDS);
    assert !neverTrue;
  }
}
