package io.edgellm.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import io.edgellm.rollout.device.DeviceState.Committed;
import io.edgellm.rollout.device.DeviceState.Observing;
import io.edgellm.rollout.device.DeviceState.RolledBack;
import io.edgellm.rollout.device.Offer;
import io.edgellm.store.ModelState;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The first release of a device, which has nothing to go back to. */
class FirstReleaseTest {
  private final TestDevice device;

  FirstReleaseTest(@TempDir Path root) {
    this.device = new TestDevice(root);
  }

  private ModelState inStore() {
    return device.store.state(TestDevice.MODEL);
  }

  @Test
  void leavesNothingActiveWhenItFailsItsTrial() throws InterruptedException {
    try (DeviceAgent agent = device.start(TestDevice.POLICY)) {
      Offer bad = device.publish(1, "1.0.0", "fails-on-users");
      assertThat(agent.rollOut(bad, device.withUsers(30))).isInstanceOf(RolledBack.class);
      assertThat(device.serving()).isEqualTo("nothing");
      assertThat(inStore().status()).isEqualTo(ModelState.Status.NONE);
    }
    device.reboot();
    try (DeviceAgent agent = device.start(TestDevice.POLICY)) {
      assertThat(agent.state()).isInstanceOf(RolledBack.class);
      assertThat(device.serving()).isEqualTo("nothing");
    }
  }

  @Test
  void isFollowedByAGoodOneAfterItFailed() throws InterruptedException {
    try (DeviceAgent agent = device.start(TestDevice.POLICY)) {
      agent.rollOut(device.publish(1, "1.0.0", "fails-on-users"), device.withUsers(30));
      Offer good = device.publish(2, "2.0.0", "good");
      assertThat(agent.rollOut(good, device.withUsers(30))).isInstanceOf(Committed.class);
      assertThat(device.serving()).isEqualTo("assistant 2.0.0");
      assertThat(inStore().previous()).isNull();
    }
  }

  @Test
  void isGivenUpWhenItsJournalIsLost(@TempDir Path elsewhere) throws InterruptedException {
    try (DeviceAgent agent = device.start(TestDevice.POLICY)) {
      assertThat(agent.offer(device.publish(1, "1.0.0", "good"))).isInstanceOf(Observing.class);
    }
    assertThat(inStore().status()).isEqualTo(ModelState.Status.TRIAL);
    try (DeviceAgent agent =
        DeviceAgent.builder(
                TestDevice.MODEL, device.store, device.verifier(), device.runtime, device::deliver)
            .policy(TestDevice.POLICY)
            .clock(device::now)
            .start(elsewhere.resolve("journal"))) {
      assertThat(agent.state()).isInstanceOf(RolledBack.class);
      assertThat(inStore().status()).isEqualTo(ModelState.Status.NONE);
      assertThat(device.serving()).isEqualTo("nothing");
    }
  }
}
