package io.edgellm.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.edgellm.internal.io.Disk;
import io.edgellm.internal.io.mount.FileSystemKind;
import io.edgellm.internal.io.mount.MountPlace;
import io.edgellm.internal.io.mount.PullableDisk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Pulls the cable of a disk under a program that lives in a store, over and over, on the file
 * systems that devices have. It is always the same store. {@code -Dedgellm.power.cuts=200} asks for
 * as many cuts on each; {@code -Dedgellm.seed} for others.
 *
 * <p>Each has its control: the same program, which forces nothing, must come to harm in the same
 * procedure, or else the procedure proves nothing.
 */
class PulledCableTest {
  private static final int CUTS = Integer.getInteger("edgellm.power.cuts", 10);
  private static final int MOST_CONTROLS = 25;
  private static final long SEED = Long.getLong("edgellm.seed", 20260101);
  private @Nullable MountPlace place;

  static Stream<FileSystemKind> kinds() {
    return Stream.concat(consistentKinds(), Stream.of(FileSystemKind.EXT4_WITHOUT_JOURNAL));
  }

  static Stream<FileSystemKind> consistentKinds() {
    return Stream.of(FileSystemKind.EXT4, FileSystemKind.XFS, FileSystemKind.BTRFS);
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

  private PulledTenancy tenancy(PullableDisk disk, StoreTenant.Habit habit) throws IOException {
    return new PulledTenancy(disk, Objects.requireNonNull(place), habit, SEED);
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void theDiskForgetsWhatWasNotForced(FileSystemKind kind) throws IOException {
    PullableDisk disk = disk(kind);
    Random random = new Random(SEED);
    byte[] bytes = new byte[5000];
    boolean forgot = false;
    // A file system writes by itself every few seconds; on a busy machine that may be just then.
    for (int cut = 0; !forgot && cut < MOST_CONTROLS; cut++) {
      Path durable = Files.write(disk.directory().resolve("durable-" + cut), bytes);
      Disk.local().force(durable);
      Disk.local().forceDirectory(disk.directory());
      Path lost = Files.write(disk.directory().resolve("lost-" + cut), bytes);
      disk.pull(random);
      assertThat(disk.plugIn()).isTrue();
      assertThat(durable).hasBinaryContent(bytes);
      forgot = !Files.exists(lost);
    }
    assertThat(forgot).as("%s, seed %d", kind, SEED).isTrue();
  }

  @ParameterizedTest
  @MethodSource("consistentKinds")
  void pullingTheCableLosesNothingThatAProgramWasPromised(FileSystemKind kind) throws IOException {
    PullableDisk disk = disk(kind);
    StoreFacts facts = StoreFacts.NONE;
    int steps = 0;
    int unmountable = 0;
    try (PulledTenancy tenancy = tenancy(disk, StoreTenant.Habit.PLAIN)) {
      for (int cut = 0; cut < CUTS; cut++) {
        Optional<TenantPromises> promises = tenancy.liveUntilCut(facts);
        if (promises.isPresent()) {
          facts = requireKept(tenancy.look(), promises.get(), kind + ", cut " + cut);
          steps += promises.get().steps();
        } else {
          unmountable++;
          disk.reset();
          facts = StoreFacts.NONE;
        }
      }
    }
    assertThat(unmountable).as("%s, seed %d", kind, SEED).isLessThanOrEqualTo(mayBreak(kind));
    System.out.printf(
        "%s: cable pulled %d times, after %d acknowledged steps, nothing lost; %d times the file"
            + " system itself was broken (seed %d)%n",
        kind, CUTS, steps, unmountable, SEED);
  }

  private static StoreFacts requireKept(
      StoreInvariants.Observation seen, TenantPromises promises, String where) {
    assertThat(seen.faults()).as("%s, seed %d", where, SEED).isEmpty();
    assertThat(promises.broken(seen.facts())).as("%s, seed %d", where, SEED).isEmpty();
    return seen.facts();
  }

  /**
   * Replaying its log after directories were moved and forced, btrfs may find its own tree corrupt
   * ("Failed to recover log tree"), up to Linux 7.0 at least. That is no loss by the store, and not
   * for it to prevent.
   */
  private static int mayBreak(FileSystemKind kind) {
    return kind.equals(FileSystemKind.BTRFS) ? Math.max(1, CUTS / 4) : 0;
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void pullingTheCableHarmsAProgramThatForcesNothing(FileSystemKind kind) throws IOException {
    PullableDisk disk = disk(kind);
    Optional<String> harm = Optional.empty();
    int cuts = 0;
    try (PulledTenancy tenancy = tenancy(disk, StoreTenant.Habit.CARELESS)) {
      while (harm.isEmpty() && cuts < MOST_CONTROLS) {
        harm = tenancy.liveUntilCut(StoreFacts.NONE).flatMap(tenancy::harm);
        cuts++;
        disk.reset();
      }
    }
    assertThat(harm).as("%s, seed %d, %d cuts", kind, SEED, cuts).isPresent();
    System.out.printf("%s: without force, cut %d: %s%n", kind, cuts, harm.orElse(""));
  }

  /**
   * Without a journal a file system gives freed blocks away before it has written down that they
   * are free. After a cut two files may claim one block, and the checker decides: a file can change
   * that was forced long ago and not touched since. No program can prevent that; a store must
   * notice it.
   */
  @Test
  void withoutAJournalNothingThatChangedIsTakenForWhole() throws IOException {
    FileSystemKind kind = FileSystemKind.EXT4_WITHOUT_JOURNAL;
    PullableDisk disk = disk(kind);
    StoreFacts facts = StoreFacts.NONE;
    int harmed = 0;
    try (PulledTenancy tenancy = tenancy(disk, StoreTenant.Habit.PLAIN)) {
      for (int cut = 0; cut < CUTS; cut++) {
        TenantPromises promises = tenancy.liveUntilCut(facts).orElseThrow();
        assertThat(tenancy.takenForWhole()).as("seed %d, cut %d", SEED, cut).isEmpty();
        if (tenancy.harm(promises).isPresent()) {
          harmed++;
          disk.reset();
          facts = StoreFacts.NONE;
        } else {
          facts = tenancy.look().facts();
        }
      }
    }
    System.out.printf(
        "%s: cable pulled %d times, harm %d times, always noticed (seed %d)%n",
        kind, CUTS, harmed, SEED);
  }
}
