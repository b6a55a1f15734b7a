package io.edgellm.rollout.device;

import static io.edgellm.rollout.device.AbstractDevice.B;
import static io.edgellm.rollout.device.AbstractDevice.C;
import static io.edgellm.rollout.device.AbstractDevice.RULES;
import static io.edgellm.rollout.device.AbstractDevice.offer;

import io.edgellm.rollout.device.AbstractDevice.Truth;
import io.edgellm.rollout.device.DeviceEvent.ActivationAllowed;
import io.edgellm.rollout.device.DeviceEvent.Booted;
import io.edgellm.rollout.device.DeviceEvent.GatesPassed;
import io.edgellm.rollout.device.DeviceEvent.Harmed;
import io.edgellm.rollout.device.DeviceEvent.Observed;
import io.edgellm.rollout.device.DeviceEvent.Offered;
import io.edgellm.rollout.device.DeviceEvent.Stopped;
import io.edgellm.rollout.device.DeviceEvent.Undone;
import io.edgellm.rollout.device.DeviceEvent.Withdrawn;
import io.edgellm.rollout.device.DeviceState.Committed;
import io.edgellm.rollout.device.DeviceState.Idle;
import io.edgellm.rollout.device.DeviceState.Observing;
import io.edgellm.rollout.device.DeviceState.OnTrial;
import io.edgellm.rollout.device.DeviceState.Ready;
import io.edgellm.rollout.device.DeviceState.Rejected;
import io.edgellm.rollout.device.DeviceState.RolledBack;
import io.edgellm.rollout.device.DeviceState.RollingBack;
import io.edgellm.rollout.device.DeviceState.SafeMode;
import io.edgellm.rollout.device.DeviceState.Verified;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * Visits every device that can be reached under a machine: all orders of commands, late outcomes,
 * failures of every effect, and a power loss between any two steps, as often as one likes. Breadth
 * first, so that the story that leads to a violation is a shortest one.
 */
final class DeviceSearch {
  private static final int LIMIT = 400_000;
  private static final Evidence COUNTED = new Evidence(5, 0, 5, 0);
  private static final Cause HARM = new Cause(Reason.ERROR_RATE, "planted");

  private static final Set<Reason> HARMLESS =
      Set.of(Reason.SUPERSEDED, Reason.INCONSISTENT, Reason.LEFT_SAFE_MODE);

  private final World world;
  private final BiFunction<DeviceState, DeviceEvent, Decision> machine;
  private final BiFunction<AbstractDevice, DeviceEffect, AbstractDevice> effects;
  private final Map<AbstractDevice, Origin> seen = new HashMap<>();
  private final Map<AbstractDevice, List<AbstractDevice>> causesWithoutFault = new HashMap<>();
  private final Queue<AbstractDevice> frontier = new ArrayDeque<>();

  private record Origin(@Nullable AbstractDevice from, String step) {}

  /**
   * What may come from outside, at any time and in any order.
   *
   * @param beginning the device at first
   * @param offers what may be offered
   * @param withdrawals epochs of withdrawals
   */
  record World(AbstractDevice beginning, List<Offer> offers, List<Long> withdrawals) {
    /** Two releases in a row. */
    static World twoReleases() {
      return new World(AbstractDevice.used(0), List.of(offer(1, B), offer(2, C)), List.of());
    }

    /** A release that is taken back and offered again. */
    static World sameReleaseAgain() {
      return new World(AbstractDevice.used(0), List.of(offer(1, B), offer(3, B)), List.of(2L));
    }

    /** A host that may be stopped as it should. */
    static World cleanStops() {
      return new World(AbstractDevice.used(2), List.of(offer(1, B)), List.of());
    }

    /** The first releases of a device. */
    static World firstRelease() {
      return new World(AbstractDevice.fresh(0), List.of(offer(1, B), offer(2, C)), List.of());
    }

    static List<World> all() {
      return List.of(cleanStops(), firstRelease(), sameReleaseAgain(), twoReleases());
    }
  }

  DeviceSearch(World world, BiFunction<DeviceState, DeviceEvent, Decision> machine) {
    this(world, machine, EffectModel::succeed);
  }

  DeviceSearch(
      World world,
      BiFunction<DeviceState, DeviceEvent, Decision> machine,
      BiFunction<AbstractDevice, DeviceEffect, AbstractDevice> effects) {
    this.world = world;
    this.machine = machine;
    this.effects = effects;
  }

  /** Returns the number of devices that can be reached; throws at the first violation. */
  int run() {
    visit(null, world.beginning(), "begin", false);
    while (!frontier.isEmpty()) {
      AbstractDevice d = frontier.remove();
      try {
        expand(d);
      } catch (Invariants.Violation e) {
        throw new AssertionError(e.getMessage() + story(d), e);
      }
    }
    requireAWayOut();
    return seen.size();
  }

  Set<String> statesReached() {
    Set<String> labels = new HashSet<>();
    seen.keySet().forEach(d -> labels.add(d.state().label()));
    return labels;
  }

  private void expand(AbstractDevice d) {
    if (!d.up()) {
      happen(d, boot(d), new Booted(d.storeView(), boot(d).now()), true);
      return;
    }
    visit(d, d.crashed(), "power loss", true);
    if (!d.todo().isEmpty()) {
      perform(d);
      return;
    }
    if (!d.outcomes().isEmpty()) {
      DeviceEvent outcome = d.outcomes().get(0);
      List<DeviceEvent> rest = d.outcomes().subList(1, d.outcomes().size());
      happen(d, queue(d, d.todo(), rest), outcome, false);
    }
    commands(d);
    watches(d);
  }

  private static AbstractDevice boot(AbstractDevice d) {
    boolean other = d.state() instanceof OnTrial && !d.boot();
    return new AbstractDevice(
        d.state(), true, List.of(), List.of(), d.disk(), null, other, 0, d.truth());
  }

  private void perform(AbstractDevice d) {
    DeviceEffect effect = d.todo().get(0);
    AbstractDevice rest = queue(d, d.todo().subList(1, d.todo().size()), d.outcomes());
    visit(d, effects.apply(rest, effect), "do " + effect, false);
    AbstractDevice failed = EffectModel.fail(rest, effect);
    if (!failed.equals(rest)) {
      visit(d, failed, "fail " + effect, true);
    }
  }

  private void commands(AbstractDevice d) {
    for (Offer offer : world.offers()) {
      happen(d, d.with(d.truth().sent(offer)), new Offered(offer, RULES, d.now()), true);
    }
    for (long epoch : world.withdrawals()) {
      happen(d, d.with(d.truth().sent(epoch)), new Withdrawn(epoch, d.now()), true);
    }
    happen(d, d, new Undone(d.now()), true);
    if (d.state() instanceof Ready s) {
      ActivationAllowed go =
          new ActivationAllowed(s.candidate().release().digest(), Baseline.NONE, d.now());
      happen(d, d.with(d.truth().newTrial()), go, false);
    }
    if (d.truth().stopsLeft() > 0) {
      boolean started = d.state() instanceof OnTrial s && s.trial().starts() > 0;
      boolean inSmoke = d.state() instanceof Verified;
      AbstractDevice stopping = d.with(d.truth().stopped(started, inSmoke));
      AbstractDevice stopped = after(d, stopping, new Stopped(d.now()));
      visit(d, stopped.crashed(), "clean stop", true);
    }
  }

  private void watches(AbstractDevice d) {
    happen(d, d, new Harmed(HARM, d.now()), true);
    if (d.state() instanceof Observing && d.outcomes().isEmpty()) {
      AbstractDevice busy = later(d, COUNTED);
      happen(d, busy, new GatesPassed(COUNTED, busy.now()), false);
      AbstractDevice idle = later(d, Evidence.NONE);
      happen(d, idle, new GatesPassed(Evidence.NONE, idle.now()), false);
      happen(d, idle, new Observed(Evidence.NONE, idle.now()), false);
    }
  }

  private static AbstractDevice later(AbstractDevice d, Evidence counted) {
    return new AbstractDevice(
        d.state(),
        true,
        d.todo(),
        d.outcomes(),
        d.disk(),
        d.serving(),
        d.boot(),
        d.uptimeSeconds() + 1,
        d.truth().watched((int) counted.requests()));
  }

  private void happen(AbstractDevice from, AbstractDevice d, DeviceEvent event, boolean fault) {
    visit(from, after(from, d, event), event.toString(), fault);
  }

  /** The event is decided and durable; what it leads to is not done yet. */
  private AbstractDevice after(AbstractDevice before, AbstractDevice d, DeviceEvent event) {
    Decision decision = machine.apply(d.state(), event);
    Invariants.check(before, d.truth(), event, decision);
    return new AbstractDevice(
        decision.state(),
        true,
        decision.effects().isEmpty() ? d.todo() : decision.effects(),
        d.outcomes(),
        d.disk(),
        d.serving(),
        decision.state() instanceof OnTrial && d.boot(),
        decision.state() instanceof OnTrial ? d.uptimeSeconds() : 0,
        truthAfter(d, decision.state()));
  }

  private static Truth truthAfter(AbstractDevice d, DeviceState state) {
    Truth truth = d.truth();
    if (d.state() instanceof RollingBack s
        && !(state instanceof RollingBack)
        && !HARMLESS.contains(s.cause().reason())
        && !s.from().equals(state.ledger().committed())) {
      truth = truth.harmedBy(s.from());
    }
    if (state instanceof Verified && !(d.state() instanceof Verified)) {
      truth = truth.newSmoke();
    }
    return state instanceof OnTrial || state instanceof Verified
        ? truth
        : truth.newTrial().newSmoke();
  }

  private static AbstractDevice queue(
      AbstractDevice d, List<DeviceEffect> todo, List<DeviceEvent> outcomes) {
    return new AbstractDevice(
        d.state(),
        d.up(),
        List.copyOf(todo),
        List.copyOf(outcomes),
        d.disk(),
        d.serving(),
        d.boot(),
        d.uptimeSeconds(),
        d.truth());
  }

  private void visit(@Nullable AbstractDevice from, AbstractDevice to, String step, boolean fault) {
    if (from != null && !fault) {
      causesWithoutFault.computeIfAbsent(to, any -> new ArrayList<>(2)).add(from);
    }
    if (seen.putIfAbsent(to, new Origin(from, step)) == null) {
      Invariants.require(seen.size() <= LIMIT, "search", "too many devices: bound the events");
      try {
        Invariants.check(to);
      } catch (Invariants.Violation e) {
        throw new AssertionError(e.getMessage() + story(to), e);
      }
      frontier.add(to);
    }
  }

  /** I6: without further faults every device gets to an end. */
  private void requireAWayOut() {
    Set<AbstractDevice> saved = new HashSet<>();
    Queue<AbstractDevice> queue = new ArrayDeque<>();
    for (AbstractDevice d : seen.keySet()) {
      if (isAtAnEnd(d) && saved.add(d)) {
        queue.add(d);
      }
    }
    while (!queue.isEmpty()) {
      for (AbstractDevice before : causesWithoutFault.getOrDefault(queue.remove(), List.of())) {
        if (saved.add(before)) {
          queue.add(before);
        }
      }
    }
    for (AbstractDevice d : seen.keySet()) {
      if (d.up() && !saved.contains(d)) {
        throw new AssertionError("I6: no way to an end" + story(d));
      }
    }
  }

  private boolean isAtAnEnd(AbstractDevice d) {
    boolean quiet = d.up() && d.todo().isEmpty() && d.outcomes().isEmpty();
    if (quiet && d.state() instanceof SafeMode) {
      Offered wayOut = new Offered(offer(99, C), RULES, d.now());
      return !machine.apply(d.state(), wayOut).effects().isEmpty();
    }
    return quiet
        && (d.state() instanceof Committed
            || d.state() instanceof RolledBack
            || d.state() instanceof Rejected
            || d.state() instanceof Idle);
  }

  private String story(AbstractDevice end) {
    List<String> steps = new ArrayList<>();
    for (AbstractDevice d = end; d != null; ) {
      Origin origin = seen.get(d);
      steps.add(0, "\n  " + (origin == null ? "?" : origin.step()) + "\n    -> " + d.state());
      d = origin == null ? null : origin.from();
    }
    return String.join("", steps);
  }
}
