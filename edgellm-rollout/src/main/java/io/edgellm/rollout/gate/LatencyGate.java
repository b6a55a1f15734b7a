package io.edgellm.rollout.gate;

import io.edgellm.rollout.device.Baseline;
import io.edgellm.rollout.device.Cause;
import io.edgellm.rollout.device.Evidence;
import io.edgellm.rollout.device.Reason;
import java.util.Locale;

/**
 * Does the first token take longer than with the release before, on this same device?
 *
 * <p>Time counts from the beginning of the prefill: how long a request waited for its turn depends
 * on how many others there were, not on the model, so that a busier day fails nobody. A request is
 * slow if it takes more than the policy's factor times the committed release's p99. By that
 * definition at most 1 % of its own requests were; the tolerated share is larger, since requests of
 * one device are not independent. What else the machine computes meanwhile, and longer prompts, do
 * slow a prefill down: where they change during a trial, judge latency over a fleet with a
 * concurrent control group, and leave this gate out.
 *
 * <p>The first release of a device has nothing to be compared with, and passes. Where there was a
 * release before and nobody could measure it, the gate never passes.
 *
 * @param test the shares of slow requests that are tolerated and harmful
 */
public record LatencyGate(ShareTest test) implements Gate {

  /** Tolerates 5 % of slow requests, and never passes 15 %. */
  public static LatencyGate defaults() {
    return new LatencyGate(new ShareTest(0.05, 0.15, 0.01, 0.05));
  }

  @Override
  public String name() {
    return "latency";
  }

  @Override
  public GateVerdict judge(Observation observation) {
    Baseline.Latency baseline = observation.baseline().latency();
    if (baseline == null) {
      return observation.committed() == null
          ? new GateVerdict.Pass("no earlier release to compare with")
          : new GateVerdict.Inconclusive("the release before was never measured here");
    }
    Evidence e = observation.evidence();
    String figures =
        String.format(
            Locale.ROOT,
            "%d of %d requests began to answer late against a p99 of %.4f s (evidence of harm %.3g, of health"
                + " %.3g)",
            e.slow(),
            e.timed(),
            baseline.p99Seconds(),
            test.harm(e.timed(), e.slow()),
            test.health(e.timed(), e.slow()));
    return Verdicts.of(test.decide(e.timed(), e.slow()), new Cause(Reason.LATENCY, figures));
  }
}
