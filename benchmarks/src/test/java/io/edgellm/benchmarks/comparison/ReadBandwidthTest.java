package io.edgellm.benchmarks.comparison;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ReadBandwidthTest {
  @Test
  void aMachineReadsSomething() throws InterruptedException {
    assertThat(ReadBandwidth.gigabytesPerCpuSecond(1)).isPositive().isFinite();
  }
}
