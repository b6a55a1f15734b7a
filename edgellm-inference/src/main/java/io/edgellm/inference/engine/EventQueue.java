package io.edgellm.inference.engine;

import io.edgellm.llm.GenerationEvent;
import io.edgellm.llm.GenerationListener;
import java.util.ArrayDeque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The events of one generation on their way to the listener: in order, by one thread at a time.
 *
 * <p>Bounded by pausing rather than by waiting: {@link #isFull()} tells the scheduler to give the
 * generation no more passes until half of the queue has been heard, so that a slow listener costs
 * nobody else anything, and no event is ever lost. The last events of a generation find room even
 * then.
 *
 * <p>A thread delivers at most {@link #TURN} events at a time and then goes to the end of the
 * executor's line, so that generations share a host's only thread. Thread-safe.
 */
final class EventQueue {
  /** Events that may wait before the generation pauses. */
  static final int BOUND = 256;

  private static final int TURN = 32;

  private final GenerationListener listener;
  private final Delivery delivery;
  private final Consumer<Throwable> undeliverable;
  private final Runnable caughtUp;
  private final ArrayDeque<GenerationEvent> events = new ArrayDeque<>();
  private boolean scheduled;
  private boolean full;

  /**
   * @param listener hears the events; does not throw
   * @param undeliverable hears that the executor takes no work
   * @param caughtUp told when a full queue has room again
   */
  EventQueue(
      GenerationListener listener,
      Delivery delivery,
      Consumer<Throwable> undeliverable,
      Runnable caughtUp) {
    this.listener = listener;
    this.delivery = delivery;
    this.undeliverable = undeliverable;
    this.caughtUp = caughtUp;
  }

  /** Puts an event into the queue. */
  void post(GenerationEvent event) {
    synchronized (this) {
      events.add(event);
      full |= events.size() >= BOUND;
      if (scheduled) {
        return;
      }
      scheduled = true;
    }
    schedule();
  }

  /** Returns whether the generation has to wait for its listener. */
  synchronized boolean isFull() {
    return full;
  }

  private void schedule() {
    try {
      delivery.execute(this::deliver);
    } catch (RuntimeException | OutOfMemoryError e) {
      undeliverable.accept(e);
    }
  }

  private void deliver() {
    for (int i = 0; i < TURN; i++) {
      GenerationEvent event = next();
      if (event == null) {
        return;
      }
      listener.onEvent(event);
    }
    schedule();
  }

  private @Nullable GenerationEvent next() {
    GenerationEvent event;
    boolean roomAgain;
    synchronized (this) {
      event = events.poll();
      scheduled = event != null;
      roomAgain = full && events.size() <= BOUND / 2;
      if (roomAgain) {
        full = false;
      }
    }
    if (roomAgain) {
      caughtUp.run();
    }
    return event;
  }
}
