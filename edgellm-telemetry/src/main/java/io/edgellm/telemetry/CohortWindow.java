package io.edgellm.telemetry;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * What a cohort has done since the window was opened; made by {@link Telemetry#window}.
 *
 * <p>A window holds the cumulative snapshot of its beginning and subtracts it from the one of now,
 * which is exact for counts and for every bucket of a latency. It costs nothing while it is open,
 * needs no closing, and any number may overlap. Requests that were under way at the beginning count
 * in full when they end. Thread-safe.
 */
public final class CohortWindow {
  private final Telemetry telemetry;
  private final MetricSets metrics;
  private final Predicate<ModelLabels> cohort;
  private final Instant since;
  private final Map<ModelLabels, CohortStats> before;

  CohortWindow(
      Telemetry telemetry, MetricSets metrics, Predicate<ModelLabels> cohort, Instant since) {
    this.telemetry = telemetry;
    this.metrics = metrics;
    this.cohort = cohort;
    this.since = since;
    this.before = metrics.stats(cohort, since);
  }

  /** Returns when the window was opened. */
  public Instant since() {
    return since;
  }

  /**
   * Returns what the cohort did from {@link #since()} until now, all its label sets together.
   *
   * @return empty if consent has ended since the window was opened: what happened then is unknown,
   *     which is not the same as nothing, and whoever decides by it must hold
   */
  public Optional<CohortStats> stats() {
    if (!telemetry.isRecordingInto(metrics)) {
      return Optional.empty();
    }
    Instant now = telemetry.now();
    CohortStats sum = CohortStats.empty(since);
    for (var later : metrics.stats(cohort, now).entrySet()) {
      CohortStats earlier = before.get(later.getKey());
      sum = sum.plus(earlier == null ? later.getValue() : later.getValue().minus(earlier));
    }
    return Optional.of(sum.plus(CohortStats.empty(now)));
  }
}
