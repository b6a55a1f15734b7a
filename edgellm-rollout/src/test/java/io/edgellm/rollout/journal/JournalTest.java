package io.edgellm.rollout.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.edgellm.model.ModelId;
import io.edgellm.model.ModelVersion;
import io.edgellm.model.Sha256;
import io.edgellm.rollout.device.Baseline;
import io.edgellm.rollout.device.Cause;
import io.edgellm.rollout.device.DeviceEvent;
import io.edgellm.rollout.device.DeviceEvent.ActivationAllowed;
import io.edgellm.rollout.device.DeviceEvent.Booted;
import io.edgellm.rollout.device.DeviceEvent.Delivered;
import io.edgellm.rollout.device.DeviceEvent.GatesPassed;
import io.edgellm.rollout.device.DeviceEvent.Harmed;
import io.edgellm.rollout.device.DeviceEvent.Observed;
import io.edgellm.rollout.device.DeviceEvent.Offered;
import io.edgellm.rollout.device.DeviceEvent.Refused;
import io.edgellm.rollout.device.DeviceEvent.Restored;
import io.edgellm.rollout.device.DeviceEvent.Serving;
import io.edgellm.rollout.device.DeviceEvent.SmokePassed;
import io.edgellm.rollout.device.DeviceEvent.StartFailed;
import io.edgellm.rollout.device.DeviceEvent.Stopped;
import io.edgellm.rollout.device.DeviceEvent.StoreView;
import io.edgellm.rollout.device.DeviceEvent.Switched;
import io.edgellm.rollout.device.DeviceEvent.Undone;
import io.edgellm.rollout.device.DeviceEvent.VerificationPassed;
import io.edgellm.rollout.device.DeviceEvent.Withdrawn;
import io.edgellm.rollout.device.DeviceMachine;
import io.edgellm.rollout.device.DeviceState;
import io.edgellm.rollout.device.Evidence;
import io.edgellm.rollout.device.Ledger;
import io.edgellm.rollout.device.Moment;
import io.edgellm.rollout.device.Offer;
import io.edgellm.rollout.device.Reason;
import io.edgellm.rollout.device.Release;
import io.edgellm.rollout.device.RolloutException;
import io.edgellm.rollout.device.TrialRules;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalTest {
  private static final Release A = release("1.0.0");
  private static final Release B = release("2.0.0");
  private static final TrialRules RULES =
      new TrialRules(
          3,
          new TrialRules.CrashLoop(3, Duration.ofMinutes(5)),
          Duration.ofMinutes(1),
          Duration.ofHours(1),
          10);

  private static Release release(String version) {
    return new Release(
        new ModelId("assistant"),
        ModelVersion.parse(version),
        Sha256.of(version.getBytes(StandardCharsets.UTF_8)));
  }

  private static Moment at(long seconds) {
    return new Moment(
        Instant.ofEpochSecond(1_700_000_000 + seconds), "b", Duration.ofSeconds(seconds));
  }

  /** A whole life: an update that is committed, one that is rolled back, and an undo. */
  private static List<DeviceEvent> life() {
    Baseline baseline =
        new Baseline(new Baseline.Quality(40, 0.975, 1.0169), new Baseline.Latency(500, 0.125));
    List<DeviceEvent> events = new ArrayList<>();
    events.add(new Booted(new StoreView(A, false), at(1)));
    events.addAll(trial(B, 1, baseline, 10));
    events.add(new Observed(new Evidence(5, 0, 5, 1), at(50)));
    events.add(new GatesPassed(new Evidence(50, 1, 49, 2), at(120)));
    events.addAll(trial(release("3.0.0"), 2, Baseline.NONE, 200));
    events.add(new Stopped(at(220)));
    events.add(new Booted(new StoreView(release("3.0.0"), true), at(230)));
    events.add(new Serving(release("3.0.0").digest(), at(231)));
    events.add(new Harmed(new Cause(Reason.QUALITY, "0.36 exact, was \"0.97\""), at(240)));
    events.add(new Restored(B.digest(), at(241)));
    events.add(new Serving(B.digest(), at(242)));
    events.add(new Offered(new Offer("d3", 3, release("4.0.0")), RULES, at(250)));
    events.add(new Refused(3, new Cause(Reason.DELIVERY_FAILED, "no network"), at(251)));
    events.add(new Undone(at(260)));
    events.add(new StartFailed(A.digest(), new Cause(Reason.LOAD_FAILURE, "truncated"), at(261)));
    events.add(new Withdrawn(9, at(270)));
    return events;
  }

  private static List<DeviceEvent> trial(
      Release release, long epoch, Baseline baseline, long second) {
    return List.of(
        new Offered(new Offer("d" + epoch, epoch, release), RULES, at(second)),
        new Delivered(epoch, at(second + 1)),
        new VerificationPassed(epoch, at(second + 2)),
        new SmokePassed(epoch, at(second + 3)),
        new ActivationAllowed(release.digest(), baseline, at(second + 4)),
        new Switched(release.digest(), at(second + 5)),
        new Serving(release.digest(), at(second + 6)));
  }

  private static List<DeviceState> fold(List<DeviceEvent> events) {
    List<DeviceState> states = new ArrayList<>();
    DeviceState state = new DeviceState.Idle(Ledger.EMPTY);
    states.add(state);
    for (DeviceEvent event : events) {
      state = DeviceMachine.decide(state, event).state();
      states.add(state);
    }
    return states;
  }

  private static void write(Path directory, List<DeviceEvent> events) {
    try (Journal journal = Journal.open(directory)) {
      events.forEach(journal::append);
    }
  }

  private static DeviceState reopened(Path directory) {
    try (Journal journal = Journal.open(directory)) {
      return journal.state();
    }
  }

  @Test
  void aDeviceWithoutAJournalIsIdle(@TempDir Path dir) {
    assertThat(reopened(dir)).isEqualTo(new DeviceState.Idle(Ledger.EMPTY));
  }

  @Test
  void replayGivesTheSameStateAfterEveryEvent(@TempDir Path dir) {
    List<DeviceState> states = fold(life());
    for (int i = 0; i < life().size(); i++) {
      try (Journal journal = Journal.open(dir)) {
        assertThat(journal.state()).isEqualTo(states.get(i));
        journal.append(life().get(i));
      }
    }
    assertThat(reopened(dir)).isEqualTo(states.get(states.size() - 1));
  }

  @Test
  void aJournalThatIsBegunAnewKeepsEveryStateAndTheNumbering(@TempDir Path dir) {
    List<DeviceState> states = fold(life());
    long sequence = 0;
    for (int i = 0; i < life().size(); i++) {
      try (Journal journal = Journal.open(dir, 1)) {
        assertThat(journal.state()).isEqualTo(states.get(i));
        assertThat(journal.sequence()).isGreaterThanOrEqualTo(sequence);
        journal.append(life().get(i));
        sequence = journal.sequence();
      }
    }
    assertThat(reopened(dir)).isEqualTo(states.get(states.size() - 1));
    assertThat(dir.resolve(Journal.FORMER_NAME)).exists();
  }

  @Test
  void cutsATornEndAtEveryByte(@TempDir Path dir) throws IOException {
    write(dir, life());
    Path file = dir.resolve(Journal.FILE_NAME);
    byte[] whole = Files.readAllBytes(file);
    List<DeviceState> states = fold(life());
    for (int length = 0; length <= whole.length; length += length < 2000 ? 1 : 13) {
      Files.write(file, Arrays.copyOf(whole, length));
      try (Journal journal = Journal.open(dir)) {
        assertThat(states).as("cut at %d", length).contains(journal.state());
        assertThat(journal.recovery().damaged()).as("cut at %d", length).isFalse();
      }
    }
    assertThat(Journal.damaged(dir)).isEmpty();
  }

  @Test
  void goesOnAfterATornEnd(@TempDir Path dir) throws IOException {
    write(dir, life().subList(0, 4));
    Path file = dir.resolve(Journal.FILE_NAME);
    byte[] whole = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(whole, whole.length - 3));
    write(dir, life().subList(3, life().size()));
    assertThat(reopened(dir)).isEqualTo(fold(life()).get(life().size()));
  }

  @Test
  void neverBelievesAFlippedBit(@TempDir Path dir) throws IOException {
    write(dir, life());
    Path file = dir.resolve(Journal.FILE_NAME);
    byte[] whole = Files.readAllBytes(file);
    List<DeviceState> states = fold(life());
    long seed = 20260101;
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < 300; i++) {
      byte[] flipped = whole.clone();
      int bit = 64 + random.nextInt(8 * whole.length - 64);
      flipped[bit / 8] ^= (byte) (1 << (bit % 8));
      Files.write(file, flipped);
      try (Journal journal = Journal.open(dir)) {
        assertThat(states).as("seed %d, bit %d", seed, bit).contains(journal.state());
        assertThat(journal.recovery().cutBytes()).as("seed %d, bit %d", seed, bit).isPositive();
      }
    }
    assertThat(Journal.damaged(dir)).isPresent();
  }

  @Test
  void survivesArbitraryBytes(@TempDir Path dir) throws IOException {
    Path file = dir.resolve(Journal.FILE_NAME);
    write(dir, List.of());
    byte[] magic = Files.readAllBytes(file);
    long seed = 7;
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < 200; i++) {
      byte[] noise = new byte[random.nextInt(400)];
      random.nextBytes(noise);
      byte[] bytes = Arrays.copyOf(magic, magic.length + noise.length);
      System.arraycopy(noise, 0, bytes, magic.length, noise.length);
      Files.write(file, bytes);
      assertThat(reopened(dir))
          .as("seed %d, round %d", seed, i)
          .isEqualTo(new DeviceState.Idle(Ledger.EMPTY));
    }
  }

  @Test
  void noticesARecordThatWasLeftOut(@TempDir Path dir) throws IOException {
    write(dir, life());
    Path file = dir.resolve(Journal.FILE_NAME);
    byte[] whole = Files.readAllBytes(file);
    JournalScan scan = JournalScan.of(whole, 8);
    int first = scan.records().get(0).sizeBytes();
    int second = scan.records().get(1).sizeBytes();
    byte[] without = new byte[whole.length - second];
    System.arraycopy(whole, 0, without, 0, 8 + first);
    System.arraycopy(
        whole, 8 + first + second, without, 8 + first, whole.length - 8 - first - second);
    Files.write(file, without);
    try (Journal journal = Journal.open(dir)) {
      assertThat(journal.recovery())
          .isEqualTo(new Journal.Recovery(1, whole.length - second - 8 - first, true));
    }
  }

  @Test
  void refusesASecondOpener(@TempDir Path dir) {
    Journal first = Journal.open(dir);
    assertThatThrownBy(() -> Journal.open(dir))
        .isInstanceOfSatisfying(
            RolloutException.class,
            e -> assertThat(e.reason()).isEqualTo(RolloutException.Reason.JOURNAL_BUSY));
    first.close();
    Journal.open(dir).close();
  }

  @Test
  void refusesAJournalOfAnotherFormat(@TempDir Path dir) throws IOException {
    Files.writeString(dir.resolve(Journal.FILE_NAME), "EDGEJRN9 whatever");
    assertThatThrownBy(() -> Journal.open(dir))
        .isInstanceOfSatisfying(
            RolloutException.class,
            e -> assertThat(e.reason()).isEqualTo(RolloutException.Reason.JOURNAL_FORMAT));
  }

  @Test
  void writesNothingForAnEventThatMeansNothing(@TempDir Path dir) {
    try (Journal journal = Journal.open(dir)) {
      assertThat(journal.append(new Undone(at(1))).whyIgnored()).isPresent();
      assertThat(journal.sequence()).isZero();
    }
  }

  @Test
  void describesItselfToPeople(@TempDir Path dir) {
    write(dir, life());
    assertThat(Journal.describe(dir).get(1))
        .contains("#2 2023-11-14T22:13:30Z epoch 1 Offered assistant 2.0.0 as d1 -> Downloading [");
    assertThat(Journal.describe(dir))
        .anyMatch(line -> line.contains("Harmed QUALITY: 0.36 exact, was \"0.97\" -> RollingBack"));
  }
}
