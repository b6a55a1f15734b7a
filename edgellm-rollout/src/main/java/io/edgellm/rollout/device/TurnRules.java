package io.edgellm.rollout.device;

import io.edgellm.model.Sha256;
import io.edgellm.rollout.device.DeviceEffect.ChargeTry;
import io.edgellm.rollout.device.DeviceEffect.Serve;
import io.edgellm.rollout.device.DeviceEvent.Restored;
import io.edgellm.rollout.device.DeviceEvent.Serving;
import io.edgellm.rollout.device.DeviceEvent.StartFailed;
import io.edgellm.rollout.device.DeviceEvent.Switched;
import io.edgellm.rollout.device.DeviceEvent.Turn;
import io.edgellm.rollout.device.DeviceState.Activating;
import io.edgellm.rollout.device.DeviceState.Observing;
import io.edgellm.rollout.device.DeviceState.OnTrial;
import io.edgellm.rollout.device.DeviceState.Preparing;
import io.edgellm.rollout.device.DeviceState.RollingBack;
import io.edgellm.rollout.device.DeviceState.SafeMode;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** How the device is turned to the candidate, and back to what it knows. */
final class TurnRules {
  private TurnRules() {}

  static Decision decide(DeviceState state, Turn turn) {
    if (state instanceof OnTrial s && s.trial().release().digest().equals(turn.digest())) {
      return tried(s, turn);
    }
    if (state instanceof RollingBack s && Objects.equals(digestOf(s.to()), turn.digest())) {
      return wentBack(s, turn);
    }
    if (turn instanceof StartFailed failed
        && isResting(state)
        && Objects.equals(digestOf(state.ledger().committed()), turn.digest())) {
      return Rollback.ofCommitted(state.ledger(), failed.cause());
    }
    return late(state);
  }

  private static Decision tried(OnTrial state, Turn turn) {
    Trial trial = state.trial();
    boolean activating = state instanceof Activating;
    if (turn instanceof Switched switched && activating && trial.starts() == 0) {
      Trial started = trial.start(switched.at());
      return Decision.of(
          new Activating(state.ledger(), started),
          new ChargeTry(trial.release(), started.starts()),
          new Serve(trial.release()));
    }
    if (turn instanceof Serving serving && activating && trial.starts() > 0) {
      return Decision.of(new Observing(state.ledger(), trial.serve(serving.at())));
    }
    if (turn instanceof StartFailed failed && activating) {
      return Rollback.ofTrial(state.ledger(), trial, failed.cause(), null);
    }
    return late(state);
  }

  private static Decision wentBack(RollingBack state, Turn turn) {
    Release to = state.to();
    if (turn instanceof Restored && !state.storeTurned()) {
      return to == null
          ? Rollback.finish(state)
          : Decision.of(
              new RollingBack(state.ledger(), state.from(), to, state.cause(), true, state.next()),
              new Serve(to));
    }
    if (turn instanceof Serving && state.storeTurned()) {
      return Rollback.finish(state);
    }
    return turn instanceof StartFailed failed ? Rollback.fail(state, failed.cause()) : late(state);
  }

  private static boolean isResting(DeviceState state) {
    return !(state instanceof Preparing
        || state instanceof OnTrial
        || state instanceof RollingBack
        || state instanceof SafeMode);
  }

  private static @Nullable Sha256 digestOf(@Nullable Release release) {
    return release == null ? null : release.digest();
  }

  private static Decision late(DeviceState state) {
    return Decision.ignore(state, "Nothing waits for this any more.");
  }
}
