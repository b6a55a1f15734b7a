package io.edgellm.rollout.device;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.edgellm.rollout.device.DeviceEffect.ChargeTry;
import io.edgellm.rollout.device.DeviceEffect.Discard;
import io.edgellm.rollout.device.DeviceEffect.Restore;
import io.edgellm.rollout.device.DeviceEffect.Serve;
import io.edgellm.rollout.device.DeviceEffect.SwitchTo;
import io.edgellm.rollout.device.DeviceEvent.ActivationAllowed;
import io.edgellm.rollout.device.DeviceEvent.Booted;
import io.edgellm.rollout.device.DeviceEvent.GatesPassed;
import io.edgellm.rollout.device.DeviceEvent.Harmed;
import io.edgellm.rollout.device.DeviceEvent.Offered;
import io.edgellm.rollout.device.DeviceEvent.Switched;
import io.edgellm.rollout.device.DeviceEvent.Undone;
import io.edgellm.rollout.device.DeviceSearch.World;
import io.edgellm.rollout.device.DeviceState.Activating;
import io.edgellm.rollout.device.DeviceState.Committed;
import io.edgellm.rollout.device.DeviceState.Observing;
import io.edgellm.rollout.device.DeviceState.RolledBack;
import io.edgellm.rollout.device.DeviceState.RollingBack;
import io.edgellm.rollout.device.DeviceState.SafeMode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;

/**
 * Machines and drivers with one fault each. A search that does not find them would prove nothing
 * about the machine that ships.
 */
class DeviceMachineMutantsTest {

  @Test
  void findsAStoreThatDeletesTheOldVersionBeforeItNamesTheNewOne() {
    // Order rule (a): the switch is two steps, with a power loss between them.
    requireFound(
        "I1",
        DeviceMachine::decide,
        (device, effect) ->
            effect instanceof SwitchTo && device.disk().current() != null
                ? unlinked(device, effect)
                : EffectModel.succeed(device, effect));
  }

  private static AbstractDevice unlinked(AbstractDevice d, DeviceEffect effect) {
    List<DeviceEffect> again = new ArrayList<>(d.todo());
    again.add(0, effect);
    return new AbstractDevice(
        d.state(),
        true,
        List.copyOf(again),
        d.outcomes(),
        d.disk().switched(null, false),
        d.serving(),
        d.boot(),
        d.uptimeSeconds(),
        d.truth());
  }

  @Test
  void findsAStartThatIsChargedAfterwards() {
    // Order rule (b), between two effects.
    requireFound(
        "I4",
        changing(
            decision ->
                decision.effects().stream().anyMatch(ChargeTry.class::isInstance)
                    ? with(decision, reversed(decision.effects()))
                    : decision));
  }

  @Test
  void findsAStartThatIsNotChargedAfterAPowerLoss() {
    // Order rule (b), over a restart: the trial goes on with the tries it had.
    requireFound(
        "I4",
        (state, event) ->
            event instanceof Booted && state instanceof Observing s
                ? Decision.of(
                    new Activating(s.ledger(), s.trial()),
                    new ChargeTry(s.trial().release(), s.trial().starts()),
                    new Serve(s.trial().release()))
                : DeviceMachine.decide(state, event));
  }

  @Test
  void findsASmokeTestThatIsRepeatedForEver() {
    requireFound(
        "I4",
        (state, event) ->
            event instanceof Booted && state instanceof DeviceState.Verified s
                ? Decision.of(s, new DeviceEffect.Smoke(s.candidate().offer()))
                : DeviceMachine.decide(state, event));
  }

  @Test
  void findsAStateThatRunsAheadOfTheStore() {
    // Order rule (c): the candidate is said to be current before the store says so.
    requireFound(
        "I5",
        (state, event) -> {
          Decision decision = DeviceMachine.decide(state, event);
          return event instanceof ActivationAllowed
                  && decision.state() instanceof Activating s
                  && s.trial().starts() == 0
              ? Decision.of(
                  new Observing(s.ledger(), s.trial().start(event.at())),
                  new SwitchTo(s.trial().release()),
                  new ChargeTry(s.trial().release(), 1),
                  new Serve(s.trial().release()))
              : decision;
        });
  }

  @Test
  void findsARollbackThatIsDeclaredBeforeTheStoreIsTurned() {
    // Order rule (c), on the way back.
    requireFound(
        "I5",
        (state, event) -> {
          Decision decision = DeviceMachine.decide(state, event);
          return event instanceof Harmed && decision.state() instanceof RollingBack s
              ? new Decision(
                  new RolledBack(s.ledger(), s.from(), s.cause()), decision.effects(), null)
              : decision;
        });
  }

  @Test
  void findsALastKnownGoodReleaseThatIsGivenAwayTooEarly() {
    // Order rule (d).
    requireFound(
        "I2",
        (state, event) -> {
          Decision decision = DeviceMachine.decide(state, event);
          Release good = state.ledger().committed();
          if (!(event instanceof Switched) || good == null || decision.effects().isEmpty()) {
            return decision;
          }
          List<DeviceEffect> effects = new ArrayList<>(decision.effects());
          effects.add(new Discard(good));
          return with(decision, effects);
        });
  }

  @Test
  void findsARebootThatCountsAsHealth() {
    // Order rule (e): it came up again, so it must be good.
    requireFound(
        "I3",
        (state, event) ->
            event instanceof Booted && state instanceof Observing s
                ? Decision.of(
                    new Committed(
                        s.ledger().commit(s.trial().release()),
                        "d",
                        s.trial().evidence(),
                        Duration.ZERO),
                    new Serve(s.trial().release()))
                : DeviceMachine.decide(state, event));
  }

  @Test
  void findsACommitWithoutRequests() {
    requireFound(
        "I3",
        (state, event) ->
            event instanceof GatesPassed g && state instanceof Observing
                ? DeviceMachine.decide(state, new GatesPassed(new Evidence(5, 0, 0, 0), g.at()))
                : DeviceMachine.decide(state, event));
  }

  @Test
  void findsAMachineThatForgetsHarm() {
    requireFound(
        "I7",
        (state, event) -> {
          Decision decision = DeviceMachine.decide(state, event);
          return state instanceof RollingBack s
                  && s.next() != null
                  && !(decision.state() instanceof RollingBack)
              ? DeviceMachine.decide(
                  new RollingBack(
                      s.ledger(),
                      s.from(),
                      s.to(),
                      new Cause(Reason.SUPERSEDED, "forgotten"),
                      s.storeTurned(),
                      s.next()),
                  event)
              : decision;
        });
  }

  @Test
  void findsAnUndoThatReturnsToTheReleaseThatWasGivenUp() {
    requireFound(
        "I1",
        (state, event) ->
            event instanceof Undone && state instanceof RolledBack s
                ? Rollback.begin(
                    s.ledger(),
                    s.ledger().committed() == null ? s.release() : s.ledger().committed(),
                    s.release(),
                    s.cause(),
                    null)
                : DeviceMachine.decide(state, event));
  }

  @Test
  void findsAMachineThatListensToStaleCommands() {
    requireFound(
        "I8",
        (state, event) ->
            event instanceof Offered o
                ? DeviceMachine.decide(
                    Ledgers.replace(
                        state,
                        new Ledger(
                            state.ledger().committed(),
                            state.ledger().previous(),
                            Math.min(state.ledger().epoch(), o.offer().epoch() - 1),
                            state.ledger().poisoned())),
                    event)
                : DeviceMachine.decide(state, event));
  }

  @Test
  void findsASafeModeWithoutAWayOut() {
    requireFound(
        "I6",
        (state, event) ->
            state instanceof SafeMode
                ? Decision.ignore(state, "for ever")
                : DeviceMachine.decide(state, event));
  }

  @Test
  void findsARollbackThatWaitsForEver() {
    requireFound(
        "I6",
        changing(
            decision ->
                decision.effects().stream().anyMatch(Restore.class::isInstance)
                    ? with(decision, List.of())
                    : decision));
  }

  private interface Change {
    Decision apply(Decision decision);
  }

  private static BiFunction<DeviceState, DeviceEvent, Decision> changing(Change change) {
    return (state, event) -> change.apply(DeviceMachine.decide(state, event));
  }

  private static Decision with(Decision decision, List<DeviceEffect> effects) {
    return new Decision(decision.state(), effects, decision.ignored());
  }

  private static List<DeviceEffect> reversed(List<DeviceEffect> effects) {
    List<DeviceEffect> backwards = new ArrayList<>(effects);
    Collections.reverse(backwards);
    return backwards;
  }

  private static void requireFound(
      String invariant, BiFunction<DeviceState, DeviceEvent, Decision> mutant) {
    requireFound(invariant, mutant, EffectModel::succeed);
  }

  private static void requireFound(
      String invariant,
      BiFunction<DeviceState, DeviceEvent, Decision> mutant,
      BiFunction<AbstractDevice, DeviceEffect, AbstractDevice> effects) {
    assertThatThrownBy(
            () -> {
              for (World world : World.all()) {
                new DeviceSearch(world, mutant, effects).run();
              }
            })
        .isInstanceOf(AssertionError.class)
        .hasMessageStartingWith(invariant);
  }
}
