/**
 * Latencies as exponential histograms: buckets that add up exactly, on a device, over a fleet and
 * in Prometheus or OpenTelemetry.
 *
 * <p>{@link io.edgellm.telemetry.latency.TokenClock} records one generation without allocation,
 * {@link io.edgellm.telemetry.latency.LatencyHistogram} collects from any thread, {@link
 * io.edgellm.telemetry.latency.LatencyDistribution} is what was collected at one moment. All share
 * the fixed buckets of {@link io.edgellm.telemetry.latency.LatencyBuckets}.
 */
@NullMarked
package io.edgellm.telemetry.latency;

import org.jspecify.annotations.NullMarked;
