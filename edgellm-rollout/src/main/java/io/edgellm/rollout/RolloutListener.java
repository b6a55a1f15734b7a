package io.edgellm.rollout;

import io.edgellm.rollout.device.DeviceEvent;
import io.edgellm.rollout.device.DeviceState;
import io.edgellm.rollout.gate.GateResult;
import java.util.List;

/**
 * Hears how a rollout goes, to show it. Called in order by the thread that drives the device, which
 * waits for it. Exceptions of a listener are logged at debug and change nothing.
 */
public interface RolloutListener {
  /** The state changed. The event is durable; its effects are still to come. */
  default void onChange(DeviceState from, DeviceEvent event, DeviceState to) {}

  /** The gates were asked. */
  default void onLook(List<GateResult> results) {}

  /** An event meant nothing. */
  default void onIgnored(DeviceEvent event, String why) {}

  /** Returns a listener that hears nothing. */
  static RolloutListener silent() {
    return new RolloutListener() {};
  }
}
