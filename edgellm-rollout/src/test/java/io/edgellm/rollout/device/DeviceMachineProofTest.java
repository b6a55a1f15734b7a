package io.edgellm.rollout.device;

import static org.assertj.core.api.Assertions.assertThat;

import io.edgellm.rollout.device.DeviceSearch.World;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The machine as it ships, in every situation that the search can think of. */
class DeviceMachineProofTest {
  @Test
  void keepsEveryInvariantUnderEveryOrderOfEventsFailuresAndPowerLosses() {
    Set<String> reached = new HashSet<>();
    int devices = 0;
    for (World world : World.all()) {
      DeviceSearch search = new DeviceSearch(world, DeviceMachine::decide);
      devices += search.run();
      reached.addAll(search.statesReached());
    }
    System.out.println("Device machine: " + devices + " devices reached, no violation.");
    assertThat(reached)
        .containsExactlyInAnyOrder(
            "Idle",
            "Downloading",
            "Staged",
            "Verified",
            "Ready",
            "Activating",
            "Observing",
            "Committed",
            "Rejected",
            "RollingBack",
            "RolledBack",
            "SafeMode");
  }
}
