package io.edgellm.telemetry;

import io.edgellm.telemetry.latency.TokenClock;
import java.util.OptionalLong;

/** Keeps the times of one request to itself until it ends. */
final class LiveRequest implements RequestRecorder {
  private final MetricSet metrics;
  private final TokenClock clock = new TokenClock();
  private boolean started;
  private boolean ended;
  private long submittedNanos;
  private long startedNanos;
  private int promptTokens;

  LiveRequest(MetricSet metrics) {
    this.metrics = metrics;
    metrics.submitted();
  }

  @Override
  public void started(long nanoTime, long submittedNanoTime, int promptTokens) {
    this.started = true;
    this.startedNanos = nanoTime;
    this.submittedNanos = submittedNanoTime;
    this.promptTokens = promptTokens;
  }

  @Override
  public void token(long nanoTime) {
    clock.tick(nanoTime);
  }

  @Override
  public void ended(long nanoTime, Outcome outcome) {
    if (!ended) {
      ended = true;
      metrics.ended(this, nanoTime, outcome);
    }
  }

  TokenClock clock() {
    return clock;
  }

  int promptTokens() {
    return promptTokens;
  }

  OptionalLong queuedNanos() {
    return sinceSubmission(startedNanos);
  }

  OptionalLong prefillNanos() {
    OptionalLong first = clock.firstTokenNanoTime();
    return started && first.isPresent()
        ? OptionalLong.of(first.getAsLong() - startedNanos)
        : OptionalLong.empty();
  }

  OptionalLong firstTokenNanos() {
    OptionalLong first = clock.firstTokenNanoTime();
    return first.isPresent() ? sinceSubmission(first.getAsLong()) : first;
  }

  OptionalLong sinceSubmission(long nanoTime) {
    return started ? OptionalLong.of(nanoTime - submittedNanos) : OptionalLong.empty();
  }
}
