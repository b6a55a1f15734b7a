package io.edgellm.inference.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.edgellm.llm.GenerationEvent;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class EventQueueTest {
  private final ArrayDeque<Runnable> work = new ArrayDeque<>();
  private final List<Integer> heard = new ArrayList<>();
  private final AtomicInteger caughtUp = new AtomicInteger();
  private final List<Throwable> undeliverable = new ArrayList<>();

  private EventQueue queue(Executor executor) {
    return new EventQueue(
        event -> heard.add(((GenerationEvent.Token) event).tokenId()),
        Delivery.on(executor),
        undeliverable::add,
        caughtUp::incrementAndGet);
  }

  private static void post(EventQueue queue, int from, int to) {
    for (int i = from; i < to; i++) {
      queue.post(new GenerationEvent.Token(0, i, ""));
    }
  }

  private void runOne() {
    work.remove().run();
  }

  private void runAll() {
    while (!work.isEmpty()) {
      runOne();
    }
  }

  @Test
  void deliversInOrder() {
    EventQueue queue = queue(work::add);
    for (int i = 0; i < 100; i += 10) {
      post(queue, i, i + 10);
      if (i % 20 == 0) {
        runOne();
      }
    }
    runAll();
    assertThat(heard).hasSize(100).isSorted();
  }

  @Test
  void asksForOneThreadAtATime() {
    EventQueue queue = queue(work::add);
    post(queue, 0, 100);
    assertThat(work).hasSize(1);
    runOne();
    assertThat(work).hasSize(1);
  }

  @Test
  void isFullAtItsBoundUntilHalfOfItWasHeard() {
    EventQueue queue = queue(work::add);
    post(queue, 0, EventQueue.BOUND - 1);
    assertThat(queue.isFull()).isFalse();
    post(queue, EventQueue.BOUND - 1, EventQueue.BOUND);
    assertThat(queue.isFull()).isTrue();
    while (heard.size() < EventQueue.BOUND / 2) {
      assertThat(queue.isFull()).isTrue();
      assertThat(caughtUp).hasValue(0);
      runOne();
    }
    assertThat(queue.isFull()).isFalse();
    assertThat(caughtUp).hasValue(1);
  }

  @Test
  void findsRoomForWhatComesAtTheEndOfAFullQueue() {
    EventQueue queue = queue(work::add);
    post(queue, 0, EventQueue.BOUND + 2);
    runAll();
    assertThat(heard).hasSize(EventQueue.BOUND + 2).isSorted();
  }

  @Test
  void sharesAnOnlyThreadWithOtherGenerations() {
    EventQueue queue = queue(work::add);
    EventQueue other = queue(work::add);
    post(queue, 0, 200);
    post(other, 1000, 1001);
    runOne();
    runOne();
    assertThat(heard).contains(0, 1000).doesNotContain(199);
  }

  @Test
  void tellsThatTheExecutorTakesNothing() {
    EventQueue queue =
        queue(
            task -> {
              throw new RejectedExecutionException("shut down");
            });
    post(queue, 0, 1);
    assertThat(undeliverable).singleElement().isInstanceOf(RejectedExecutionException.class);
  }

  @Test
  void deliversAtOnceOnAnExecutorThatRunsWhatItGets() {
    EventQueue queue = queue(Runnable::run);
    post(queue, 0, 100);
    assertThat(heard).hasSize(100).isSorted();
    assertThat(queue.isFull()).isFalse();
  }
}
