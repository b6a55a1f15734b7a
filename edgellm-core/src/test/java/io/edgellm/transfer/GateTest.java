package io.edgellm.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.edgellm.transfer.TransferListener.TransferEvent;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

final class GateTest {
  private static final Instant NOON = Instant.parse("2030-06-01T12:00:00Z");
  private static final MaintenanceWindows NIGHTS =
      MaintenanceWindows.daily(LocalTime.of(1, 0), LocalTime.of(5, 0), ZoneOffset.UTC);

  private final VirtualClock clock = new VirtualClock(NOON);
  private final TransferControl control = new TransferControl();
  private final AtomicBoolean metered = new AtomicBoolean();
  private final List<TransferEvent> events = new ArrayList<>();
  private final TransferLimits limits = TransferLimits.none().withControl(control);

  private Gate gate(TransferLimits given) {
    return Gate.forFile(given, clock, "model.onnx", 1000);
  }

  private List<Hold> holds() {
    return events.stream().map(e -> ((TransferEvent.Waiting) e).hold()).toList();
  }

  @Test
  void withoutLimitsNobodyWaits() {
    assertThat(gate(limits).pass(events::add)).isZero();
    assertThat(events).isEmpty();
  }

  @Test
  void waitsForTheWindowAndSaysSoOnce() {
    assertThat(gate(limits.withWindows(NIGHTS)).pass(events::add)).isEqualTo(Duration.ofHours(13));
    assertThat(holds()).containsExactly(new Hold.OutsideWindow(NOON.plus(Duration.ofHours(13))));
  }

  @Test
  void closesWhenTheWindowDoes() {
    Gate gate = gate(limits.withWindows(NIGHTS));
    gate.pass(events::add);
    clock.pass(Duration.ofHours(4).minusSeconds(2));
    assertThat(gate.isOpen()).isTrue();
    clock.pass(Duration.ofSeconds(3));
    assertThat(gate.isOpen()).isFalse();
  }

  @Test
  void papersPassWhereFilesWait() {
    metered.set(true);
    TransferLimits strict =
        limits.withWindows(NIGHTS).withMetered(metered::get, MeteredUse.papersOnly());
    assertThat(Gate.forPapers(strict, clock, "assistant 1.0.0").pass(events::add)).isZero();
  }

  @Test
  void papersWaitWhereSomebodyPauses() {
    control.pause();
    clock.at(Duration.ofSeconds(7), control::resume);
    assertThat(Gate.forPapers(limits, clock, "assistant 1.0.0").pass(events::add)).hasSeconds(7);
  }

  @Test
  void aSmallFilePassesOverAMeteredLinkAndALargeOneWaits() {
    metered.set(true);
    clock.at(Duration.ofSeconds(42), () -> metered.set(false));
    assertThat(gate(limits.withMetered(metered::get, MeteredUse.filesUpTo(1000))).pass(events::add))
        .isZero();
    assertThat(gate(limits.withMetered(metered::get, MeteredUse.filesUpTo(999))).pass(events::add))
        .isBetween(Duration.ofSeconds(42), Duration.ofSeconds(47));
    assertThat(holds()).containsExactly(new Hold.Metered());
  }

  @Test
  void looksAtTheLinkAgainAtOnceWhenItIsTold() {
    metered.set(true);
    clock.at(
        Duration.ofSeconds(2),
        () -> {
          metered.set(false);
          control.lookAgain();
        });
    assertThat(gate(limits.withMetered(metered::get, MeteredUse.papersOnly())).pass(events::add))
        .isEqualTo(Duration.ofSeconds(2));
  }

  @Test
  void goesOnWhenResumedAndNamesEachHold() {
    control.pause();
    metered.set(true);
    clock.at(Duration.ofHours(1), control::resume);
    clock.at(
        Duration.ofHours(2),
        () -> {
          metered.set(false);
          control.lookAgain();
        });
    gate(limits.withWindows(NIGHTS).withMetered(metered::get, MeteredUse.papersOnly()))
        .pass(events::add);
    assertThat(holds())
        .containsExactly(
            new Hold.Paused(),
            new Hold.Metered(),
            new Hold.OutsideWindow(NOON.plus(Duration.ofHours(13))));
    assertThat(clock.passed()).isEqualTo(Duration.ofHours(13));
  }

  @Test
  void cancellingEndsAWaitAndEveryLaterOne() {
    control.pause();
    clock.at(Duration.ofSeconds(3), control::cancel);
    for (int i = 0; i < 2; i++) {
      TransferException e =
          catchThrowableOfType(TransferException.class, () -> gate(limits).pass(events::add));
      assertThat(e.reason()).isEqualTo(TransferException.Reason.CANCELLED);
    }
    assertThat(clock.passed()).hasSeconds(3);
    control.resume();
    assertThat(control.isCancelled()).isTrue();
  }

  @Test
  void anInterruptEndsAWaitAndStaysSet() {
    control.pause();
    clock.at(Duration.ofSeconds(3), Thread.currentThread()::interrupt);
    TransferException e =
        catchThrowableOfType(TransferException.class, () -> gate(limits).pass(events::add));
    assertThat(Thread.interrupted()).isTrue();
    assertThat(e.reason()).isEqualTo(TransferException.Reason.CANCELLED);
  }

  @Test
  void windowsThatNeverOpenAreRefused() {
    TransferLimits never = limits.withWindows(new MaintenanceWindows(ZoneOffset.UTC, List.of()));
    TransferException e =
        catchThrowableOfType(TransferException.class, () -> gate(never).pass(events::add));
    assertThat(e.reason()).isEqualTo(TransferException.Reason.REFUSED);
  }

  @Test
  void bytesBeyondTheBandwidthAreWaitedForAndAChangeIsFollowed() {
    Bandwidth bandwidth = Bandwidth.of(1000);
    Gate gate = gate(limits.withBandwidth(bandwidth));
    clock.at(Duration.ofSeconds(2), () -> bandwidth.change(100_000));
    assertThat(gate.charge(10_250)).isBetween(Duration.ofSeconds(2), Duration.ofMillis(2500));
  }

  @Test
  void aPauseEndsTheWaitForBandwidth() {
    Gate gate = gate(limits.withBandwidth(Bandwidth.of(10)));
    clock.at(Duration.ofSeconds(2), control::pause);
    assertThat(gate.charge(10_000)).isBetween(Duration.ofSeconds(2), Duration.ofSeconds(3));
    assertThat(gate.isOpen()).isFalse();
  }

  @Test
  void restsBetweenTriesUnlessItIsPaused() {
    Gate gate = gate(limits);
    gate.rest(Duration.ofSeconds(10));
    assertThat(clock.passed()).hasSeconds(10);
    clock.at(Duration.ofSeconds(11), control::pause);
    gate.rest(Duration.ofSeconds(10));
    assertThat(clock.passed()).hasSeconds(11);
  }
}
