package io.edgellm.rollout.device;

import io.edgellm.rollout.device.DeviceEffect.Discard;
import io.edgellm.rollout.device.DeviceEffect.MarkHealthy;
import io.edgellm.rollout.device.DeviceEffect.Unload;
import io.edgellm.rollout.device.DeviceEvent.GatesPassed;
import io.edgellm.rollout.device.DeviceEvent.Harmed;
import io.edgellm.rollout.device.DeviceEvent.Observed;
import io.edgellm.rollout.device.DeviceEvent.Watch;
import io.edgellm.rollout.device.DeviceState.Committed;
import io.edgellm.rollout.device.DeviceState.Observing;
import io.edgellm.rollout.device.DeviceState.OnTrial;
import java.util.ArrayList;
import java.util.List;

/** What was observed while the candidate served. */
final class WatchRules {
  private WatchRules() {}

  static Decision decide(DeviceState state, Watch watch) {
    if (state instanceof OnTrial s && watch instanceof Harmed harmed) {
      return Rollback.ofTrial(s.ledger(), s.trial(), harmed.cause(), null);
    }
    if (state instanceof Observing s && watch instanceof GatesPassed passed) {
      Trial trial = s.trial().observe(passed.counted(), passed.at());
      return trial.isSufficient() ? commit(s.ledger(), trial) : goOn(s.ledger(), trial);
    }
    if (state instanceof Observing s && watch instanceof Observed observed) {
      return goOn(s.ledger(), s.trial().observe(observed.counted(), observed.at()));
    }
    return Decision.ignore(state, "No candidate is on trial.");
  }

  private static Decision goOn(Ledger ledger, Trial trial) {
    if (!trial.isOverdue()) {
      return Decision.of(new Observing(ledger, trial));
    }
    String detail =
        trial.evidence().requests()
            + " requests in "
            + trial.observed()
            + " are not enough to judge.";
    return Rollback.ofTrial(ledger, trial, new Cause(Reason.NO_EVIDENCE, detail), null);
  }

  private static Decision commit(Ledger ledger, Trial trial) {
    Release release = trial.release();
    Ledger after = ledger.commit(release);
    List<DeviceEffect> effects = new ArrayList<>();
    effects.add(new MarkHealthy(release));
    if (after.previous() != null && !after.previous().is(release)) {
      effects.add(new Unload(after.previous()));
    }
    if (ledger.previous() != null && !after.keeps(ledger.previous())) {
      effects.add(new Discard(ledger.previous()));
    }
    return new Decision(
        new Committed(
            after, trial.deployment().offer().deployment(), trial.evidence(), trial.observed()),
        effects,
        null);
  }
}
