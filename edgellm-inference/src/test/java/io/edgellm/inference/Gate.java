package io.edgellm.inference;

import io.edgellm.llm.GenerationEvent;
import io.edgellm.llm.GenerationListener;
import java.util.concurrent.CountDownLatch;

/**
 * Holds a listener at its first event until it is opened. A generation of more tokens than its
 * queue holds keeps its slot as long.
 */
final class Gate implements GenerationListener {
  private final CountDownLatch reached = new CountDownLatch(1);
  private final CountDownLatch opened = new CountDownLatch(1);

  @Override
  public void onEvent(GenerationEvent event) {
    if (event instanceof GenerationEvent.Started) {
      reached.countDown();
      await(opened);
    }
  }

  /** Waits until the generation stands at the gate. */
  Gate reached() {
    await(reached);
    return this;
  }

  void open() {
    opened.countDown();
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
