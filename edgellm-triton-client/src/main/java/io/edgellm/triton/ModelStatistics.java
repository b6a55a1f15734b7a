package io.edgellm.triton;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What one version of a model has done since it was loaded. The statistics per batch size and per
 * response of decoupled models are not read.
 *
 * @param name the model's name
 * @param version the version
 * @param lastInference when it last ran, by the server's clock; null if never
 * @param inferenceCount inferences, where a batch counts as many
 * @param executionCount executions, where a batch counts as one
 * @param success requests that succeeded, and their time from arrival to answer
 * @param fail requests that failed
 * @param queue waiting in the queue
 * @param computeInput preparing inputs
 * @param computeInfer running the model
 * @param computeOutput collecting outputs
 * @param cacheHit answers found in the response cache
 * @param cacheMiss answers not found there
 */
public record ModelStatistics(
    String name,
    String version,
    @Nullable Instant lastInference,
    long inferenceCount,
    long executionCount,
    Timing success,
    Timing fail,
    Timing queue,
    Timing computeInput,
    Timing computeInfer,
    Timing computeOutput,
    Timing cacheHit,
    Timing cacheMiss) {

  /**
   * How often something happened and how long it took in sum.
   *
   * @param count how often
   * @param total the sum of the durations
   */
  public record Timing(long count, Duration total) {
    static Timing of(Fields statistics, String name) {
      if (!statistics.has(name)) {
        return new Timing(0, Duration.ZERO);
      }
      Fields timing = statistics.child(name);
      return new Timing(timing.wholeOr("count", 0), Duration.ofNanos(timing.wholeOr("ns", 0)));
    }
  }

  static ModelStatistics of(Fields model) {
    Fields sums = model.child("inference_stats");
    long lastMillis = model.wholeOr("last_inference", 0);
    return new ModelStatistics(
        model.text("name"),
        model.text("version"),
        lastMillis == 0 ? null : Instant.ofEpochMilli(lastMillis),
        model.wholeOr("inference_count", 0),
        model.wholeOr("execution_count", 0),
        Timing.of(sums, "success"),
        Timing.of(sums, "fail"),
        Timing.of(sums, "queue"),
        Timing.of(sums, "compute_input"),
        Timing.of(sums, "compute_infer"),
        Timing.of(sums, "compute_output"),
        Timing.of(sums, "cache_hit"),
        Timing.of(sums, "cache_miss"));
  }
}
