package io.edgellm.inference.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class MemoryBudgetTest {
  private static final long START = System.nanoTime();

  /** A model that is idle or not, and closes its grant when it gives up. */
  private static final class Model implements MemoryBudget.Holder {
    private final long lastUse;
    private final boolean idle;
    private final List<Model> gaveUp;
    private MemoryBudget.@Nullable Grant grant;

    Model(long lastUse, boolean idle, List<Model> gaveUp) {
      this.lastUse = START + lastUse;
      this.idle = idle;
      this.gaveUp = gaveUp;
    }

    boolean load(MemoryBudget budget, long bytes) {
      grant = budget.take(bytes, this).orElse(null);
      return grant != null;
    }

    @Override
    public long lastUseNanoTime() {
      return lastUse;
    }

    @Override
    public void giveUpIfIdle() {
      if (idle && grant != null) {
        grant.close();
        gaveUp.add(this);
      }
    }
  }

  @Test
  void refusesWhatDoesNotFit() {
    MemoryBudget budget = MemoryBudget.ofBytes(100);
    List<Model> gaveUp = new ArrayList<>();
    assertThat(new Model(0, false, gaveUp).load(budget, 60)).isTrue();
    assertThat(new Model(1, false, gaveUp).load(budget, 41)).isFalse();
    assertThat(new Model(2, false, gaveUp).load(budget, 40)).isTrue();
    assertThat(budget.freeBytes()).isZero();
    assertThat(gaveUp).isEmpty();
    assertThatThrownBy(() -> MemoryBudget.ofBytes(0)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void takesFromTheOnesThatAreIdleLongest() {
    MemoryBudget budget = MemoryBudget.ofBytes(100);
    List<Model> gaveUp = new ArrayList<>();
    Model late = new Model(30, true, gaveUp);
    Model early = new Model(10, true, gaveUp);
    Model busy = new Model(0, false, gaveUp);
    for (Model model : List.of(late, early, busy)) {
      assertThat(model.load(budget, 30)).isTrue();
    }
    assertThat(new Model(40, true, gaveUp).load(budget, 35)).isTrue();
    assertThat(gaveUp).containsExactly(early);
    assertThat(new Model(50, true, gaveUp).load(budget, 71)).isFalse();
  }

  @Test
  void evictsNobodyForWhatCanNeverFit() {
    MemoryBudget budget = MemoryBudget.ofBytes(100);
    List<Model> gaveUp = new ArrayList<>();
    assertThat(new Model(0, true, gaveUp).load(budget, 50)).isTrue();
    assertThat(new Model(1, true, gaveUp).load(budget, 101)).isFalse();
    assertThat(gaveUp).isEmpty();
  }

  @Test
  void givesBackOnceHoweverOftenAGrantIsClosed() {
    MemoryBudget budget = MemoryBudget.ofBytes(100);
    Model model = new Model(0, false, new ArrayList<>());
    assertThat(model.load(budget, 50)).isTrue();
    MemoryBudget.Grant grant = Objects.requireNonNull(model.grant);
    grant.close();
    grant.close();
    assertThat(budget.usedBytes()).isZero();
  }

  @Test
  void neverGrantsMoreThanItHasToManyThreads() throws Exception {
    MemoryBudget budget = MemoryBudget.ofBytes(1000);
    AtomicLong held = new AtomicLong();
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Future<?>> runs = new ArrayList<>();
      for (int t = 0; t < 4; t++) {
        Random random = new Random(t);
        runs.add(
            threads.submit(
                () -> {
                  for (int i = 0; i < 2000; i++) {
                    long bytes = random.nextLong(1, 400);
                    budget
                        .take(bytes, new Model(i, false, new ArrayList<>()))
                        .ifPresent(
                            grant -> {
                              assertThat(held.addAndGet(bytes)).isLessThanOrEqualTo(1000);
                              held.addAndGet(-bytes);
                              grant.close();
                            });
                  }
                }));
      }
      for (Future<?> run : runs) {
        run.get();
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(budget.usedBytes()).isZero();
  }
}
