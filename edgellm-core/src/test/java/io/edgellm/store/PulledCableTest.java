package io.edgellm.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.edgellm.internal.io.Disk;
import io.edgellm.internal.io.mount.FileSystemKind;
import io.edgellm.internal.io.mount.MountPlace;
import io.edgellm.internal.io.mount.PullableDisk;
import io.edgellm.model.ModelId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.jspecify.annotations.Nullable;

/**
 * Pulls the cable of a disk under a program that lives in a store, over and over, on the file
 * systems that devices have. It is always the same store. {@code -Dedgellm.power.cuts=200} asks for
 * as many cuts on each; {@code -Dedgellm.seed} for others.
 *
 * <p>Each has its control: the same program, which forces nothing, must come to harm in the same
 * procedure, or else the procedure proves nothing.
 */
class PulledCableTest {
  private static final int CUTS = Integer.getInteger("edgellm.power.cuts", 8);
  private static final int MOST_CONTROLS = 25;
  private static final long SEED = Long.getLong("edgellm.seed", 20260101);
  private static final int MOST_LINES = 60;
  private static final int MOST_MICROS = 5000;
  private static final List<ModelId> MODELS =
      List.of(new ModelId("assistant"), new ModelId("translator"));

  private @Nullable MountPlace place;

  static Stream<FileSystemKind> kinds() {
    return Stream.of(
        FileSystemKind.EXT4,
        FileSystemKind.EXT4_WITHOUT_JOURNAL,
        FileSystemKind.XFS,
        FileSystemKind.BTRFS);
  }

  @AfterEach
  void leave() throws IOException {
    if (place != null) {
      place.close();
    }
  }

  private PullableDisk disk(FileSystemKind kind) throws IOException {
    Optional<String> obstacle = PullableDisk.obstacle(kind);
    assumeTrue(obstacle.isEmpty(), () -> obstacle.orElse(""));
    MountPlace taken = MountPlace.take();
    place = taken;
    return PullableDisk.in(taken, kind);
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void theDiskForgetsWhatWasNotForced(FileSystemKind kind) throws IOException {
    PullableDisk disk = disk(kind);
    Path durable = Files.write(disk.directory().resolve("durable"), new byte[5000]);
    Disk.local().force(durable);
    Disk.local().forceDirectory(disk.directory());
    Path lost = Files.write(disk.directory().resolve("lost"), new byte[5000]);
    disk.pull(new Random(SEED));
    disk.plugIn();
    assertThat(durable).hasBinaryContent(new byte[5000]);
    assertThat(lost).doesNotExist();
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void pullingTheCableLosesNothingThatAProgramWasPromised(FileSystemKind kind)
      throws IOException {
    PullableDisk disk = disk(kind);
    Tenancy tenancy = new Tenancy(disk, StoreTenant.Habit.PLAIN);
    StoreFacts facts = StoreFacts.NONE;
    int steps = 0;
    for (int cut = 0; cut < CUTS; cut++) {
      Tenancy.Ended ended = tenancy.liveUntilCut(facts, cut);
      assertThat(ended.faults()).as("%s, seed %d, cut %d", kind, SEED, cut).isEmpty();
      facts = ended.facts();
      steps += ended.steps();
    }
    System.out.printf(
        "%s: cable pulled %d times, after %d acknowledged steps, nothing lost (seed %d)%n",
        kind, CUTS, steps, SEED);
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void pullingTheCableHarmsAProgramThatForcesNothing(FileSystemKind kind) throws IOException {
    PullableDisk disk = disk(kind);
    Tenancy tenancy = new Tenancy(disk, StoreTenant.Habit.CARELESS);
    List<String> faults = List.of();
    int cuts = 0;
    while (faults.isEmpty() && cuts < MOST_CONTROLS) {
      faults = tenancy.liveUntilCut(StoreFacts.NONE, cuts).faults();
      cuts++;
      disk.reset();
    }
    assertThat(faults).as("%s, seed %d, %d cuts", kind, SEED, cuts).isNotEmpty();
    System.out.printf("%s: without force, cut %d: %s%n", kind, cuts, faults.get(0));
  }

  /** Programs in the store of a disk, one after the other. */
  private final class Tenancy {
    /** What was seen after a cut. */
    record Ended(StoreFacts facts, List<String> faults, int steps) {}

    private final PullableDisk disk;
    private final StoreTenant.Habit habit;
    private final Path root;
    private final Path shelf;
    private final StoreInvariants invariants;

    Tenancy(PullableDisk disk, StoreTenant.Habit habit) throws IOException {
      this.disk = disk;
      this.habit = habit;
      root = disk.directory().resolve("models");
      MountPlace taken = java.util.Objects.requireNonNull(place);
      shelf = taken.resolve("shelf");
      Publisher publisher = new Publisher(taken.resolve("scratch"));
      List<TestRelease> releases = ReleaseShelf.publish(publisher, MODELS, 4, 60_000);
      new ReleaseShelf(shelf).put(releases, publisher.publicKeyPem());
      invariants =
          new StoreInvariants(taken.resolve("unused"), StoreTenant.options(), releases);
    }

    Ended liveUntilCut(StoreFacts before, int cut) throws IOException {
      Random random = new Random(SEED * 1_000_003 + cut);
      TenantPromises promises = new TenantPromises(before, MODELS);
      try (TenantProcess tenant =
          TenantProcess.start(root, shelf, random.nextLong(), habit, MODELS)) {
        tenant.letIn();
        int lines = random.nextInt(MOST_LINES);
        for (int i = 0; i < lines; i++) {
          promises.hear(String.valueOf(tenant.listen()));
        }
        LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(random.nextInt(MOST_MICROS)));
        disk.pull(random);
        tenant.kill();
        for (String line = tenant.listen(); line != null; line = tenant.listen()) {
          promises.hearAfterTheEnd(line);
        }
      }
      disk.plugIn();
      return look(promises);
    }

    private Ended look(TenantPromises promises) throws IOException {
      StoreInvariants.Observation seen = invariants.look(root, Disk.local());
      List<String> faults = new ArrayList<>(seen.faults());
      faults.addAll(promises.broken(seen.facts()));
      return new Ended(seen.facts(), faults, promises.steps());
    }
  }
}
