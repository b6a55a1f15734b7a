package io.edgellm.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class BandwidthTest {
  private long now;

  private void pass(Duration time) {
    now += time.toNanos();
  }

  /**
   * Takes bytes as several transfers do that share it, in turn, and returns how long that takes.
   */
  private Duration take(Bandwidth bandwidth, long bytes, SplittableRandom random) {
    long begin = now;
    for (long left = bytes; left > 0; ) {
      int piece = (int) Math.min(left, 1 + random.nextInt(bandwidth.pieceBytes()));
      pass(bandwidth.overdrawn(now));
      bandwidth.charge(piece, now);
      left -= piece;
    }
    pass(bandwidth.overdrawn(now));
    return Duration.ofNanos(now - begin);
  }

  @Test
  void bytesTakeTheTimeThatTheRateGivesThem() {
    for (long seed = 0; seed < 20; seed++) {
      Bandwidth bandwidth = Bandwidth.of(100_000);
      Duration taken = take(bandwidth, 1_000_000, new SplittableRandom(seed));
      // A quarter of a second's worth is in the bucket at first.
      assertThat(taken.toMillis()).as("seed %s", seed).isBetween(9_740L, 9_760L);
    }
  }

  @Test
  void anIdleTimeIsNotSavedUp() {
    Bandwidth bandwidth = Bandwidth.of(100_000);
    assertThat(take(bandwidth, 100_000, new SplittableRandom(1)).toMillis()).isBetween(740L, 760L);
    pass(Duration.ofHours(1));
    assertThat(take(bandwidth, 100_000, new SplittableRandom(1)).toMillis()).isBetween(740L, 760L);
  }

  @Test
  void aChangeCountsForWhatIsOwedAlready() {
    Bandwidth bandwidth = Bandwidth.of(1_000);
    bandwidth.charge(10_250, now);
    assertThat(bandwidth.overdrawn(now)).isEqualTo(Duration.ofSeconds(10));
    bandwidth.change(100_000);
    assertThat(bandwidth.overdrawn(now)).isEqualTo(Duration.ofMillis(100));
    assertThat(bandwidth.bytesPerSecond()).isEqualTo(100_000);
  }

  @Test
  void withoutALimitNobodyWaits() {
    Bandwidth bandwidth = Bandwidth.unlimited();
    bandwidth.charge(Integer.MAX_VALUE, now);
    bandwidth.charge(Integer.MAX_VALUE, now);
    assertThat(bandwidth.overdrawn(now)).isZero();
  }

  @Test
  void aSlowRateIsReadInSmallPieces() {
    assertThat(Bandwidth.of(1).pieceBytes()).isEqualTo(1024);
    assertThat(Bandwidth.of(80_000).pieceBytes()).isEqualTo(10_000);
    assertThat(Bandwidth.unlimited().pieceBytes()).isEqualTo(1 << 16);
  }

  @Test
  void refusesToStandStill() {
    assertThatIllegalArgumentException().isThrownBy(() -> Bandwidth.of(0));
    assertThatIllegalArgumentException().isThrownBy(() -> Bandwidth.unlimited().change(-1));
  }
}
