package io.edgellm.rollout.gate;

import io.edgellm.llm.GoldenReport;
import io.edgellm.model.ReleaseManifest;
import io.edgellm.rollout.device.Baseline;
import io.edgellm.rollout.device.Evidence;
import io.edgellm.rollout.device.Release;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a candidate at one look.
 *
 * @param committed the last known good release, or null if the candidate is the device's first
 * @param baseline what that one reached on this device
 * @param evidence what was counted of the candidate, over all its runs
 * @param golden the candidate's answers to its golden prompts on this device, or null if it has
 *     none
 * @param reference what the publisher measured, or null
 */
public record Observation(
    @Nullable Release committed,
    Baseline baseline,
    Evidence evidence,
    @Nullable GoldenReport golden,
    ReleaseManifest.@Nullable Quality reference) {

  /** Returns the candidate's own answers; empty if it has no golden prompts. */
  public Optional<GoldenReport> goldenReport() {
    return Optional.ofNullable(golden);
  }
}
