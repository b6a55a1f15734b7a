package io.edgellm.rollout.device;

import io.edgellm.rollout.device.DeviceEvent.Booted;
import io.edgellm.rollout.device.DeviceEvent.GatesPassed;
import io.edgellm.rollout.device.DeviceEvent.Offered;
import io.edgellm.rollout.device.DeviceEvent.Withdrawn;
import io.edgellm.rollout.device.DeviceState.Committed;
import io.edgellm.rollout.device.DeviceState.Observing;
import io.edgellm.rollout.device.DeviceState.OnTrial;
import io.edgellm.rollout.device.DeviceState.RolledBack;
import java.util.Objects;

/**
 * What must hold of a device at any time and over every step: I1 the current version is verified
 * and there, I2 so is the last known good one, I3 nothing is committed without evidence, I4 an
 * unproven candidate has at most as many starts as it has tries, I5 the store agrees with what the
 * state claims, I7 what did harm is not activated again without a newer approval, I8 a stale
 * command does nothing. (I6, that there is always a way to an end, is a property of the whole
 * graph.)
 */
final class Invariants {
  private Invariants() {}

  static final class Violation extends AssertionError {
    private static final long serialVersionUID = 1L;

    Violation(String invariant, String what) {
      super(invariant + ": " + what);
    }
  }

  static void require(boolean holds, String invariant, String what) {
    if (!holds) {
      throw new Violation(invariant, what);
    }
  }

  /** Holds of every device that can be reached. */
  static void check(AbstractDevice d) {
    Release committed = d.state().ledger().committed();
    Release current = d.disk().current();
    require(
        current == null || (d.disk().holds(current) && d.disk().trusts(current)),
        "I1",
        "the current version is absent or unverified");
    require(
        committed == null || current != null, "I1", "a device with a model has no current version");
    require(committed == null || d.disk().holds(committed), "I2", "the last known good is gone");
    require(d.truth().starts() <= AbstractDevice.RULES.tries(), "I4", "one start too many");
    require(d.truth().smokes() <= AbstractDevice.RULES.tries(), "I4", "one smoke test too many");
    if (d.state() instanceof Observing s) {
      require(s.trial().release().equals(current), "I5", "observes what is not current");
    }
    if (d.state() instanceof RolledBack || d.state() instanceof Committed) {
      require(Objects.equals(committed, current), "I5", "the store is not where the state says");
    }
    boolean quiet = d.up() && d.todo().isEmpty() && d.outcomes().isEmpty();
    if (quiet && isServing(d.state())) {
      checkServing(d);
    }
  }

  private static boolean isServing(DeviceState state) {
    return state instanceof OnTrial || state instanceof RolledBack || state instanceof Committed;
  }

  private static void checkServing(AbstractDevice d) {
    Release expected =
        d.state() instanceof OnTrial s ? s.trial().release() : d.state().ledger().committed();
    require(
        Objects.equals(expected, d.serving()), "I5", "something else serves than the state says");
  }

  /**
   * Holds of every decision.
   *
   * @param before the device before the event came
   * @param truth what is true with the event
   */
  static void check(
      AbstractDevice before, AbstractDevice.Truth truth, DeviceEvent event, Decision decision) {
    boolean stale =
        (event instanceof Offered o && o.offer().epoch() <= before.truth().newestEpoch())
            || (event instanceof Withdrawn w && w.epoch() < before.truth().newestEpoch());
    if (stale) {
      require(
          decision.state().equals(before.state()) && decision.effects().isEmpty(),
          "I8",
          "a stale command changed something");
    }
    if (decision.state() instanceof Committed && !(before.state() instanceof Committed)) {
      require(event instanceof GatesPassed, "I3", "committed by " + event);
      require(
          truth.observed() >= AbstractDevice.RULES.minObservation().toSeconds()
              && truth.requests() >= AbstractDevice.RULES.minRequests(),
          "I3",
          "committed without evidence");
    }
    if (event instanceof Booted
        && before.state() instanceof OnTrial s
        && decision.state() instanceof OnTrial t) {
      require(
          t.trial().observed().equals(s.trial().observed()), "I3", "a boot counts as observation");
    }
  }

  static void requireTrusted(AbstractDevice d, Release release) {
    require(d.disk().trusts(release), "I1", "starts what was not verified");
    requireNotHarmful(d, release);
  }

  static void requireActivatable(AbstractDevice d, Release release) {
    require(d.disk().trusts(release), "I1", "activates what was not verified");
    requireNotHarmful(d, release);
  }

  private static void requireNotHarmful(AbstractDevice d, Release release) {
    long harmed = d.truth().harmed().of(release);
    require(
        harmed == 0 || d.truth().approved().of(release) > harmed,
        "I7",
        "activates again what did harm");
  }
}
