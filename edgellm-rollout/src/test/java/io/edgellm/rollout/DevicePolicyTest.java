package io.edgellm.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.edgellm.rollout.device.TrialRules;
import io.edgellm.rollout.gate.ErrorRateGate;
import io.edgellm.rollout.gate.QualityGate;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class DevicePolicyTest {
  private static final TrialRules RULES =
      new TrialRules(
          1,
          new TrialRules.CrashLoop(2, Duration.ofSeconds(3)),
          Duration.ofSeconds(4),
          Duration.ofSeconds(5),
          6);

  @Test
  void everyChangeReachesItsOwnComponent() {
    DevicePolicy changed =
        DevicePolicy.defaults()
            .withRules(RULES)
            .withSmoke(new DevicePolicy.Smoke(7, 0.8))
            .withGates(List.of(ErrorRateGate.defaults()))
            .withGoldenPrompts(9)
            .withProbesWhenIdle(10)
            .withLatencyBaseline(1.1, Duration.ofMillis(7), 12)
            .withLookEvery(Duration.ofSeconds(13))
            .withDrainTimeout(Duration.ofSeconds(14));
    assertThat(changed)
        .isEqualTo(
            new DevicePolicy(
                RULES,
                new DevicePolicy.Smoke(7, 0.8),
                List.of(ErrorRateGate.defaults()),
                9,
                10,
                1.1,
                Duration.ofMillis(7),
                12,
                Duration.ofSeconds(13),
                Duration.ofSeconds(14)));
  }

  @Test
  void gatesAreAddedAndTakenAwayOneByOne() {
    DevicePolicy policy = DevicePolicy.defaults().withoutGate("quality").withoutGate("latency");
    assertThat(policy.gates()).containsExactly(ErrorRateGate.defaults());
    assertThat(policy.withGate(QualityGate.defaults()).gates())
        .containsExactly(ErrorRateGate.defaults(), QualityGate.defaults());
  }

  @Test
  void aChangeIsCheckedLikeANewPolicy() {
    assertThatThrownBy(() -> DevicePolicy.defaults().withGoldenPrompts(0))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> DevicePolicy.defaults().withLookEvery(Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
