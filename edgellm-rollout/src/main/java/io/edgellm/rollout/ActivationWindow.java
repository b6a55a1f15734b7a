package io.edgellm.rollout;

import io.edgellm.rollout.device.Moment;

/** Says when a candidate that is ready may take over: at night, when idle, when the user agreed. */
@FunctionalInterface
public interface ActivationWindow {
  /** Returns whether now is a good time. Asked after each step and at each look. */
  boolean isOpen(Moment now);

  /** Returns: at any time. */
  static ActivationWindow always() {
    return now -> true;
  }
}
