package io.edgellm.rollout.device;

import static io.edgellm.rollout.device.AbstractDevice.A;
import static io.edgellm.rollout.device.AbstractDevice.B;
import static io.edgellm.rollout.device.AbstractDevice.offer;
import static org.assertj.core.api.Assertions.assertThat;

import io.edgellm.rollout.device.DeviceEvent.Booted;
import io.edgellm.rollout.device.DeviceEvent.Serving;
import io.edgellm.rollout.device.DeviceEvent.StoreView;
import io.edgellm.rollout.device.DeviceState.Activating;
import io.edgellm.rollout.device.DeviceState.Committed;
import io.edgellm.rollout.device.DeviceState.Downloading;
import io.edgellm.rollout.device.DeviceState.Idle;
import io.edgellm.rollout.device.DeviceState.RollingBack;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Time and restarts: what counts as a crash loop, and what as observation. */
class TrialTest {
  private static final TrialRules PATIENT =
      new TrialRules(
          10,
          new TrialRules.CrashLoop(3, Duration.ofMinutes(5)),
          Duration.ofHours(1),
          Duration.ofHours(2),
          10);

  private static Moment at(Instant wall, String boot, long seconds) {
    return new Moment(wall, boot, Duration.ofSeconds(seconds));
  }

  private static Moment at(String boot, long seconds) {
    return at(Instant.EPOCH, boot, seconds);
  }

  private static Trial started() {
    return Trial.of(new Deployment(offer(1, B), PATIENT), Baseline.NONE, at("x", 100))
        .start(at("x", 100));
  }

  private static DeviceState state(Trial trial) {
    return new Activating(new Ledger(A, null, 1, Map.of()), trial);
  }

  @Test
  void fourStartsWithinTheWindowAreACrashLoop() {
    DeviceState state = state(started());
    for (int start = 2; start <= 4; start++) {
      StoreView store = new StoreView(B, true);
      state = DeviceMachine.decide(state, new Booted(store, at("x", 100 + 60L * start))).state();
    }
    assertThat(state)
        .isInstanceOfSatisfying(
            RollingBack.class, s -> assertThat(s.cause().reason()).isEqualTo(Reason.CRASH_LOOP));
  }

  @Test
  void startsThatAreFarApartAreNone() {
    Trial trial = started();
    for (int start = 2; start <= 9; start++) {
      trial = trial.start(at("x", 100 + 301L * start));
      assertThat(trial.isCrashLoop()).isFalse();
    }
    assertThat(trial.starts()).isEqualTo(9);
  }

  @Test
  void aClockThatJumpsDoesNotHideACrashLoop() {
    Trial trial = started();
    for (int start = 1; start <= 3; start++) {
      trial = trial.start(at(Instant.EPOCH.plus(Duration.ofDays(start)), "boot" + start, 20));
    }
    assertThat(trial.isCrashLoop()).isTrue();
  }

  @Test
  void aMachineThatIsSwitchedOffEveryNightIsNotInACrashLoop() {
    Trial trial = started().serve(at("x", 101));
    for (int day = 1; day <= 5; day++) {
      trial =
          trial.observe(Evidence.NONE, at(trial.last().boot(), 30_000)).start(at("d" + day, 20));
      assertThat(trial.isCrashLoop()).isFalse();
    }
  }

  @Test
  void cleanStopsCostNoTry() {
    Trial trial = started();
    for (int run = 0; run < 20; run++) {
      trial = trial.serve(at("b" + run, 30)).stop(at("b" + run, 40)).start(at("b" + run, 41));
    }
    assertThat(trial.starts()).isEqualTo(1);
    assertThat(trial.isCrashLoop()).isFalse();
  }

  @Test
  void timeCountsOnlyWhileTheCandidateServes() {
    Trial trial =
        started()
            .serve(at("x", 200))
            .observe(Evidence.NONE, at("x", 260))
            .start(at("y", 5_000))
            .serve(at("y", 5_010))
            .observe(Evidence.NONE, at("y", 5_040));
    assertThat(trial.observed()).isEqualTo(Duration.ofSeconds(90));
  }

  @Test
  void requestsAddUpOverRuns() {
    Trial trial =
        started()
            .serve(at("x", 200))
            .observe(new Evidence(4, 1, 4, 0), at("x", 210))
            .observe(new Evidence(6, 1, 6, 0), at("x", 220))
            .start(at("y", 10))
            .observe(new Evidence(5, 0, 5, 1), at("y", 20));
    assertThat(trial.evidence()).isEqualTo(new Evidence(11, 1, 11, 1));
  }

  @Test
  void aStoreThatTriesSomethingUnknownIsTurnedBack() {
    Ledger ledger = new Ledger(A, null, 1, Map.of());
    DeviceState candidate = new Downloading(ledger, new Deployment(offer(1, B), PATIENT));
    Booted booted = new Booted(new StoreView(B, true), at("x", 1));
    assertThat(DeviceMachine.decide(candidate, booted).state())
        .isInstanceOfSatisfying(
            RollingBack.class,
            s -> {
              assertThat(s.cause().reason()).isEqualTo(Reason.INCONSISTENT);
              assertThat(s.next()).isNotNull();
            });
  }

  @Test
  void aModelThatTheStoreHasIsAdopted() {
    Booted booted = new Booted(new StoreView(A, false), at("x", 1));
    Decision decision = DeviceMachine.decide(new Idle(Ledger.EMPTY), booted);
    assertThat(decision.state().ledger().committed()).isEqualTo(A);
    assertThat(decision.effects()).containsExactly(new DeviceEffect.Serve(A));
  }

  @Test
  void aFirstReleaseThatFailedIsNotTriedAgainAtEveryStart() {
    DeviceState failed =
        new DeviceState.RolledBack(
            new Ledger(null, null, 1, Map.of(B.digest(), 1L)), B, new Cause(Reason.QUALITY, "bad"));
    Booted booted = new Booted(StoreView.EMPTY, at("x", 1));
    assertThat(DeviceMachine.decide(failed, booted))
        .isEqualTo(new Decision(failed, List.of(), null));
  }

  @Test
  void aStoreThatStillTriesAFailedFirstReleaseIsTurnedBackWithoutStartingIt() {
    DeviceState failed =
        new DeviceState.RolledBack(
            new Ledger(null, null, 1, Map.of(B.digest(), 1L)), B, new Cause(Reason.QUALITY, "bad"));
    Booted booted = new Booted(new StoreView(B, true), at("x", 1));
    assertThat(DeviceMachine.decide(failed, booted).effects())
        .containsExactly(new DeviceEffect.StopServing(), new DeviceEffect.Restore(null));
  }

  @Test
  void aCommitThatTheStoreHasNotHeardOfIsRepeated() {
    DeviceState committed =
        new Committed(new Ledger(B, A, 1, Map.of()), "d1", Evidence.NONE, Duration.ofHours(1));
    Booted booted = new Booted(new StoreView(B, true), at("x", 1));
    assertThat(DeviceMachine.decide(committed, booted).effects())
        .containsExactly(new DeviceEffect.MarkHealthy(B), new DeviceEffect.Serve(B));
  }

  @Test
  void anUndoWhoseTargetIsBrokenReturnsToTheReleaseThatWorked() {
    Ledger ledger = new Ledger(B, A, 2, Map.of());
    Cause undo = new Cause(Reason.USER_UNDO, "The user asked for the previous model.");
    DeviceState back = new RollingBack(ledger, B, A, undo, true, null);
    Cause broken = new Cause(Reason.LOAD_FAILURE, "truncated");
    Moment now = at("x", 1);
    Decision decision =
        DeviceMachine.decide(back, new DeviceEvent.StartFailed(A.digest(), broken, now));
    assertThat(decision.effects()).containsExactly(new DeviceEffect.Restore(B));
    DeviceState turned =
        DeviceMachine.decide(decision.state(), new DeviceEvent.Restored(B.digest(), now)).state();
    DeviceState end = DeviceMachine.decide(turned, new Serving(B.digest(), now)).state();
    assertThat(end.ledger().committed()).isEqualTo(B);
    assertThat(end.ledger().undoTarget()).isEmpty();
  }
}
