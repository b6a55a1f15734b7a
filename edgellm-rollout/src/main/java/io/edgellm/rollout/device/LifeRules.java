package io.edgellm.rollout.device;

import io.edgellm.rollout.device.DeviceEffect.ChargeTry;
import io.edgellm.rollout.device.DeviceEffect.Fetch;
import io.edgellm.rollout.device.DeviceEffect.MarkHealthy;
import io.edgellm.rollout.device.DeviceEffect.Serve;
import io.edgellm.rollout.device.DeviceEffect.Smoke;
import io.edgellm.rollout.device.DeviceEffect.SwitchTo;
import io.edgellm.rollout.device.DeviceEffect.Verify;
import io.edgellm.rollout.device.DeviceEvent.Booted;
import io.edgellm.rollout.device.DeviceEvent.Life;
import io.edgellm.rollout.device.DeviceEvent.StoreView;
import io.edgellm.rollout.device.DeviceState.Activating;
import io.edgellm.rollout.device.DeviceState.Downloading;
import io.edgellm.rollout.device.DeviceState.Idle;
import io.edgellm.rollout.device.DeviceState.Observing;
import io.edgellm.rollout.device.DeviceState.OnTrial;
import io.edgellm.rollout.device.DeviceState.Preparing;
import io.edgellm.rollout.device.DeviceState.Rejected;
import io.edgellm.rollout.device.DeviceState.RollingBack;
import io.edgellm.rollout.device.DeviceState.SafeMode;
import io.edgellm.rollout.device.DeviceState.Staged;
import io.edgellm.rollout.device.DeviceState.Verified;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The process began, or is about to end. What was under way is derived again from the state and the
 * store; a start that was cut off is charged.
 */
final class LifeRules {
  private LifeRules() {}

  static Decision decide(DeviceState state, Life life) {
    return life instanceof Booted booted ? booted(state, booted) : stopped(state, life.at());
  }

  private static Decision stopped(DeviceState state, Moment at) {
    if (state instanceof Verified s) {
      return Decision.of(new Verified(s.ledger(), s.candidate(), s.smokeRuns(), true));
    }
    if (state instanceof OnTrial s && s.trial().starts() > 0) {
      Trial trial = s.trial().stop(at);
      return Decision.of(
          s instanceof Activating
              ? new Activating(s.ledger(), trial)
              : new Observing(s.ledger(), trial));
    }
    return Decision.of(state);
  }

  private static Decision booted(DeviceState state, Booted event) {
    if (state instanceof OnTrial s) {
      return resumeTrial(s, event);
    }
    if (state instanceof RollingBack s) {
      return Rollback.begin(s.ledger(), s.from(), s.to(), s.cause(), s.next());
    }
    Release unknown = unknownTrial(state, event.store());
    if (unknown != null) {
      return endUnknownTrial(state, unknown);
    }
    if (state instanceof SafeMode s) {
      return Rollback.leaveSafeMode(s.ledger(), s, null);
    }
    return resume(adoptCurrent(state, event.store()), event.store());
  }

  private static Decision resumeTrial(OnTrial state, Booted event) {
    Release release = state.trial().release();
    if (state.trial().starts() == 0) {
      return Decision.of(state, new SwitchTo(release));
    }
    Release current = event.store().current();
    if (current == null || !current.is(release)) {
      return giveUp(state, Reason.INCONSISTENT, "The store has another current version.");
    }
    Trial trial = state.trial().start(event.at());
    if (trial.isOutOfTries()) {
      return giveUp(
          state, Reason.TRIES_EXHAUSTED, state.trial().starts() + " starts were cut off.");
    }
    if (trial.isCrashLoop()) {
      return giveUp(
          state,
          Reason.CRASH_LOOP,
          trial.startedAt().size()
              + " starts within "
              + trial.deployment().rules().crashLoop().within()
              + ".");
    }
    return Decision.of(
        new Activating(state.ledger(), trial),
        new ChargeTry(release, trial.starts()),
        new Serve(release));
  }

  private static Decision giveUp(OnTrial state, Reason reason, String detail) {
    return Rollback.ofTrial(state.ledger(), state.trial(), new Cause(reason, detail), null);
  }

  private static @Nullable Release unknownTrial(DeviceState state, StoreView store) {
    Release current = store.current();
    if (current == null || !store.onTrial()) {
      return null;
    }
    Ledger ledger = state.ledger();
    return ledger.committed() != null && ledger.committed().is(current) ? null : current;
  }

  private static Decision endUnknownTrial(DeviceState state, Release unknown) {
    Cause cause =
        new Cause(Reason.INCONSISTENT, "The store tries a version that the journal does not know.");
    return Rollback.begin(
        state.ledger(), unknown, state.ledger().committed(), cause, state.underWay().orElse(null));
  }

  private static DeviceState adoptCurrent(DeviceState state, StoreView store) {
    if (store.current() == null || store.onTrial()) {
      return state;
    }
    Ledger ledger = state.ledger().adopt(store.current());
    if (ledger.equals(state.ledger())) {
      return state;
    }
    return state instanceof Preparing ? Ledgers.replace(state, ledger) : new Idle(ledger);
  }

  private static Decision resume(DeviceState state, StoreView store) {
    List<DeviceEffect> effects = new ArrayList<>();
    Release committed = state.ledger().committed();
    if (committed != null && store.onTrial()) {
      effects.add(new MarkHealthy(committed));
    }
    if (committed != null) {
      effects.add(new Serve(committed));
    }
    if (state instanceof Downloading s) {
      effects.add(new Fetch(s.candidate().offer()));
    } else if (state instanceof Staged s) {
      effects.add(new Verify(s.candidate().offer()));
    } else if (state instanceof Verified s) {
      return resumeSmoke(s, effects);
    }
    return new Decision(state, effects, null);
  }

  private static Decision resumeSmoke(Verified state, List<DeviceEffect> effects) {
    Release release = state.candidate().release();
    int runs = state.stoppedCleanly() ? state.smokeRuns() : state.smokeRuns() + 1;
    if (runs > state.candidate().rules().tries()) {
      effects.addAll(Rollback.discard(state.ledger(), release));
      Cause cause =
          new Cause(Reason.SMOKE_CRASHED, state.smokeRuns() + " smoke tests were cut off.");
      return new Decision(new Rejected(state.ledger(), release, cause), effects, null);
    }
    effects.add(new Smoke(state.candidate().offer()));
    return new Decision(
        new Verified(state.ledger(), state.candidate(), runs, false), effects, null);
  }
}
