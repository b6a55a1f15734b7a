package io.edgellm.rollout.journal;

import static org.assertj.core.api.Assertions.assertThat;

import io.edgellm.internal.json.CanonicalJson;
import io.edgellm.internal.json.JsonFields;
import io.edgellm.internal.json.StrictJson;
import io.edgellm.rollout.device.Baseline;
import io.edgellm.rollout.device.Cause;
import io.edgellm.rollout.device.Deployment;
import io.edgellm.rollout.device.DeviceEvent;
import io.edgellm.rollout.device.DeviceState;
import io.edgellm.rollout.device.Evidence;
import io.edgellm.rollout.device.Ledger;
import io.edgellm.rollout.device.Offer;
import io.edgellm.rollout.device.Reason;
import io.edgellm.rollout.device.Release;
import io.edgellm.rollout.device.Trial;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The format on the disk is a promise to devices in the field: what is written is compared with
 * what the repository keeps. Whoever changes the format on purpose changes the journal's magic, and
 * takes the files anew from what the failing tests leave in {@code target/journal-format}.
 */
class JournalFormatTest {
  private static final Release A = LifeOfADevice.release("1.0.0");
  private static final Release B = LifeOfADevice.release("2.0.0");
  private static final Deployment OFFERED =
      new Deployment(new Offer("d2", 2, B), LifeOfADevice.RULES);
  private static final Cause CAUSE = new Cause(Reason.QUALITY, "0.36 exact, was \"0.97\"");

  private static byte[] kept(String name) throws IOException {
    try (InputStream in = JournalFormatTest.class.getResourceAsStream(name)) {
      return in == null ? new byte[0] : in.readAllBytes();
    }
  }

  private static void requireAsKept(String name, byte[] written) throws IOException {
    Files.write(Files.createDirectories(Path.of("target/journal-format")).resolve(name), written);
    assertThat(text(written)).isEqualTo(text(kept(name)));
  }

  /** A character per byte, so that a difference can be read. */
  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  private static List<DeviceState> states() {
    Ledger ledger = new Ledger(A, LifeOfADevice.release("0.9.0"), 2, Map.of(B.digest(), 1L));
    Trial trial =
        new Trial(
            OFFERED,
            new Baseline(new Baseline.Quality(40, 0.975, null), null),
            2,
            List.of(Duration.ZERO, Duration.ofSeconds(70)),
            true,
            Duration.ofSeconds(80),
            Duration.ofSeconds(60),
            LifeOfADevice.at(90),
            new Evidence(10, 1, 9, 2),
            new Evidence(5, 0, 5, 0));
    return List.of(
        new DeviceState.Idle(Ledger.EMPTY),
        new DeviceState.Downloading(ledger, OFFERED),
        new DeviceState.Staged(ledger, OFFERED),
        new DeviceState.Verified(ledger, OFFERED, 2, true),
        new DeviceState.Ready(ledger, OFFERED),
        new DeviceState.Activating(ledger, trial),
        new DeviceState.Observing(ledger, trial),
        new DeviceState.Committed(ledger, "d2", new Evidence(200, 1, 199, 3), Duration.ofHours(24)),
        new DeviceState.Rejected(ledger, B, CAUSE),
        new DeviceState.RollingBack(ledger, B, A, CAUSE, true, OFFERED),
        new DeviceState.RollingBack(ledger, B, null, CAUSE, false, null),
        new DeviceState.RolledBack(ledger, B, CAUSE),
        new DeviceState.SafeMode(ledger, B, CAUSE));
  }

  private static Stream<Class<?>> kinds(Class<?> type) {
    return type.isSealed()
        ? Arrays.stream(type.getPermittedSubclasses()).flatMap(JournalFormatTest::kinds)
        : Stream.of(type);
  }

  @Test
  void writesTheJournalOfALifeAsItAlwaysDid(@TempDir Path dir) throws IOException {
    try (Journal journal = Journal.open(dir)) {
      LifeOfADevice.events().forEach(journal::append);
    }
    requireAsKept("life.journal", Files.readAllBytes(dir.resolve(Journal.FILE_NAME)));
  }

  @Test
  void readsTheJournalThatWasWrittenBefore(@TempDir Path dir) throws IOException {
    Files.write(dir.resolve(Journal.FILE_NAME), kept("life.journal"));
    try (Journal journal = Journal.open(dir)) {
      List<DeviceState> states = LifeOfADevice.states();
      assertThat(journal.recovery())
          .isEqualTo(new Journal.Recovery(LifeOfADevice.events().size(), 0, false));
      assertThat(journal.state()).isEqualTo(states.get(states.size() - 1));
    }
  }

  @Test
  void writesEveryStateAsItAlwaysDidAndReadsItBack() throws Exception {
    StringBuilder lines = new StringBuilder();
    List<DeviceState> read = new ArrayList<>();
    for (DeviceState state : states()) {
      byte[] json = CanonicalJson.write(StateCodec.write(state));
      lines.append(new String(json, StandardCharsets.UTF_8)).append('\n');
      read.add(StateCodec.read(JsonFields.of(StrictJson.parse(json))));
    }
    requireAsKept("states.jsonl", lines.toString().getBytes(StandardCharsets.UTF_8));
    assertThat(read).isEqualTo(states());
  }

  @Test
  void keepsTheNameOfEveryReason() throws IOException {
    assertThat(Arrays.stream(Reason.values()).map(Reason::name))
        .containsAll(new String(kept("reasons.txt"), StandardCharsets.UTF_8).lines().toList());
  }

  @Test
  void everyKindOfEventAndStateIsAmongThem() {
    assertThat(LifeOfADevice.events().stream().<Class<?>>map(Object::getClass))
        .containsAll(kinds(DeviceEvent.class).toList());
    assertThat(states().stream().<Class<?>>map(Object::getClass))
        .containsAll(kinds(DeviceState.class).toList());
  }
}
