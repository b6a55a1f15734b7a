package io.edgellm.rollout.device;

import io.edgellm.rollout.device.DeviceEvent.Command;
import io.edgellm.rollout.device.DeviceEvent.Life;
import io.edgellm.rollout.device.DeviceEvent.Step;
import io.edgellm.rollout.device.DeviceEvent.Turn;
import io.edgellm.rollout.device.DeviceEvent.Watch;

/**
 * Decides what a device does next: a pure function of the state and of what happened. The same
 * events lead to the same states and effects on every machine and in every year, which is what
 * recovery by replay and the exhaustive search in the tests build on.
 *
 * <p>Who drives it keeps one order: decide, make the event durable, then perform the effects one by
 * one, then bring their outcomes as the next events. Under that order these hold at any crash:
 *
 * <ol type="a">
 *   <li>the store changes its current version in one atomic step;
 *   <li>a try is charged, durably, before the candidate is started with it;
 *   <li>the store is turned, durably, before the state says that the candidate serves or that the
 *       device is rolled back;
 *   <li>nothing of the last known good release is given away before the candidate is committed;
 *   <li>a reboot is never evidence of health.
 * </ol>
 */
public final class DeviceMachine {
  private DeviceMachine() {}

  /**
   * Decides.
   *
   * @param state where the device is
   * @param event what happened
   * @return where it is now, and what to do; an event that means nothing leaves the state as it is
   */
  public static Decision decide(DeviceState state, DeviceEvent event) {
    if (event instanceof Command command) {
      return CommandRules.decide(state, command);
    }
    if (event instanceof Step step) {
      return StepRules.decide(state, step);
    }
    if (event instanceof Turn turn) {
      return TurnRules.decide(state, turn);
    }
    if (event instanceof Watch watch) {
      return WatchRules.decide(state, watch);
    }
    return LifeRules.decide(state, (Life) event);
  }
}
