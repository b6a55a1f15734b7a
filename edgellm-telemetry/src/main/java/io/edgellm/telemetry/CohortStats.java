package io.edgellm.telemetry;

import io.edgellm.telemetry.latency.LatencyDistribution;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.BinaryOperator;
import java.util.function.LongBinaryOperator;

/**
 * What a cohort of requests did over a period: the requests of one label set, of one version, or of
 * many devices. Immutable.
 *
 * <p>It holds counts and whole distributions only, so that cohorts {@linkplain #plus add up} and
 * later and earlier snapshots {@linkplain #minus subtract} exactly; ratios and quantiles are taken
 * last. A request counts when it ends, with all that it contributed at once.
 *
 * @param since the beginning of the period
 * @param until its end
 * @param requestsByOutcome requests that ended, by how; what is not there is zero
 * @param requestsInFlight requests under way at {@code until}
 * @param promptTokens tokens that were read
 * @param outputTokens tokens that were generated
 * @param timeToFirstToken from submission to the first token, of every request that had one
 * @param timePerOutputToken per request with at least two tokens: the mean time of one after the
 *     first
 * @param interTokenLatency every gap between two tokens
 * @param requestDuration from submission to the end, of completed requests
 * @param queueDuration from submission to the beginning of the prefill
 * @param prefillDuration from the beginning of the prefill to the first token: what the model and
 *     the machine take by themselves, however many requests wait
 * @param modelLoadDuration how long models took to load
 * @param modelLoadFailures models that could not be loaded
 */
public record CohortStats(
    Instant since,
    Instant until,
    Map<Outcome, Long> requestsByOutcome,
    long requestsInFlight,
    long promptTokens,
    long outputTokens,
    LatencyDistribution timeToFirstToken,
    LatencyDistribution timePerOutputToken,
    LatencyDistribution interTokenLatency,
    LatencyDistribution requestDuration,
    LatencyDistribution queueDuration,
    LatencyDistribution prefillDuration,
    LatencyDistribution modelLoadDuration,
    long modelLoadFailures) {

  /** Copies the map. */
  public CohortStats {
    requestsByOutcome = Map.copyOf(requestsByOutcome);
  }

  /** Returns the stats of nothing, over no time. */
  public static CohortStats empty(Instant at) {
    LatencyDistribution empty = LatencyDistribution.empty();
    return new CohortStats(
        at, at, Map.of(), 0, 0, 0, empty, empty, empty, empty, empty, empty, empty, 0);
  }

  /** Returns how many requests ended in a way. */
  public long requests(Outcome outcome) {
    return requestsByOutcome.getOrDefault(outcome, 0L);
  }

  /** Returns how many requests ended. */
  public long requests() {
    return requestsByOutcome.values().stream().mapToLong(Long::longValue).sum();
  }

  /** Returns how many requests ended with an {@linkplain Outcome#isError error}. */
  public long errors() {
    long errors = 0;
    for (Outcome outcome : Outcome.values()) {
      errors += outcome.isError() ? requests(outcome) : 0;
    }
    return errors;
  }

  /**
   * Returns the share of errors among the requests that were not cancelled; empty if there are
   * none.
   */
  public OptionalDouble errorRatio() {
    long judged = requests() - requests(Outcome.CANCELLED);
    return judged == 0 ? OptionalDouble.empty() : OptionalDouble.of((double) errors() / judged);
  }

  /**
   * Returns what both did, over the shortest period that contains both. Exact, associative and
   * commutative.
   */
  public CohortStats plus(CohortStats other) {
    return combined(
        since.isBefore(other.since) ? since : other.since,
        until.isAfter(other.until) ? until : other.until,
        requestsInFlight + other.requestsInFlight,
        other,
        Long::sum,
        LatencyDistribution::plus);
  }

  /**
   * Returns what was done between an earlier snapshot of the same cohort and this one. Exact.
   *
   * @param earlier the earlier snapshot
   * @throws IllegalArgumentException if the other is not an earlier snapshot of this
   */
  public CohortStats minus(CohortStats earlier) {
    return combined(
        earlier.until,
        until,
        requestsInFlight,
        earlier,
        CohortStats::grown,
        LatencyDistribution::minus);
  }

  private static long grown(long later, long earlier) {
    if (later < earlier) {
      throw new IllegalArgumentException(
          "not an earlier snapshot of this cohort: a count fell from " + earlier + " to " + later);
    }
    return later - earlier;
  }

  private CohortStats combined(
      Instant from,
      Instant to,
      long inFlight,
      CohortStats other,
      LongBinaryOperator counts,
      BinaryOperator<LatencyDistribution> latencies) {
    Map<Outcome, Long> outcomes = new EnumMap<>(Outcome.class);
    for (Outcome outcome : Outcome.values()) {
      long count = counts.applyAsLong(requests(outcome), other.requests(outcome));
      if (count != 0) {
        outcomes.put(outcome, count);
      }
    }
    return new CohortStats(
        from,
        to,
        outcomes,
        inFlight,
        counts.applyAsLong(promptTokens, other.promptTokens),
        counts.applyAsLong(outputTokens, other.outputTokens),
        latencies.apply(timeToFirstToken, other.timeToFirstToken),
        latencies.apply(timePerOutputToken, other.timePerOutputToken),
        latencies.apply(interTokenLatency, other.interTokenLatency),
        latencies.apply(requestDuration, other.requestDuration),
        latencies.apply(queueDuration, other.queueDuration),
        latencies.apply(prefillDuration, other.prefillDuration),
        latencies.apply(modelLoadDuration, other.modelLoadDuration),
        counts.applyAsLong(modelLoadFailures, other.modelLoadFailures));
  }
}
