package io.edgellm.telemetry.host;

import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * What a host is busy with at one moment. A value that could not be measured is absent, which is
 * not zero.
 *
 * @param cpuUsageRatio the share of all processors that was busy since the sample before, 0 … 1
 * @param memoryUsageRatio the share of the memory that is not available to programs, 0 … 1
 * @param processResidentBytes physical memory that this process holds
 * @param swapOutPages pages that the host has swapped out since it was started
 */
public record HostSample(
    OptionalDouble cpuUsageRatio,
    OptionalDouble memoryUsageRatio,
    OptionalLong processResidentBytes,
    OptionalLong swapOutPages) {

  /** Returns a sample in which nothing is known. */
  public static HostSample unknown() {
    return new HostSample(
        OptionalDouble.empty(), OptionalDouble.empty(), OptionalLong.empty(), OptionalLong.empty());
  }
}
