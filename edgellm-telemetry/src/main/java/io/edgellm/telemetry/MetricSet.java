package io.edgellm.telemetry;

import io.edgellm.telemetry.latency.LatencyHistogram;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;

/**
 * Everything that is measured under one label set, about 61 KB, cumulative since it was made.
 *
 * <p>The histograms could be written without a lock; the lock makes one request one event, so that
 * a snapshot holds either all that a request contributed or none of it, and the number of completed
 * requests is the number of durations. It is taken twice per request and once per snapshot, never
 * per token.
 */
final class MetricSet {
  private final Instant since;
  private final Map<Outcome, Long> requests = new EnumMap<>(Outcome.class);
  private final LatencyHistogram timeToFirstToken = new LatencyHistogram();
  private final LatencyHistogram timePerOutputToken = new LatencyHistogram();
  private final LatencyHistogram interTokenLatency = new LatencyHistogram();
  private final LatencyHistogram requestDuration = new LatencyHistogram();
  private final LatencyHistogram queueDuration = new LatencyHistogram();
  private final LatencyHistogram prefillDuration = new LatencyHistogram();
  private final LatencyHistogram modelLoadDuration = new LatencyHistogram();
  private long promptTokens;
  private long outputTokens;
  private long modelLoadFailures;
  private long inFlight;

  MetricSet(Instant since) {
    this.since = since;
  }

  synchronized void submitted() {
    inFlight++;
  }

  synchronized void ended(LiveRequest request, long nanoTime, Outcome outcome) {
    inFlight--;
    requests.merge(outcome, 1L, Long::sum);
    promptTokens += request.promptTokens();
    outputTokens += request.clock().tokens();
    request.queuedNanos().ifPresent(queueDuration::record);
    request.firstTokenNanos().ifPresent(timeToFirstToken::record);
    request.prefillNanos().ifPresent(prefillDuration::record);
    request.clock().nanosPerOutputToken().ifPresent(timePerOutputToken::record);
    interTokenLatency.add(request.clock());
    if (outcome == Outcome.COMPLETED) {
      request.sinceSubmission(nanoTime).ifPresent(requestDuration::record);
    }
  }

  synchronized void modelLoaded(long nanos) {
    modelLoadDuration.record(nanos);
  }

  synchronized void modelLoadFailed() {
    modelLoadFailures++;
  }

  synchronized CohortStats stats(Instant until) {
    return new CohortStats(
        since,
        until,
        requests,
        inFlight,
        promptTokens,
        outputTokens,
        timeToFirstToken.snapshot(),
        timePerOutputToken.snapshot(),
        interTokenLatency.snapshot(),
        requestDuration.snapshot(),
        queueDuration.snapshot(),
        prefillDuration.snapshot(),
        modelLoadDuration.snapshot(),
        modelLoadFailures);
  }
}
