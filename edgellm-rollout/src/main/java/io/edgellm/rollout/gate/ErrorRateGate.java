package io.edgellm.rollout.gate;

import io.edgellm.rollout.device.Cause;
import io.edgellm.rollout.device.Evidence;
import io.edgellm.rollout.device.Reason;
import java.util.Locale;

/**
 * Do requests fail?
 *
 * @param test the shares of failed requests that are tolerated and harmful
 */
public record ErrorRateGate(ShareTest test) implements Gate {

  /** Tolerates 1 % of failed requests, and never passes 5 %. */
  public static ErrorRateGate defaults() {
    return new ErrorRateGate(new ShareTest(0.01, 0.05, 0.005, 0.05));
  }

  @Override
  public String name() {
    return "errors";
  }

  @Override
  public GateVerdict judge(Observation observation) {
    Evidence e = observation.evidence();
    String figures =
        String.format(
            Locale.ROOT,
            "%d of %d requests failed (evidence of harm %.3g, of health %.3g)",
            e.errors(),
            e.requests(),
            test.harm(e.requests(), e.errors()),
            test.health(e.requests(), e.errors()));
    return Verdicts.of(
        test.decide(e.requests(), e.errors()), new Cause(Reason.ERROR_RATE, figures));
  }
}
