package io.edgellm.trust.time;

import static io.edgellm.trust.time.DeviceClock.BUILT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.edgellm.internal.io.Disk;
import io.edgellm.internal.io.FaultyDisk;
import io.edgellm.internal.io.ProcessLocks;
import io.edgellm.trust.time.TrustedTime.Source;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrustedClockTest {
  private static final Instant SUMMER = Instant.parse("2027-07-01T00:00:00Z");
  private static final Instant WINTER = Instant.parse("2027-12-01T00:00:00Z");
  private static final Instant YEAR_9999 = Instant.parse("9999-12-31T23:59:59Z");

  private final Path file;
  private final DeviceClock device = new DeviceClock("2026-06-01T00:00:00Z");

  TrustedClockTest(@TempDir Path directory) {
    file = directory.resolve("time");
  }

  private TrustedClock open() {
    return on(Disk.local());
  }

  private TrustedClock on(Disk disk) {
    return new TrustedClock(device, BUILT, new FloorFile(disk, file, Duration.ofMillis(1)));
  }

  @Test
  void takesTheTimeOfTheDeviceIfNothingContradictsIt() {
    assertThat(open().read())
        .isEqualTo(new TrustedTime(device.instant(), BUILT, Source.DEVICE_CLOCK));
  }

  @Test
  void isNotBeforeTheBuildOnADeviceThatWakesUpIn1970() {
    device.set("1970-01-01T00:00:07Z");
    assertThat(open().read()).isEqualTo(new TrustedTime(BUILT, BUILT, Source.BUILD));
  }

  @Test
  void doesNotLearnFromADeviceThatIsFarAhead() {
    TrustedClock clock = open();
    device.set("2099-01-01T00:00:00Z");
    assertThat(clock.read())
        .isEqualTo(new TrustedTime(device.instant(), BUILT, Source.DEVICE_CLOCK));
    clock.raise(Source.TUF_TIMESTAMP, SUMMER);

    device.set("2026-06-01T00:00:00Z");

    assertThat(clock.instant()).isEqualTo(SUMMER);
    assertThat(open().instant()).isEqualTo(SUMMER);
  }

  @Test
  void remembersWhatWasSaidOverARestart() {
    open().raise(Source.TRANSPARENCY_LOG, SUMMER);
    TrustedClock restarted = open();
    assertThat(restarted.read())
        .isEqualTo(new TrustedTime(SUMMER, SUMMER, Source.TRANSPARENCY_LOG));
    assertThat(restarted.memory()).isEqualTo(TrustedClock.Memory.INTACT);
  }

  @Test
  void doesNotGoBackWhenSomethingOlderIsSaid() {
    TrustedClock clock = open();
    clock.raise(Source.TUF_TIMESTAMP, WINTER);
    assertThat(clock.raise(Source.TUF_TIMESTAMP, SUMMER)).isTrue();
    assertThat(clock.instant()).isEqualTo(WINTER);
    assertThat(open().instant()).isEqualTo(WINTER);
  }

  @Test
  void namesTheSourceOfTheLatestTime() {
    TrustedClock clock = open();
    clock.raise(Source.TUF_TIMESTAMP, WINTER);
    clock.raise(Source.HOST, SUMMER);
    assertThat(clock.read().source()).isEqualTo(Source.TUF_TIMESTAMP);
  }

  @Test
  void takesTheLaterOneOfTwoBuilds() {
    device.set("1970-01-01T00:00:00Z");
    Instant library = TrustedClock.open(file, device).instant();
    assertThat(TrustedClock.open(file, device, SUMMER).instant()).isEqualTo(SUMMER);
    assertThat(TrustedClock.open(file, device, Instant.EPOCH).instant()).isEqualTo(library);
  }

  @Test
  void doesNotBelieveAnOnlineKeyThatNamesAnAbsurdTime() {
    for (Source online : List.of(Source.TUF_TIMESTAMP, Source.TRANSPARENCY_LOG)) {
      TrustedClock clock = open();
      clock.raise(online, SUMMER);
      assertThat(clock.raise(online, YEAR_9999)).isFalse();
      assertThat(clock.raise(online, Instant.MAX)).isFalse();
      assertThat(clock.instant()).as("keeps what %s said before", online).isEqualTo(SUMMER);
    }
  }

  @Test
  void believesAnOnlineKeyForTenYearsPastTheBuild() {
    TrustedClock clock = open();
    Instant limit = BUILT.plus(Duration.ofDays(3653));
    assertThat(clock.raise(Source.TUF_TIMESTAMP, limit.plusNanos(1))).isFalse();
    assertThat(clock.raise(Source.TUF_TIMESTAMP, limit)).isTrue();
    assertThat(clock.instant()).isEqualTo(limit);
  }

  @Test
  void oneOnlineKeyDoesNotVouchForAnother() {
    TrustedClock clock = open();
    Instant nearLimit = BUILT.plus(Duration.ofDays(3650));
    clock.raise(Source.TRANSPARENCY_LOG, nearLimit);
    assertThat(clock.raise(Source.TUF_TIMESTAMP, nearLimit.plus(Duration.ofDays(300)))).isFalse();
  }

  @Test
  void believesMoreOnceTheHostKnowsThatItIsLate() {
    TrustedClock clock = open();
    Instant late = Instant.parse("2045-01-01T00:00:00Z");
    assertThat(clock.raise(Source.TUF_TIMESTAMP, late)).isFalse();
    clock.raise(Source.HOST, late.minus(Duration.ofDays(100)));
    assertThat(clock.raise(Source.TUF_TIMESTAMP, late)).isTrue();
    assertThat(clock.instant()).isEqualTo(late);
  }

  @Test
  void forgetsWhatAWithdrawnKeySaid() {
    TrustedClock clock = open();
    clock.raise(Source.TRANSPARENCY_LOG, SUMMER);
    clock.raise(Source.TUF_TIMESTAMP, WINTER);
    clock.forget(Source.TUF_TIMESTAMP);
    assertThat(clock.instant()).isEqualTo(SUMMER);
    assertThat(open().instant()).isEqualTo(SUMMER);
  }

  @Test
  void nobodyBringsBackWhatAnotherHasForgotten() {
    TrustedClock one = open();
    TrustedClock other = open();
    other.raise(Source.TUF_TIMESTAMP, WINTER);
    one.forget(Source.TUF_TIMESTAMP);
    other.raise(Source.TUF_TIMESTAMP, SUMMER);
    assertThat(other.instant()).isEqualTo(SUMMER);
    assertThat(open().instant()).isEqualTo(SUMMER);
  }

  @Test
  void aNewKeyCountsAfterTheOldOneWasForgotten() {
    TrustedClock clock = open();
    clock.raise(Source.TUF_TIMESTAMP, WINTER);
    clock.forget(Source.TUF_TIMESTAMP);
    clock.raise(Source.TUF_TIMESTAMP, SUMMER);
    clock.forget(Source.TUF_TIMESTAMP);
    assertThat(clock.instant()).isEqualTo(device.instant());
    clock.raise(Source.TUF_TIMESTAMP, SUMMER);
    assertThat(open().instant()).isEqualTo(SUMMER);
  }

  @Test
  void refusesTheDeviceAndTheBuildAsWitnesses() {
    for (Source source : List.of(Source.DEVICE_CLOCK, Source.BUILD)) {
      assertThatThrownBy(() -> open().raise(source, SUMMER))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> open().forget(source)).isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void takesOverWhatAnotherInstanceHasRaised() {
    TrustedClock one = open();
    TrustedClock other = open();
    one.raise(Source.TUF_TIMESTAMP, WINTER);
    other.raise(Source.TUF_TIMESTAMP, SUMMER);
    assertThat(other.instant()).isEqualTo(WINTER);
    assertThat(open().instant()).isEqualTo(WINTER);
  }

  @Test
  void instancesThatRaiseAtTheSameTimeLoseNothing() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      Future<?> one = threads.submit(() -> raiseDaily(Source.TUF_TIMESTAMP, 0));
      Future<?> other = threads.submit(() -> raiseDaily(Source.HOST, 1));
      one.get();
      other.get();
    } finally {
      threads.shutdown();
    }
    TrustedClock clock = open();
    assertThat(clock.read().source()).isEqualTo(Source.HOST);
    assertThat(clock.instant()).isEqualTo(SUMMER.plus(Duration.ofDays(50)));
    device.set("1970-01-01T00:00:00Z");
    clock.forget(Source.HOST);
    assertThat(clock.instant()).isEqualTo(SUMMER.plus(Duration.ofDays(49)));
  }

  private void raiseDaily(Source source, int firstDay) {
    TrustedClock clock = new TrustedClock(device, BUILT, FloorFile.at(file));
    for (int day = firstDay; day < firstDay + 50; day++) {
      clock.raise(source, SUMMER.plus(Duration.ofDays(day)));
    }
  }

  @Test
  void processesThatRaiseAtTheSameTimeLoseNothing() throws Exception {
    try (RaisingProcess one = RaisingProcess.start(file, Source.TUF_TIMESTAMP, SUMMER, 40);
        RaisingProcess other = RaisingProcess.start(file, Source.HOST, WINTER, 40)) {
      assertThat(one.exit()).isZero();
      assertThat(other.exit()).isZero();
    }
    TrustedClock clock = open();
    assertThat(clock.instant()).isEqualTo(WINTER.plus(Duration.ofDays(40)));
    clock.forget(Source.HOST);
    assertThat(clock.instant()).isEqualTo(SUMMER.plus(Duration.ofDays(40)));
  }

  @Test
  void writesNothingIfNothingChanges() {
    FaultyDisk disk = FaultyDisk.counting();
    TrustedClock clock = on(disk);
    clock.raise(Source.TUF_TIMESTAMP, SUMMER);
    int operations = disk.operations();
    clock.raise(Source.TUF_TIMESTAMP, SUMMER);
    clock.raise(Source.TUF_TIMESTAMP, BUILT);
    clock.raise(Source.TUF_TIMESTAMP, YEAR_9999);
    assertThat(disk.operations()).isEqualTo(operations);
  }

  @Test
  void knowsWhatItWasToldEvenIfTheDiskIsFull() {
    TrustedClock clock = on(FaultyDisk.failing(1, FaultyDisk.When.BEFORE));
    assertRefused(TimeException.Reason.IO, () -> clock.raise(Source.TUF_TIMESTAMP, SUMMER));
    assertThat(clock.instant()).isEqualTo(SUMMER);
    clock.raise(Source.TUF_TIMESTAMP, SUMMER);
    assertThat(open().instant()).isEqualTo(SUMMER);
  }

  @Test
  void saysThatAnotherHoldsTheFile() throws IOException {
    TrustedClock clock = open();
    try (ProcessLocks locks = ProcessLocks.open(file.resolveSibling("time.lock"));
        ProcessLocks.Held held = locks.tryExclusive("floors").orElseThrow()) {
      assertThat(held).isNotNull();
      assertRefused(TimeException.Reason.BUSY, () -> clock.raise(Source.TUF_TIMESTAMP, SUMMER));
      assertThat(clock.instant()).isEqualTo(SUMMER);
      assertRefused(TimeException.Reason.BUSY, () -> clock.forget(Source.TUF_TIMESTAMP));
      assertThat(clock.instant()).isEqualTo(device.instant());
    }
  }

  private static void assertRefused(TimeException.Reason reason, Runnable call) {
    assertThatThrownBy(call::run)
        .isInstanceOfSatisfying(TimeException.class, e -> assertThat(e.reason()).isEqualTo(reason));
  }

  @Test
  void opensWithoutADirectoryAndSaysSoWhenItMustWrite() {
    Path nowhere = file.resolve("no/time");
    TrustedClock clock = TrustedClock.open(nowhere, device);
    assertThat(clock.memory()).isEqualTo(TrustedClock.Memory.EMPTY);
    assertRefused(TimeException.Reason.IO, () -> clock.raise(Source.TUF_TIMESTAMP, SUMMER));
  }

  @Test
  void writesALostFileAnew() throws IOException {
    open().raise(Source.TUF_TIMESTAMP, SUMMER);
    Files.writeString(file, "{");
    TrustedClock clock = open();
    assertThat(clock.memory()).isEqualTo(TrustedClock.Memory.LOST);
    assertThat(clock.instant()).isEqualTo(device.instant());
    clock.raise(Source.TUF_TIMESTAMP, SUMMER);
    assertThat(open().memory()).isEqualTo(TrustedClock.Memory.INTACT);
    assertThat(open().instant()).isEqualTo(SUMMER);
  }

  @Test
  void aRunningClockBringsBackAFileThatWasRemoved() throws IOException {
    TrustedClock clock = open();
    clock.raise(Source.TUF_TIMESTAMP, WINTER);
    Files.delete(file);
    clock.raise(Source.TUF_TIMESTAMP, SUMMER);
    assertThat(open().instant()).isEqualTo(WINTER);
  }
}
