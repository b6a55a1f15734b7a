package io.edgellm.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.edgellm.model.ModelVersion;
import io.edgellm.model.Sha256;
import io.edgellm.rollout.device.Cause;
import io.edgellm.rollout.device.DeviceState;
import io.edgellm.rollout.device.DeviceState.Committed;
import io.edgellm.rollout.device.DeviceState.Observing;
import io.edgellm.rollout.device.DeviceState.Rejected;
import io.edgellm.rollout.device.DeviceState.RolledBack;
import io.edgellm.rollout.device.Offer;
import io.edgellm.rollout.device.Reason;
import io.edgellm.rollout.device.Release;
import io.edgellm.rollout.journal.Journal;
import io.edgellm.store.ModelState;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whole rollouts with a real store, real signatures and a real runtime. */
class DeviceAgentTest {
  private TestDevice device;

  DeviceAgentTest(@TempDir Path root) {
    this.device = new TestDevice(root);
  }

  @BeforeEach
  void runVersionOne() throws InterruptedException {
    try (DeviceAgent agent = device.start(TestDevice.POLICY)) {
      Offer first = device.publish(1, "1.0.0", "good");
      assertThat(agent.rollOut(first, device.withUsers(30))).isInstanceOf(Committed.class);
    }
    device.history.clear();
  }

  private static Reason reasonOf(DeviceState state) {
    return state instanceof RolledBack s ? s.cause().reason() : ((Rejected) state).cause().reason();
  }

  private ModelState inStore() {
    return device.store.state(TestDevice.MODEL);
  }

  @Test
  void servesTheCommittedReleaseAfterAStart() throws InterruptedException {
    try (DeviceAgent agent = device.start(TestDevice.POLICY)) {
      assertThat(agent.state()).isInstanceOf(Committed.class);
      assertThat(device.serving()).isEqualTo("assistant 1.0.0");
    }
  }

  @Test
  void commitsAGoodUpdate() throws InterruptedException {
    try (DeviceAgent agent = device.start(TestDevice.POLICY)) {
      device.users(200);
      DeviceState end = agent.rollOut(device.publish(2, "2.0.0", "good"), device.withUsers(30));
      assertThat(end).isInstanceOf(Committed.class);
      assertThat(device.history)
          .containsExactly(
              "Downloading", "Staged", "Verified", "Ready", "Activating", "Observing", "Committed");
      assertThat(device.serving()).isEqualTo("assistant 2.0.0");
      assertThat(device.engine.inMemory).containsExactly("assistant 2.0.0");
      assertThat(inStore().status()).isEqualTo(ModelState.Status.HEALTHY);
      assertThat(((Committed) end).evidence().requests()).isGreaterThanOrEqualTo(100);
      assertThat(((Committed) end).observed()).isGreaterThanOrEqualTo(Duration.ofHours(1));
    }
  }

  @Test
  void rollsBackAReleaseThatAnswersWorse() throws InterruptedException {
    try (DeviceAgent agent = device.start(TestDevice.POLICY)) {
      DeviceState end =
          agent.rollOut(device.publish(2, "2.0.0", "wrong answers"), device.withUsers(30));
      assertThat(reasonOf(end)).isEqualTo(Reason.QUALITY);
      assertThat(((RolledBack) end).cause().detail())
          .contains("0.0 % of 20 golden answers are exact (before: 100.0 %)")
          .contains("+0.2200 nats per token");
      assertThat(device.serving()).isEqualTo("assistant 1.0.0");
      assertThat(device.engine.inMemory).containsExactly("assistant 1.0.0");
      assertThat(inStore().current()).hasToString("1.0.0");
      assertThat(inStore().status()).isEqualTo(ModelState.Status.HEALTHY);
    }
  }

  @Test
  void wouldCommitItWithoutTheQualityGate() throws InterruptedException {
    try (DeviceAgent agent = device.start(TestDevice.POLICY.withoutGate("quality"))) {
      DeviceState end =
          agent.rollOut(device.publish(2, "2.0.0", "wrong answers"), device.withUsers(30));
      assertThat(end).isInstanceOf(Committed.class);
    }
  }

  @Test
  void refusesItBeforeAnybodyIsServedUnderAStrictSmokeTest() throws InterruptedException {
    DevicePolicy strict = TestDevice.POLICY.withSmoke(DevicePolicy.Smoke.strict());
    try (DeviceAgent agent = device.start(strict)) {
      DeviceState end = agent.offer(device.publish(2, "2.0.0", "wrong answers"));
      assertThat(reasonOf(end)).isEqualTo(Reason.SMOKE_FAILED);
      assertThat(device.engine.inMemory).containsExactly("assistant 1.0.0");
    }
  }

  @Test
  void rollsBackAReleaseOnWhichRequestsFail() throws InterruptedException {
    try (DeviceAgent agent = device.start(TestDevice.POLICY)) {
      DeviceState end =
          agent.rollOut(device.publish(2, "2.0.0", "fails-on-users"), device.withUsers(30));
      assertThat(reasonOf(end)).isEqualTo(Reason.ERROR_RATE);
      assertThat(device.failuresSeen).isEqualTo(30);
      assertThat(device.results).anyMatch(result -> result.gate().equals("errors"));
    }
  }

  @Test
  void rollsBackASlowerRelease() throws InterruptedException {
    try (DeviceAgent agent = device.start(TestDevice.POLICY)) {
      DeviceState end = agent.rollOut(device.publish(2, "2.0.0", "slow"), device.withUsers(30));
      assertThat(reasonOf(end)).isEqualTo(Reason.LATENCY);
    }
  }

  @Test
  void aBusierDayDoesNotFailAHealthyRelease() throws InterruptedException {
    try (DeviceAgent agent = device.start(TestDevice.POLICY)) {
      device.users(200);
      device.engine.queueMillis = 500;
      DeviceState end = agent.rollOut(device.publish(2, "2.0.0", "good"), device.withUsers(30));
      assertThat(end).isInstanceOf(Committed.class);
    }
  }

  @Test
  void aQuieterDayDoesNotHideASlowerRelease() throws InterruptedException {
    try (DeviceAgent agent = device.start(TestDevice.POLICY)) {
      device.engine.queueMillis = 500;
      device.users(200);
      Offer slow = device.publish(2, "2.0.0", "slow");
      agent.offer(slow);
      device.engine.queueMillis = 0;
      assertThat(reasonOf(agent.awaitEnd(device.withUsers(30)))).isEqualTo(Reason.LATENCY);
    }
  }

  @Test
  void rejectsAReleaseThatDoesNotLoad() throws InterruptedException {
    try (DeviceAgent agent = device.start(TestDevice.POLICY)) {
      DeviceState end = agent.offer(device.publish(2, "2.0.0", "no-load"));
      assertThat(reasonOf(end)).isEqualTo(Reason.SMOKE_FAILED);
      assertThat(device.serving()).isEqualTo("assistant 1.0.0");
    }
  }

  @Test
  void rejectsAReleaseThatNobodyDelivers() throws InterruptedException {
    try (DeviceAgent agent = device.start(TestDevice.POLICY)) {
      Release unknown =
          new Release(
              TestDevice.MODEL, ModelVersion.parse("9.0.0"), Sha256.of(new byte[] {1, 2, 3}));
      DeviceState end = agent.offer(new Offer("d2", 2, unknown));
      assertThat(reasonOf(end)).isEqualTo(Reason.DELIVERY_FAILED);
    }
  }

  @Test
  void aDeliveryThatThrowsSomethingOfItsOwnRejectsTheCandidateAndNotTheDevice()
      throws InterruptedException {
    try (DeviceAgent agent =
        DeviceAgent.builder(
                TestDevice.MODEL,
                device.store,
                device.verifier(),
                device.runtime,
                offer -> {
                  throw new IllegalStateException("no route");
                })
            .policy(TestDevice.POLICY)
            .clock(device::now)
            .start(device.journal())) {
      DeviceState end = agent.offer(device.publish(2, "2.0.0", "good"));
      assertThat(reasonOf(end)).isEqualTo(Reason.DELIVERY_FAILED);
      assertThat(((Rejected) end).cause().detail()).contains("no route");
      assertThat(device.serving()).isEqualTo("assistant 1.0.0");
    }
  }

  @Test
  void neverCommitsWithoutRequests() throws InterruptedException {
    DevicePolicy noProbes = TestDevice.POLICY.withProbesWhenIdle(0);
    try (DeviceAgent agent = device.start(noProbes)) {
      DeviceState end = agent.rollOut(device.publish(2, "2.0.0", "good"), device.withUsers(0));
      assertThat(reasonOf(end)).isEqualTo(Reason.NO_EVIDENCE);
    }
  }

  @Test
  void provesAnIdleDeviceByItsOwnProbes() throws InterruptedException {
    try (DeviceAgent agent =
        device.startWithoutTelemetry(TestDevice.POLICY.withProbesWhenIdle(10))) {
      DeviceState end = agent.rollOut(device.publish(2, "2.0.0", "good"), device.withUsers(0));
      assertThat(end).isInstanceOf(Committed.class);
    }
  }

  @Test
  void undoesACommittedUpdate() throws InterruptedException {
    try (DeviceAgent agent = device.start(TestDevice.POLICY)) {
      agent.rollOut(device.publish(2, "2.0.0", "good"), device.withUsers(30));
      DeviceState end = agent.undo();
      assertThat(reasonOf(end)).isEqualTo(Reason.USER_UNDO);
      assertThat(device.serving()).isEqualTo("assistant 1.0.0");
      assertThat(inStore().current()).hasToString("1.0.0");
      assertThat(agent.undo()).isEqualTo(end);
    }
  }

  @Test
  void takesBackACandidateOnTrial() throws InterruptedException {
    try (DeviceAgent agent = device.start(TestDevice.POLICY)) {
      assertThat(agent.offer(device.publish(2, "2.0.0", "good"))).isInstanceOf(Observing.class);
      assertThat(reasonOf(agent.withdraw(3))).isEqualTo(Reason.WITHDRAWN);
      assertThat(device.serving()).isEqualTo("assistant 1.0.0");
    }
  }

  @Test
  void rollsBackWhenTheWatchdogIsLost() throws InterruptedException {
    try (DeviceAgent agent = device.start(TestDevice.POLICY)) {
      agent.offer(device.publish(2, "2.0.0", "good"));
      Cause lost = new Cause(Reason.WATCHDOG_LOST, "no heartbeat for 90 s");
      assertThat(reasonOf(agent.reportHarm(lost))).isEqualTo(Reason.WATCHDOG_LOST);
    }
  }

  @Test
  void ignoresAReleaseThatDidHarmUntilItIsApprovedAnew() throws InterruptedException {
    try (DeviceAgent agent = device.start(TestDevice.POLICY)) {
      Offer bad = device.publish(2, "2.0.0", "wrong answers");
      DeviceState end = agent.rollOut(bad, device.withUsers(30));
      assertThat(agent.offer(bad)).isEqualTo(end);
      assertThat(agent.offer(new Offer("again", 3, bad.release()))).isInstanceOf(Observing.class);
    }
  }

  @Test
  void replacesACandidateOnTrialByANewerRelease() throws InterruptedException {
    try (DeviceAgent agent = device.start(TestDevice.POLICY)) {
      agent.offer(device.publish(2, "2.0.0", "good"));
      device.history.clear();
      DeviceState end = agent.rollOut(device.publish(3, "3.0.0", "good"), device.withUsers(30));
      assertThat(end).isInstanceOf(Committed.class);
      assertThat(device.history).startsWith("RollingBack", "Downloading");
      assertThat(device.serving()).isEqualTo("assistant 3.0.0");
    }
  }

  @Test
  void waitsForTheActivationWindow() throws InterruptedException {
    DevicePolicy policy = TestDevice.POLICY;
    boolean[] open = {false};
    try (DeviceAgent agent =
        DeviceAgent.builder(
                TestDevice.MODEL, device.store, device.verifier(), device.runtime, device::deliver)
            .policy(policy)
            .clock(device::now)
            .activationWindow(now -> open[0])
            .start(device.journal())) {
      assertThat(agent.offer(device.publish(2, "2.0.0", "good")))
          .isInstanceOf(DeviceState.Ready.class);
      assertThat(device.serving()).isEqualTo("assistant 1.0.0");
      open[0] = true;
      assertThat(agent.look()).isInstanceOf(Observing.class);
      assertThat(device.serving()).isEqualTo("assistant 2.0.0");
    }
  }

  @Test
  void goesOnWithATrialAfterACleanStop() throws InterruptedException {
    try (DeviceAgent agent = device.start(TestDevice.POLICY)) {
      agent.offer(device.publish(2, "2.0.0", "good"));
    }
    for (int day = 0; day < 3; day++) {
      device.reboot();
      try (DeviceAgent agent = device.start(TestDevice.POLICY)) {
        assertThat(agent.state()).isInstanceOf(Observing.class);
        assertThat(device.serving()).isEqualTo("assistant 2.0.0");
        device.withUsers(30).await(Duration.ofMinutes(15));
        agent.look();
      }
    }
    device.reboot();
    try (DeviceAgent agent = device.start(TestDevice.POLICY)) {
      device.withUsers(30).await(Duration.ofMinutes(15));
      assertThat(agent.look()).isInstanceOf(Committed.class);
    }
  }

  @Test
  void rollsBackACandidateThatKillsItsProcess() throws InterruptedException {
    DeviceAgent agent = device.start(TestDevice.POLICY);
    agent.offer(device.publish(2, "2.0.0", "good"));
    int starts = 1;
    while (agent.state() instanceof Observing) {
      device.losePower();
      agent = device.start(TestDevice.POLICY);
      starts++;
    }
    assertThat(starts).isEqualTo(4);
    assertThat(reasonOf(agent.state())).isEqualTo(Reason.TRIES_EXHAUSTED);
    assertThat(device.serving()).isEqualTo("assistant 1.0.0");
    agent.close();
  }

  @Test
  void rejectsACandidateThatKillsItsProcessInTheSmokeTest() throws InterruptedException {
    Offer offer = device.publish(2, "2.0.0", "kills");
    DeviceAgent first = device.start(TestDevice.POLICY);
    assertThatThrownBy(() -> first.offer(offer)).isInstanceOf(ScriptedEngine.Killed.class);
    for (int again = 0; again < 2; again++) {
      device.losePower();
      assertThatThrownBy(() -> device.start(TestDevice.POLICY))
          .isInstanceOf(ScriptedEngine.Killed.class);
    }
    device.losePower();
    try (DeviceAgent agent = device.start(TestDevice.POLICY)) {
      assertThat(reasonOf(agent.state())).isEqualTo(Reason.SMOKE_CRASHED);
      assertThat(device.serving()).isEqualTo("assistant 1.0.0");
    }
  }

  @Test
  void tellsItsStoryInTheJournal() throws InterruptedException {
    try (DeviceAgent agent = device.start(TestDevice.POLICY)) {
      agent.rollOut(device.publish(2, "2.0.0", "wrong answers"), device.withUsers(30));
    }
    assertThat(Journal.describe(device.journal()))
        .anyMatch(line -> line.contains("Offered assistant 2.0.0 as d2 -> Downloading"))
        .anyMatch(line -> line.contains("Harmed QUALITY: 0.0 % of 20 golden answers"));
  }
}
