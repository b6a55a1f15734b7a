package io.edgellm.rollout;

import io.edgellm.rollout.device.Decision;
import io.edgellm.rollout.device.DeviceEffect;
import io.edgellm.rollout.device.DeviceEvent;
import io.edgellm.rollout.device.DeviceState;
import io.edgellm.rollout.journal.Journal;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/**
 * The order in which everything happens: decide, make it durable, perform, and go on with what came
 * of it. What an interrupt cut off stays due: the next call does it, unless what happened since
 * leads elsewhere. Not thread-safe.
 */
final class EventLoop {
  private final Journal journal;
  private final EffectRunner effects;
  private final TrialWatch watch;
  private final RolloutListener listener;
  private final Deque<DeviceEvent> events = new ArrayDeque<>();
  private final Deque<DeviceEffect> due = new ArrayDeque<>();

  EventLoop(Journal journal, EffectRunner effects, TrialWatch watch, RolloutListener listener) {
    this.journal = journal;
    this.effects = effects;
    this.watch = watch;
    this.listener = listener;
  }

  /** Something happened: goes as far as that leads. */
  void settle(DeviceEvent event) throws InterruptedException {
    decide(event);
    goOn();
  }

  /** Does what is still due. */
  void goOn() throws InterruptedException {
    perform();
    while (!events.isEmpty()) {
      decide(events.remove());
      perform();
    }
  }

  private void decide(DeviceEvent event) {
    DeviceState before = journal.state();
    Decision decision = journal.append(event);
    if (!decision.effects().isEmpty()) {
      due.clear();
      due.addAll(decision.effects());
    }
    decision.whyIgnored().ifPresent(why -> listener.onIgnored(event, why));
    if (!decision.state().equals(before)) {
      listener.onChange(before, event, decision.state());
    }
  }

  private void perform() throws InterruptedException {
    while (!due.isEmpty()) {
      DeviceEffect effect = due.getFirst();
      if (effect instanceof DeviceEffect.Serve serve) {
        watch.serving(serve.release());
      }
      Optional<DeviceEvent> outcome = effects.perform(effect);
      due.removeFirst();
      outcome.ifPresent(events::add);
      if (effect instanceof DeviceEffect.ChargeTry && outcome.isPresent()) {
        // Not charged, not started.
        due.clear();
      }
    }
  }
}
