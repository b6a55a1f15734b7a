package io.edgellm.peer;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class TokenBucketTest {
  private static final long SECOND = 1_000_000_000;

  @Test
  void letsThroughItsRate() {
    TokenBucket bucket = new TokenBucket(100_000, 0);
    long sent = 0;
    for (long now = 0; now < 60 * SECOND; now += SECOND / 100) {
      long tokens = Math.max(0, bucket.available(now));
      bucket.spent(tokens);
      sent += tokens;
    }

    assertThat(sent).isBetween(5_990_000L, 6_000_000L + (1 << 16));
  }

  @Test
  void takesANewRateAtOnce() {
    TokenBucket bucket = new TokenBucket(100_000, 0);
    bucket.spent(bucket.available(0));
    assertThat(bucket.waitNanos()).isPositive();

    bucket.limit(TokenBucket.UNLIMITED);

    assertThat(bucket.waitNanos()).isZero();
    assertThat(bucket.available(1)).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void savesNoMoreThanABurst() {
    TokenBucket bucket = new TokenBucket(1000, 0);

    assertThat(bucket.available(3600 * SECOND)).isEqualTo(1 << 16);
  }
}
