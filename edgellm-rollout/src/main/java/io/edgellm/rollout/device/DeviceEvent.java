package io.edgellm.rollout.device;

import io.edgellm.model.Sha256;
import org.jspecify.annotations.Nullable;

/**
 * Something that happened to a device: a command from outside, the outcome of an effect, what was
 * observed, or the life of the process itself. An outcome names what it is about, so that one that
 * comes late, after something else took its place, is ignored.
 */
public sealed interface DeviceEvent {

  /** Returns when it happened. */
  Moment at();

  /** Somebody outside wants something. */
  sealed interface Command extends DeviceEvent {}

  /** A candidate came one step nearer to its activation, or did not. */
  sealed interface Step extends DeviceEvent {
    /** Returns the epoch of its offer: the same release may be offered again. */
    long epoch();
  }

  /** The device was turned to a release, or was not. */
  sealed interface Turn extends DeviceEvent {
    /** Returns the release; null stands for none at all. */
    @Nullable Sha256 digest();
  }

  /** The candidate was watched. */
  sealed interface Watch extends DeviceEvent {}

  /** The process began or is about to end. */
  sealed interface Life extends DeviceEvent {}

  /**
   * A release is offered.
   *
   * @param offer the release, and the epoch of the command
   * @param rules what it must survive
   * @param at when
   */
  record Offered(Offer offer, TrialRules rules, Moment at) implements Command {}

  /**
   * Whoever offered the newest release takes it back.
   *
   * @param epoch the epoch of the command; at least the epoch of what it takes back
   * @param at when
   */
  record Withdrawn(long epoch, Moment at) implements Command {}

  /**
   * The user wants the previous model again.
   *
   * @param at when
   */
  record Undone(Moment at) implements Command {}

  /**
   * The time to take over has come.
   *
   * @param digest the candidate
   * @param baseline what the release before it reached until now
   * @param at when
   */
  record ActivationAllowed(Sha256 digest, Baseline baseline, Moment at) implements Command {}

  /**
   * All files are in the store.
   *
   * @param epoch the epoch of its offer
   * @param at when
   */
  record Delivered(long epoch, Moment at) implements Step {}

  /**
   * The candidate is what it says, from whom the device trusts.
   *
   * @param epoch the epoch of its offer
   * @param at when
   */
  record VerificationPassed(long epoch, Moment at) implements Step {}

  /**
   * The candidate loads and answers.
   *
   * @param epoch the epoch of its offer
   * @param at when
   */
  record SmokePassed(long epoch, Moment at) implements Step {}

  /**
   * A step before the activation failed.
   *
   * @param epoch the epoch of its offer
   * @param cause why
   * @param at when
   */
  record Refused(long epoch, Cause cause, Moment at) implements Step {}

  /**
   * The store has the candidate as its current version, durably.
   *
   * @param digest the candidate
   * @param at when
   */
  record Switched(Sha256 digest, Moment at) implements Turn {}

  /**
   * The store has the release that is gone back to as its current version, durably.
   *
   * @param digest that release, or null if the store has no current version now
   * @param at when
   */
  record Restored(@Nullable Sha256 digest, Moment at) implements Turn {}

  /**
   * A release answers requests.
   *
   * @param digest which
   * @param at when
   */
  record Serving(Sha256 digest, Moment at) implements Turn {}

  /**
   * A release could not be made current or could not be loaded.
   *
   * @param digest which; null if the store could not even be turned back to no version at all
   * @param cause why
   * @param at when
   */
  record StartFailed(@Nullable Sha256 digest, Cause cause, Moment at) implements Turn {}

  /**
   * Nothing can be said yet; time passes.
   *
   * @param counted what was counted since this run of the process began
   * @param at when
   */
  record Observed(Evidence counted, Moment at) implements Watch {}

  /**
   * Every gate is content.
   *
   * @param counted what was counted since this run of the process began
   * @param at when
   */
  record GatesPassed(Evidence counted, Moment at) implements Watch {}

  /**
   * A gate, a watchdog or a limit found harm.
   *
   * @param cause what, with figures
   * @param at when
   */
  record Harmed(Cause cause, Moment at) implements Watch {}

  /**
   * The process began. What the store says is part of the event, so that replaying the journal
   * needs no store.
   *
   * @param store what the store holds
   * @param at when
   */
  record Booted(StoreView store, Moment at) implements Life {}

  /**
   * The process is about to end as it should.
   *
   * @param at when
   */
  record Stopped(Moment at) implements Life {}

  /**
   * What the store says at the beginning of a process.
   *
   * @param current its current version, or null
   * @param onTrial whether that version was not marked healthy yet
   */
  record StoreView(@Nullable Release current, boolean onTrial) {
    /** Nothing is installed. */
    public static final StoreView EMPTY = new StoreView(null, false);
  }
}
