package io.edgellm.rollout.device;

import io.edgellm.rollout.device.DeviceState.Activating;
import io.edgellm.rollout.device.DeviceState.Committed;
import io.edgellm.rollout.device.DeviceState.Downloading;
import io.edgellm.rollout.device.DeviceState.Idle;
import io.edgellm.rollout.device.DeviceState.Observing;
import io.edgellm.rollout.device.DeviceState.Ready;
import io.edgellm.rollout.device.DeviceState.Rejected;
import io.edgellm.rollout.device.DeviceState.RolledBack;
import io.edgellm.rollout.device.DeviceState.RollingBack;
import io.edgellm.rollout.device.DeviceState.SafeMode;
import io.edgellm.rollout.device.DeviceState.Staged;
import io.edgellm.rollout.device.DeviceState.Verified;

/** Puts another ledger into a state that stays what it is otherwise. */
final class Ledgers {
  private Ledgers() {}

  static DeviceState replace(DeviceState state, Ledger ledger) {
    if (state instanceof Downloading s) {
      return new Downloading(ledger, s.candidate());
    }
    if (state instanceof Staged s) {
      return new Staged(ledger, s.candidate());
    }
    if (state instanceof Verified s) {
      return new Verified(ledger, s.candidate(), s.smokeRuns(), s.stoppedCleanly());
    }
    if (state instanceof Ready s) {
      return new Ready(ledger, s.candidate());
    }
    if (state instanceof Activating s) {
      return new Activating(ledger, s.trial());
    }
    if (state instanceof Observing s) {
      return new Observing(ledger, s.trial());
    }
    if (state instanceof Committed s) {
      return new Committed(ledger, s.deployment(), s.evidence(), s.observed());
    }
    if (state instanceof Rejected s) {
      return new Rejected(ledger, s.release(), s.cause());
    }
    if (state instanceof RollingBack s) {
      return new RollingBack(ledger, s.from(), s.to(), s.cause(), s.storeTurned(), s.next());
    }
    if (state instanceof RolledBack s) {
      return new RolledBack(ledger, s.release(), s.cause());
    }
    return state instanceof SafeMode s
        ? new SafeMode(ledger, s.release(), s.cause())
        : new Idle(ledger);
  }
}
