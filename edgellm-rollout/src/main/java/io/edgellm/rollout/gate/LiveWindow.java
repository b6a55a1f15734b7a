package io.edgellm.rollout.gate;

import io.edgellm.rollout.device.Baseline;
import io.edgellm.rollout.device.Evidence;
import io.edgellm.telemetry.latency.LatencyDistribution;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What the requests to one version did since the process began to watch it.
 *
 * @param requests requests that ended, those that their caller took back left out
 * @param errors those of them that ended without an answer
 * @param prefill from the beginning of the prefill to the first token: time in a queue is not the
 *     model's
 */
public record LiveWindow(long requests, long errors, LatencyDistribution prefill) {
  /** Nothing happened. */
  public static final LiveWindow EMPTY = new LiveWindow(0, 0, LatencyDistribution.empty());

  /**
   * Reduces the window to counts that add up over restarts.
   *
   * @param baseline the latency to compare with, or null
   * @param slowFactor how many times its p99 a request may take
   * @param slowMargin how much more than its p99 a request may take in any case
   */
  public Evidence evidence(
      Baseline.@Nullable Latency baseline, double slowFactor, Duration slowMargin) {
    if (baseline == null) {
      return new Evidence(requests, errors, 0, 0);
    }
    long timed = prefill.count();
    double p99 = baseline.p99Seconds();
    double margin = Math.max(slowMargin.toNanos() / 1e9, 0x1p-19);
    double threshold = Math.max(slowFactor * p99, p99 + margin);
    return new Evidence(requests, errors, timed, timed - prefill.countAtMost(threshold));
  }
}
