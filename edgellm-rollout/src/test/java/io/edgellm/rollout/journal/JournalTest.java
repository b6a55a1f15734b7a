package io.edgellm.rollout.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.edgellm.rollout.device.DeviceEvent;
import io.edgellm.rollout.device.DeviceEvent.Undone;
import io.edgellm.rollout.device.DeviceState;
import io.edgellm.rollout.device.Ledger;
import io.edgellm.rollout.device.RolloutException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalTest {
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
    List<DeviceState> states = LifeOfADevice.states();
    for (int i = 0; i < LifeOfADevice.events().size(); i++) {
      try (Journal journal = Journal.open(dir)) {
        assertThat(journal.state()).isEqualTo(states.get(i));
        journal.append(LifeOfADevice.events().get(i));
      }
    }
    assertThat(reopened(dir)).isEqualTo(states.get(states.size() - 1));
  }

  @Test
  void aJournalThatIsBegunAnewKeepsEveryStateAndTheNumbering(@TempDir Path dir) {
    List<DeviceState> states = LifeOfADevice.states();
    long sequence = 0;
    for (int i = 0; i < LifeOfADevice.events().size(); i++) {
      try (Journal journal = Journal.open(dir, 1)) {
        assertThat(journal.state()).isEqualTo(states.get(i));
        assertThat(journal.sequence()).isGreaterThanOrEqualTo(sequence);
        journal.append(LifeOfADevice.events().get(i));
        sequence = journal.sequence();
      }
    }
    assertThat(reopened(dir)).isEqualTo(states.get(states.size() - 1));
    assertThat(dir.resolve(Journal.FORMER_NAME)).exists();
  }

  @Test
  void cutsATornEndAtEveryByte(@TempDir Path dir) throws IOException {
    write(dir, LifeOfADevice.events());
    Path file = dir.resolve(Journal.FILE_NAME);
    byte[] whole = Files.readAllBytes(file);
    List<DeviceState> states = LifeOfADevice.states();
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
    write(dir, LifeOfADevice.events().subList(0, 4));
    Path file = dir.resolve(Journal.FILE_NAME);
    byte[] whole = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(whole, whole.length - 3));
    write(dir, LifeOfADevice.events().subList(3, LifeOfADevice.events().size()));
    assertThat(reopened(dir)).isEqualTo(LifeOfADevice.states().get(LifeOfADevice.events().size()));
  }

  @Test
  void neverBelievesAFlippedBit(@TempDir Path dir) throws IOException {
    write(dir, LifeOfADevice.events());
    Path file = dir.resolve(Journal.FILE_NAME);
    byte[] whole = Files.readAllBytes(file);
    List<DeviceState> states = LifeOfADevice.states();
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
    write(dir, LifeOfADevice.events());
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
      assertThat(journal.append(new Undone(LifeOfADevice.at(1))).whyIgnored()).isPresent();
      assertThat(journal.sequence()).isZero();
    }
  }

  @Test
  void describesItselfToPeople(@TempDir Path dir) {
    write(dir, LifeOfADevice.events());
    assertThat(Journal.describe(dir).get(1))
        .contains("#2 2023-11-14T22:13:30Z epoch 1 Offered assistant 2.0.0 as d1 -> Downloading [");
    assertThat(Journal.describe(dir))
        .anyMatch(line -> line.contains("Harmed QUALITY: 0.36 exact, was \"0.97\" -> RollingBack"));
  }
}
