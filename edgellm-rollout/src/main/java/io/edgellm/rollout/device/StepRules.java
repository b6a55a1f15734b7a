package io.edgellm.rollout.device;

import io.edgellm.rollout.device.DeviceEffect.Smoke;
import io.edgellm.rollout.device.DeviceEffect.Verify;
import io.edgellm.rollout.device.DeviceEvent.Delivered;
import io.edgellm.rollout.device.DeviceEvent.Refused;
import io.edgellm.rollout.device.DeviceEvent.SmokePassed;
import io.edgellm.rollout.device.DeviceEvent.Step;
import io.edgellm.rollout.device.DeviceEvent.VerificationPassed;
import io.edgellm.rollout.device.DeviceState.Downloading;
import io.edgellm.rollout.device.DeviceState.Preparing;
import io.edgellm.rollout.device.DeviceState.Ready;
import io.edgellm.rollout.device.DeviceState.Rejected;
import io.edgellm.rollout.device.DeviceState.Staged;
import io.edgellm.rollout.device.DeviceState.Verified;

/** How a candidate comes to the device and is looked at, before it serves anybody. */
final class StepRules {
  private StepRules() {}

  static Decision decide(DeviceState state, Step step) {
    return state instanceof Preparing s && s.candidate().offer().epoch() == step.epoch()
        ? advance(s, step)
        : late(state);
  }

  private static Decision advance(Preparing state, Step step) {
    Deployment candidate = state.candidate();
    if (step instanceof Refused refused) {
      Release release = candidate.release();
      return Rollback.discarding(new Rejected(state.ledger(), release, refused.cause()), release);
    }
    if (step instanceof Delivered && state instanceof Downloading) {
      return Decision.of(new Staged(state.ledger(), candidate), new Verify(candidate.offer()));
    }
    if (step instanceof VerificationPassed && state instanceof Staged) {
      return Decision.of(
          new Verified(state.ledger(), candidate, 1, false), new Smoke(candidate.offer()));
    }
    if (step instanceof SmokePassed && state instanceof Verified) {
      return Decision.of(new Ready(state.ledger(), candidate));
    }
    return late(state);
  }

  private static Decision late(DeviceState state) {
    return Decision.ignore(state, "No candidate waits for this any more.");
  }
}
