package io.edgellm.telemetry;

import static io.edgellm.telemetry.Devices.NOON;
import static io.edgellm.telemetry.Devices.STABLE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class CohortStatsTest {

  private static CohortStats of(int completed, Outcome... others) {
    Telemetry telemetry = Devices.with(Devices.granted());
    for (int request = 0; request < completed; request++) {
      Devices.complete(telemetry, STABLE, 3 + request);
    }
    for (Outcome outcome : others) {
      Devices.end(telemetry, STABLE, outcome);
    }
    return telemetry.cohort(STABLE).orElse(CohortStats.empty(NOON));
  }

  @Test
  void addsUpInAnyOrder() {
    CohortStats a = of(1, Outcome.FAILED);
    CohortStats b = of(3);
    CohortStats c = of(0, Outcome.CANCELLED, Outcome.TIMED_OUT);
    assertThat(a.plus(b).plus(c)).isEqualTo(a.plus(b.plus(c))).isEqualTo(c.plus(b).plus(a));
    assertThat(a.plus(CohortStats.empty(NOON))).isEqualTo(a);
  }

  @Test
  void subtractingWhatWasAddedGivesTheRest() {
    CohortStats before = of(2, Outcome.REFUSED);
    CohortStats since = of(3, Outcome.FAILED, Outcome.FAILED);
    assertThat(before.plus(since).minus(before)).isEqualTo(since);
  }

  @Test
  void refusesToSubtractWhatIsNotItsPast() {
    CohortStats one = of(1);
    CohortStats two = of(2);
    assertThatThrownBy(() -> one.minus(two))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("not an earlier snapshot");
  }

  @Test
  void spansBothPeriods() {
    CohortStats early = CohortStats.empty(NOON.minus(Duration.ofHours(1)));
    CohortStats late = CohortStats.empty(NOON);
    assertThat(early.plus(late).since()).isEqualTo(early.since());
    assertThat(late.plus(early).until()).isEqualTo(late.until());
  }

  @Test
  void theErrorRatioLeavesOutWhatTheHostCancelled() {
    CohortStats stats =
        of(
            4,
            Outcome.CANCELLED,
            Outcome.CANCELLED,
            Outcome.FAILED,
            Outcome.TIMED_OUT,
            Outcome.REFUSED);
    assertThat(stats.requests()).isEqualTo(9);
    assertThat(stats.errors()).isEqualTo(3);
    assertThat(stats.errorRatio()).hasValue(3 / 7.0);
  }

  @Test
  void hasNoErrorRatioWithoutRequestsToJudge() {
    assertThat(of(0).errorRatio()).isEmpty();
    assertThat(of(0, Outcome.CANCELLED).errorRatio()).isEmpty();
  }
}
