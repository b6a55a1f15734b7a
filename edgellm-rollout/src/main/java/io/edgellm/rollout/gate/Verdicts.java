package io.edgellm.rollout.gate;

import io.edgellm.rollout.device.Cause;

/** Turns the outcome of a test into a verdict. */
final class Verdicts {
  private Verdicts() {}

  static GateVerdict of(ShareTest.Outcome outcome, Cause ifHarm) {
    return switch (outcome) {
      case HARM -> new GateVerdict.Fail(ifHarm);
      case HEALTH -> new GateVerdict.Pass(ifHarm.detail());
      case OPEN -> new GateVerdict.Inconclusive(ifHarm.detail());
    };
  }
}
