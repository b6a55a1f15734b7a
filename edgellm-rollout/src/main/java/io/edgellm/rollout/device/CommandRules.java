package io.edgellm.rollout.device;

import io.edgellm.rollout.device.DeviceEffect.Fetch;
import io.edgellm.rollout.device.DeviceEffect.SwitchTo;
import io.edgellm.rollout.device.DeviceEvent.ActivationAllowed;
import io.edgellm.rollout.device.DeviceEvent.Command;
import io.edgellm.rollout.device.DeviceEvent.Offered;
import io.edgellm.rollout.device.DeviceEvent.Withdrawn;
import io.edgellm.rollout.device.DeviceState.Activating;
import io.edgellm.rollout.device.DeviceState.Committed;
import io.edgellm.rollout.device.DeviceState.Downloading;
import io.edgellm.rollout.device.DeviceState.Idle;
import io.edgellm.rollout.device.DeviceState.OnTrial;
import io.edgellm.rollout.device.DeviceState.Preparing;
import io.edgellm.rollout.device.DeviceState.Ready;
import io.edgellm.rollout.device.DeviceState.Rejected;
import io.edgellm.rollout.device.DeviceState.RollingBack;
import io.edgellm.rollout.device.DeviceState.SafeMode;

/** What somebody outside wants: to offer, to take back, to undo, to let the candidate take over. */
final class CommandRules {
  private CommandRules() {}

  static Decision decide(DeviceState state, Command command) {
    if (command instanceof Offered offered) {
      return offered(state, offered);
    }
    if (command instanceof Withdrawn withdrawn) {
      return withdrawn(state, withdrawn);
    }
    if (command instanceof ActivationAllowed allowed) {
      return allowed(state, allowed);
    }
    return undone(state);
  }

  private static Decision offered(DeviceState state, Offered event) {
    Offer offer = event.offer();
    if (!state.ledger().accepts(offer)) {
      return Decision.ignore(
          state, "Epoch " + offer.epoch() + " is not newer than " + state.ledger().epoch() + ".");
    }
    Ledger ledger = state.ledger().heard(offer.epoch());
    Deployment next = new Deployment(offer, event.rules());
    if (state instanceof RollingBack s) {
      return Decision.of(
          new RollingBack(ledger, s.from(), s.to(), s.cause(), s.storeTurned(), next));
    }
    if (state instanceof OnTrial s) {
      return s.trial().release().is(offer.release())
          ? Decision.of(Ledgers.replace(s, ledger))
          : Rollback.ofTrial(ledger, s.trial(), supersededBy(offer), next);
    }
    if (state instanceof SafeMode s) {
      return Rollback.leaveSafeMode(ledger, s, next);
    }
    if (ledger.committed() != null && ledger.committed().is(offer.release())) {
      return backToCommitted(state, ledger);
    }
    return prepare(state, ledger, next);
  }

  private static Cause supersededBy(Offer offer) {
    return new Cause(Reason.SUPERSEDED, offer.release().title() + " was offered.");
  }

  private static Decision backToCommitted(DeviceState state, Ledger ledger) {
    if (state instanceof Preparing s) {
      return new Decision(
          new Idle(ledger), Rollback.discard(ledger, s.candidate().release()), null);
    }
    return Decision.of(Ledgers.replace(state, ledger));
  }

  private static Decision prepare(DeviceState state, Ledger ledger, Deployment next) {
    Downloading downloading = new Downloading(ledger, next);
    Fetch fetch = new Fetch(next.offer());
    return state instanceof Preparing s && !s.candidate().release().is(next.release())
        ? Rollback.discarding(downloading, s.candidate().release(), fetch)
        : Decision.of(downloading, fetch);
  }

  private static Decision withdrawn(DeviceState state, Withdrawn event) {
    if (event.epoch() < state.ledger().epoch()) {
      return Decision.ignore(
          state, "Epoch " + event.epoch() + " is older than " + state.ledger().epoch() + ".");
    }
    Ledger ledger = state.ledger().heard(event.epoch());
    Cause cause =
        new Cause(Reason.WITHDRAWN, "It was taken back with epoch " + event.epoch() + ".");
    if (state instanceof Preparing s) {
      return reject(s, ledger, cause);
    }
    if (state instanceof OnTrial s) {
      return Rollback.ofTrial(ledger, s.trial(), cause, null);
    }
    if (state instanceof RollingBack s) {
      return Decision.of(
          new RollingBack(ledger, s.from(), s.to(), s.cause(), s.storeTurned(), null));
    }
    if (state instanceof Committed && ledger.undoTarget().isPresent()) {
      return Rollback.ofCommitted(ledger, cause);
    }
    return Decision.of(Ledgers.replace(state, ledger));
  }

  private static Decision undone(DeviceState state) {
    Cause cause = new Cause(Reason.USER_UNDO, "The user asked for the previous model.");
    if (state instanceof Preparing s) {
      return reject(s, s.ledger(), cause);
    }
    if (state instanceof OnTrial s) {
      return Rollback.ofTrial(s.ledger(), s.trial(), cause, null);
    }
    if (state instanceof RollingBack) {
      return Decision.ignore(state, "The previous model is on its way back already.");
    }
    return state.ledger().undoTarget().isPresent()
        ? Rollback.ofCommitted(state.ledger(), cause)
        : Decision.ignore(state, "There is no previous model to go back to.");
  }

  private static Decision reject(Preparing state, Ledger ledger, Cause cause) {
    Release release = state.candidate().release();
    return Rollback.discarding(new Rejected(ledger, release, cause), release);
  }

  private static Decision allowed(DeviceState state, ActivationAllowed event) {
    if (state instanceof Ready s && s.candidate().release().digest().equals(event.digest())) {
      Trial trial = Trial.of(s.candidate(), event.baseline(), event.at());
      return Decision.of(new Activating(s.ledger(), trial), new SwitchTo(trial.release()));
    }
    return Decision.ignore(state, "No candidate with this digest waits to take over.");
  }
}
