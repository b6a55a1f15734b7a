package io.edgellm.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.edgellm.internal.io.Disk;
import io.edgellm.internal.io.crash.MemoryDirectory;
import io.edgellm.model.ModelId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Ends programs that live in a store with SIGKILL, at any instant, over and over. It is always the
 * same store, so that damage would add up. {@code -Dedgellm.kill.rounds=1000} asks for as many
 * rounds; {@code -Dedgellm.seed} for others.
 */
class KillTest {
  private static final int ROUNDS = Integer.getInteger("edgellm.kill.rounds", 50);
  private static final long SEED = Long.getLong("edgellm.seed", 20260101);
  private static final int MOST_LINES = 40;
  private static final int MOST_MICROS = 3000;
  private static final List<List<ModelId>> HOUSEHOLDS =
      List.of(
          List.of(new ModelId("assistant"), new ModelId("translator")),
          List.of(new ModelId("summarizer"), new ModelId("tagger")));

  private final Path root;
  private final Path shelf;
  private final StoreInvariants invariants;
  private final List<ModelId> models = HOUSEHOLDS.stream().flatMap(List::stream).toList();

  KillTest(@TempDir(factory = MemoryDirectory.class) Path directory) throws IOException {
    root = directory.toRealPath().resolve("store");
    shelf = directory.resolve("shelf");
    Publisher publisher = new Publisher(directory.resolve("scratch"));
    List<TestRelease> releases = ReleaseShelf.publish(publisher, models, 4, 60_000);
    new ReleaseShelf(shelf).put(releases, publisher.publicKeyPem());
    invariants = new StoreInvariants(directory, StoreTenant.options(), releases);
  }

  @Test
  void killingProgramsAtAnyInstantLosesNothingThatTheyWerePromised() throws IOException {
    StoreFacts facts = StoreFacts.NONE;
    int steps = 0;
    int together = 0;
    List<TenantProcess> waiting = tenants(0);
    try {
      for (int round = 0; round < ROUNDS; round++) {
        List<TenantProcess> living = waiting;
        waiting = List.of();
        try {
          TenantPromises promises = new TenantPromises(facts, models);
          for (TenantProcess tenant : living) {
            tenant.letIn();
          }
          // They start while others live, so that their time is not lost.
          waiting = round + 1 < ROUNDS ? tenants(round + 1) : List.of();
          kill(living, promises, random(round));
          facts = requireKept(promises, "seed " + SEED + ", round " + round);
          steps += promises.steps();
          together += living.size() > 1 ? 1 : 0;
        } finally {
          close(living);
        }
      }
    } finally {
      close(waiting);
    }
    System.out.printf(
        "%d programs killed in %d rounds, in %d of them two at once, after %d acknowledged steps,"
            + " nothing lost (seed %d)%n",
        ROUNDS + together, ROUNDS, together, steps, SEED);
  }

  private static Random random(int round) {
    return new Random(SEED * 1_000_003 + round);
  }

  /** Every fifth round has two programs; their habits change. */
  private List<TenantProcess> tenants(int round) throws IOException {
    List<TenantProcess> started = new ArrayList<>();
    StoreTenant.Habit[] habits = {
      StoreTenant.Habit.PLAIN, StoreTenant.Habit.TIDY, StoreTenant.Habit.WATCHFUL
    };
    for (int i = 0; i < (round % 5 == 4 ? 2 : 1); i++) {
      started.add(
          TenantProcess.start(
              root,
              shelf,
              random(round).nextLong(),
              habits[(round + i) % habits.length],
              HOUSEHOLDS.get((round + i) % HOUSEHOLDS.size())));
    }
    return started;
  }

  /** One after the other, each a random while after a random step. */
  private static void kill(List<TenantProcess> living, TenantPromises promises, Random random)
      throws IOException {
    for (TenantProcess tenant : living) {
      int lines = random.nextInt(MOST_LINES);
      for (int i = 0; i < lines && hear(tenant, promises) != null; i++) {}
      LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(random.nextInt(MOST_MICROS)));
      tenant.kill();
    }
    for (TenantProcess tenant : living) {
      while (hear(tenant, promises) != null) {}
    }
  }

  private static @Nullable String hear(TenantProcess tenant, TenantPromises promises)
      throws IOException {
    String line = tenant.listen();
    if (line != null) {
      promises.hear(line);
    }
    return line;
  }

  private StoreFacts requireKept(TenantPromises promises, String where) throws IOException {
    StoreInvariants.Observation seen = invariants.look(root, Disk.local());
    assertThat(seen.faults()).as(where).isEmpty();
    assertThat(promises.broken(seen.facts())).as(where).isEmpty();
    return seen.facts();
  }

  private static void close(List<TenantProcess> tenants) throws IOException {
    for (TenantProcess tenant : tenants) {
      tenant.close();
    }
  }
}
