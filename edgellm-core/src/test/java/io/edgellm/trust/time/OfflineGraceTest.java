package io.edgellm.trust.time;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class OfflineGraceTest {
  private static final Instant EXPIRES = Instant.parse("2027-07-01T00:00:00Z");

  @Test
  void withoutGraceNothingIsUsedFromItsExpiryOn() {
    assertThat(OfflineGrace.NONE.covers(EXPIRES, EXPIRES.minusNanos(1))).isTrue();
    assertThat(OfflineGrace.NONE.covers(EXPIRES, EXPIRES)).isFalse();
  }

  @Test
  void aGraceEndsAsExpiryDoes() {
    OfflineGrace grace = new OfflineGrace(Duration.ofDays(3));
    assertThat(grace.covers(EXPIRES, EXPIRES.plus(Duration.ofDays(3)).minusNanos(1))).isTrue();
    assertThat(grace.covers(EXPIRES, EXPIRES.plus(Duration.ofDays(3)))).isFalse();
  }

  @Test
  void saysHowMuchOfItIsUsed() {
    assertThat(OfflineGrace.usedAt(EXPIRES, EXPIRES.minusSeconds(5))).isZero();
    assertThat(OfflineGrace.usedAt(EXPIRES, EXPIRES.plusSeconds(5)))
        .isEqualTo(Duration.ofSeconds(5));
  }

  @Test
  void isBounded() {
    assertThat(new OfflineGrace(Duration.ofDays(90)).duration()).isEqualTo(OfflineGrace.MAX);
    assertThatThrownBy(() -> new OfflineGrace(Duration.ofDays(90).plusNanos(1)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new OfflineGrace(Duration.ofNanos(-1)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void knowsTimesWithoutEnd() {
    OfflineGrace grace = new OfflineGrace(OfflineGrace.MAX);
    assertThat(grace.covers(Instant.MAX, EXPIRES)).isTrue();
    assertThat(grace.covers(Instant.MIN, Instant.MAX)).isFalse();
  }
}
