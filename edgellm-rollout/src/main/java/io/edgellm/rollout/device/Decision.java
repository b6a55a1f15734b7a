package io.edgellm.rollout.device;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What an event leads to.
 *
 * @param state the state from now on
 * @param effects what to do, in this order
 * @param ignored why the event means nothing in this state, or null if it does
 */
public record Decision(DeviceState state, List<DeviceEffect> effects, @Nullable String ignored) {

  /** Copies the list. */
  public Decision {
    effects = List.copyOf(effects);
  }

  static Decision of(DeviceState state, DeviceEffect... effects) {
    return new Decision(state, List.of(effects), null);
  }

  static Decision ignore(DeviceState state, String why) {
    return new Decision(state, List.of(), why);
  }

  /** Returns why the event means nothing; empty if it does. */
  public Optional<String> whyIgnored() {
    return Optional.ofNullable(ignored);
  }
}
