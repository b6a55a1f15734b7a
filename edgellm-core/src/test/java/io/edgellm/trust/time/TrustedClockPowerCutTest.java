package io.edgellm.trust.time;

import static io.edgellm.trust.time.DeviceClock.BUILT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.edgellm.internal.io.Disk;
import io.edgellm.internal.io.FaultyDisk;
import io.edgellm.internal.io.crash.CrashState;
import io.edgellm.internal.io.crash.CrashStates;
import io.edgellm.internal.io.crash.DiskTree;
import io.edgellm.internal.io.crash.MemoryDirectory;
import io.edgellm.internal.io.crash.PersistenceModel;
import io.edgellm.internal.io.crash.RecordingDisk;
import io.edgellm.trust.time.TrustedTime.Source;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** After a power cut at any point, no floor that was acknowledged is lower, and none is damaged. */
class TrustedClockPowerCutTest {
  private static final long SEED = 20_270_702;
  private static final int STEPS = 5;

  private final Path directory;

  TrustedClockPowerCutTest(@TempDir(factory = MemoryDirectory.class) Path directory)
      throws IOException {
    this.directory = directory.toRealPath();
  }

  private static TrustedClock open(Disk disk, Path file) {
    return new TrustedClock(
        new DeviceClock("1970-01-01T00:00:00Z"),
        BUILT,
        new FloorFile(disk, file, Duration.ofSeconds(1)));
  }

  private static Instant day(int day) {
    return BUILT.plus(Duration.ofDays(day));
  }

  @Test
  void keepsWhatWasAcknowledgedInEveryStateOfTheDisk() throws IOException {
    Path device = Files.createTempDirectory(directory, "device-");
    RecordingDisk disk =
        new RecordingDisk(
            FaultyDisk.counting(), device, DiskTree.read(device, path -> true), path -> false);
    TrustedClock clock = open(disk, device.resolve("time"));
    for (int step = 1; step <= STEPS; step++) {
      clock.raise(Source.TUF_TIMESTAMP, day(step));
      disk.acknowledge(step);
    }
    int states = 0;
    for (PersistenceModel model :
        List.of(PersistenceModel.orderedNames(), PersistenceModel.noOrder())) {
      for (CrashState state : new CrashStates(disk.log(), model, SEED).all()) {
        requireSound(state, model);
        states++;
      }
    }
    assertThat(states).isGreaterThan(3 * STEPS);
  }

  private void requireSound(CrashState state, PersistenceModel model) throws IOException {
    Path rebuilt = Files.createTempDirectory(directory, "rebuilt-");
    state.tree().writeTo(rebuilt);
    TrustedClock clock = open(Disk.local(), rebuilt.resolve("time"));
    String what = model + ", seed " + SEED + ", " + state;
    assertThat(clock.memory()).as(what).isNotEqualTo(TrustedClock.Memory.LOST);
    assertThat(clock.instant())
        .as(what)
        .isBetween(day(state.acknowledged()), day(state.acknowledged() + 1));
  }

  @Test
  void goesOnAfterAPowerCutAtEachEffect() throws IOException {
    for (FaultyDisk.When when : FaultyDisk.When.values()) {
      for (int n = 1; n <= 4; n++) {
        Path file = directory.resolve(when + "-" + n);
        open(Disk.local(), file).raise(Source.TUF_TIMESTAMP, day(1));
        TrustedClock cut = open(FaultyDisk.cutAt(n, when), file);
        assertThat(catchThrowable(() -> cut.raise(Source.TUF_TIMESTAMP, day(2))))
            .isInstanceOf(FaultyDisk.PowerCut.class);

        TrustedClock restarted = open(Disk.local(), file);
        assertThat(restarted.instant()).as("%s %d", when, n).isIn(day(1), day(2));
        restarted.raise(Source.TUF_TIMESTAMP, day(3));
        assertThat(open(Disk.local(), file).instant()).isEqualTo(day(3));
      }
    }
  }
}
