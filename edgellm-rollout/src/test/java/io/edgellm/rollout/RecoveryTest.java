package io.edgellm.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.edgellm.rollout.device.DeviceEvent;
import io.edgellm.rollout.device.DeviceState;
import io.edgellm.rollout.device.DeviceState.Committed;
import io.edgellm.rollout.device.DeviceState.Observing;
import io.edgellm.rollout.device.DeviceState.Rejected;
import io.edgellm.rollout.device.DeviceState.RolledBack;
import io.edgellm.rollout.device.Offer;
import io.edgellm.rollout.device.Reason;
import io.edgellm.rollout.device.Trial;
import io.edgellm.rollout.gate.GateResult;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever cuts a rollout off, or breaks around it: it goes on, or back, and never hangs. */
class RecoveryTest {
  /** Few looks, so that there are few steps to cut between. */
  private static final DevicePolicy SELDOM =
      TestDevice.POLICY.withLookEvery(Duration.ofMinutes(40));

  private static TestDevice withVersionOne(Path root) throws InterruptedException {
    TestDevice device = new TestDevice(root);
    try (DeviceAgent agent = device.start(SELDOM)) {
      Offer first = device.publish(1, "1.0.0", "good");
      assertThat(agent.rollOut(first, device.withUsers(100))).isInstanceOf(Committed.class);
    }
    return device;
  }

  /** Runs an update whose power is lost after so many steps, and again to its end. */
  private static DeviceState cutOff(TestDevice device, Offer offer, int steps)
      throws InterruptedException {
    DeviceAgent first = device.start(SELDOM);
    device.stepsUntilPowerLoss = steps;
    try {
      return first.rollOut(offer, device.withUsers(100));
    } catch (ScriptedEngine.Killed e) {
      device.losePower();
    }
    return device.start(SELDOM).rollOut(offer, device.withUsers(100));
  }

  @Test
  void commitsAGoodUpdateWhereverPowerIsLost(@TempDir Path root) throws InterruptedException {
    TestDevice device = withVersionOne(root);
    Offer offer = device.publish(2, "2.0.0", "good");
    boolean lost = true;
    for (int steps = 1; lost; steps++) {
      device.startOver();
      DeviceState end = cutOff(device, offer, steps);
      lost = device.stepsUntilPowerLoss > steps;
      assertThat(end).as("cut at %d", steps).isInstanceOf(Committed.class);
      assertThat(device.serving()).as("cut at %d", steps).isEqualTo("assistant 2.0.0");
      assertThat(((Committed) end).observed()).isGreaterThanOrEqualTo(Duration.ofHours(1));
      assertThat(((Committed) end).evidence().requests()).isGreaterThanOrEqualTo(100);
      assertThat(steps).isLessThan(100);
    }
  }

  @Test
  void takesABadUpdateBackWhereverPowerIsLost(@TempDir Path root) throws InterruptedException {
    TestDevice device = withVersionOne(root);
    Offer offer = device.publish(2, "2.0.0", "wrong answers");
    boolean lost = true;
    for (int steps = 1; lost; steps++) {
      device.startOver();
      DeviceState end = cutOff(device, offer, steps);
      lost = device.stepsUntilPowerLoss > steps;
      assertThat(end).as("cut at %d", steps).isInstanceOf(RolledBack.class);
      assertThat(((RolledBack) end).cause().reason()).isEqualTo(Reason.QUALITY);
      assertThat(device.serving()).as("cut at %d", steps).isEqualTo("assistant 1.0.0");
      assertThat(steps).isLessThan(100);
    }
  }

  @Test
  void keepsYardstickEvidenceAndTimeOfATrialOverAPowerLoss(@TempDir Path root)
      throws InterruptedException {
    TestDevice device = withVersionOne(root);
    DeviceAgent first = device.start(TestDevice.POLICY);
    device.users(200);
    first.offer(device.publish(2, "2.0.0", "good"));
    device.withUsers(10).await(Duration.ofMinutes(20));
    Trial before = ((Observing) first.look()).trial();
    device.losePower();
    try (DeviceAgent second = device.start(TestDevice.POLICY)) {
      device.withUsers(10).await(Duration.ofMinutes(20));
      Trial after = ((Observing) second.look()).trial();
      assertThat(after.baseline()).isEqualTo(before.baseline());
      assertThat(before.baseline().latency()).isNotNull();
      assertThat(before.observed()).isEqualTo(Duration.ofMinutes(20));
      assertThat(after.observed()).isEqualTo(Duration.ofMinutes(40));
      assertThat(after.earlier()).isEqualTo(before.evidence());
      assertThat(after.starts()).isEqualTo(2);
    }
  }

  @Test
  void aListenerThatThrowsDoesNotStopTheRollout(@TempDir Path root) throws InterruptedException {
    TestDevice device = withVersionOne(root);
    RolloutListener broken =
        new RolloutListener() {
          @Override
          public void onChange(DeviceState from, DeviceEvent event, DeviceState to) {
            throw new IllegalStateException("the window is closed");
          }

          @Override
          public void onLook(List<GateResult> results) {
            throw new IllegalStateException("the window is closed");
          }
        };
    try (DeviceAgent agent =
        DeviceAgent.builder(
                TestDevice.MODEL, device.store, device.verifier(), device.runtime, device::deliver)
            .policy(TestDevice.POLICY.withProbesWhenIdle(50))
            .clock(device::now)
            .listener(broken)
            .start(device.journal())) {
      DeviceState end = agent.rollOut(device.publish(2, "2.0.0", "good"), device.withUsers(0));
      assertThat(end).isInstanceOf(Committed.class);
    }
  }

  @Test
  void refusesACandidateThatTakesAllMemory(@TempDir Path root) throws InterruptedException {
    TestDevice device = withVersionOne(root);
    try (DeviceAgent agent = device.start(TestDevice.POLICY)) {
      device.engine.tooLarge = "assistant 2.0.0";
      DeviceState end = agent.offer(device.publish(2, "2.0.0", "good"));
      assertThat(((Rejected) end).cause().reason()).isEqualTo(Reason.RESOURCES);
      assertThat(((Rejected) end).cause().detail()).contains("direct buffer memory");
      assertThat(device.serving()).isEqualTo("assistant 1.0.0");
    }
  }

  @Test
  void takesACandidateBackThatDoesNotFitIntoTheMemoryAfterARestart(@TempDir Path root)
      throws InterruptedException {
    TestDevice device = withVersionOne(root);
    device.start(TestDevice.POLICY).offer(device.publish(2, "2.0.0", "good"));
    device.losePower();
    ScriptedEngine small = new ScriptedEngine();
    small.tooLarge = "assistant 2.0.0";
    try (DeviceAgent agent = device.startWith(small, TestDevice.POLICY)) {
      assertThat(((RolledBack) agent.state()).cause().reason()).isEqualTo(Reason.RESOURCES);
      assertThat(device.serving()).isEqualTo("assistant 1.0.0");
    }
  }

  @Test
  void takesACandidateBackWhoseEngineBreaks(@TempDir Path root) throws InterruptedException {
    TestDevice device = withVersionOne(root);
    try (DeviceAgent agent = device.start(TestDevice.POLICY)) {
      agent.offer(device.publish(2, "2.0.0", "good"));
      device.engine.broken = "assistant 2.0.0";
      device.pass(Duration.ofMinutes(10));
      assertThat(((RolledBack) agent.look()).cause().detail()).contains("lost its inputs");
      assertThat(device.serving()).isEqualTo("assistant 1.0.0");
    }
  }

  @Test
  void aCommittedReleaseThatNoLongerAnswersDoesNotHoldUpTheNext(@TempDir Path root)
      throws InterruptedException {
    TestDevice device = withVersionOne(root);
    try (DeviceAgent agent = device.start(TestDevice.POLICY)) {
      device.users(200);
      device.engine.broken = "assistant 1.0.0";
      DeviceState end = agent.rollOut(device.publish(2, "2.0.0", "good"), device.withUsers(30));
      assertThat(end).isInstanceOf(Committed.class);
    }
  }

  @Test
  void theNextLookTakesUpWhatAnInterruptCutOff(@TempDir Path root) throws InterruptedException {
    TestDevice device = withVersionOne(root);
    try (DeviceAgent agent = device.start(TestDevice.POLICY)) {
      device.delivery =
          offer -> {
            throw new InterruptedException();
          };
      Offer offer = device.publish(2, "2.0.0", "good");
      assertThatThrownBy(() -> agent.offer(offer)).isInstanceOf(InterruptedException.class);
      device.delivery = device::deliver;
      assertThat(agent.look()).isInstanceOf(Observing.class);
    }
  }

  @Test
  void whatTookThePlaceOfAnInterruptedStepIsDoneInstead(@TempDir Path root)
      throws InterruptedException {
    TestDevice device = withVersionOne(root);
    try (DeviceAgent agent = device.start(TestDevice.POLICY)) {
      device.delivery =
          offer -> {
            throw new InterruptedException();
          };
      Offer offer = device.publish(2, "2.0.0", "good");
      assertThatThrownBy(() -> agent.offer(offer)).isInstanceOf(InterruptedException.class);
      device.delivery = device::deliver;
      assertThat(agent.withdraw(3)).isInstanceOf(Rejected.class);
      assertThat(agent.look()).isInstanceOf(Rejected.class);
      assertThat(device.store.find(TestDevice.MODEL, offer.release().version())).isEmpty();
    }
  }

  @Test
  void anInterruptedStartLeavesNothingBehindAndIsNotHeldAgainstTheCandidate(@TempDir Path root)
      throws InterruptedException {
    TestDevice device = withVersionOne(root);
    Offer offer = device.publish(2, "2.0.0", "good");
    device.delivery =
        any -> {
          throw new InterruptedException();
        };
    DeviceAgent first = device.start(TestDevice.POLICY);
    assertThatThrownBy(() -> first.offer(offer)).isInstanceOf(InterruptedException.class);
    first.close();
    for (int again = 0; again < 5; again++) {
      assertThatThrownBy(() -> device.start(TestDevice.POLICY))
          .isInstanceOf(InterruptedException.class);
      assertThat(device.engine.inMemory).isEmpty();
    }
    device.delivery = device::deliver;
    try (DeviceAgent agent = device.start(TestDevice.POLICY)) {
      assertThat(agent.state()).isInstanceOf(Observing.class);
    }
  }

  @Test
  void closesQuietlyAfterTheRuntimeAndTheStore(@TempDir Path root) throws InterruptedException {
    TestDevice device = withVersionOne(root);
    DeviceAgent agent = device.start(TestDevice.POLICY);
    agent.offer(device.publish(2, "2.0.0", "good"));
    device.runtime.close();
    device.store.close();
    agent.close();
    agent.close();
    assertThatThrownBy(agent::look).hasMessageContaining("closed");
  }
}
