package io.edgellm.rollout.gate;

import io.edgellm.rollout.device.Cause;

/** What a gate says, always with the figures behind it. */
public sealed interface GateVerdict {

  /** Returns a sentence with the figures. */
  String figures();

  /**
   * The candidate is good enough in this respect.
   *
   * @param figures by which figures
   */
  record Pass(String figures) implements GateVerdict {}

  /**
   * The candidate does harm.
   *
   * @param cause which, and by which figures
   */
  record Fail(Cause cause) implements GateVerdict {
    @Override
    public String figures() {
      return cause.detail();
    }
  }

  /**
   * There is too little to judge by.
   *
   * @param figures what there is, and what is missing
   */
  record Inconclusive(String figures) implements GateVerdict {}
}
