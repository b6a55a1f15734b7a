package io.edgellm.rollout.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ShareTestTest {
  private static final long SEED = 20260301;
  private static final int RUNS = 2000;
  private static final int EVENTS = 2000;
  private static final ShareTest TEST = new ShareTest(0.05, 0.15, 0.01, 0.05);

  /** How many runs ever reach an outcome if one looks after every event. */
  private static int runsThatReach(ShareTest.Outcome outcome, double share) {
    SplittableRandom random = new SplittableRandom(SEED);
    int reached = 0;
    for (int run = 0; run < RUNS; run++) {
      reached += firstLook(random, outcome, share) <= EVENTS ? 1 : 0;
    }
    return reached;
  }

  private static int firstLook(SplittableRandom random, ShareTest.Outcome outcome, double share) {
    int bad = 0;
    for (int events = 1; events <= EVENTS; events++) {
      bad += random.nextDouble() < share ? 1 : 0;
      if (TEST.decide(events, bad) == outcome) {
        return events;
      }
    }
    return EVENTS + 1;
  }

  private static int medianLook(ShareTest.Outcome outcome, double share) {
    SplittableRandom random = new SplittableRandom(SEED);
    int[] looks = new int[RUNS];
    for (int run = 0; run < RUNS; run++) {
      looks[run] = firstLook(random, outcome, share);
    }
    Arrays.sort(looks);
    return looks[RUNS / 2];
  }

  @Test
  void callsTheLargestToleratedShareHarmfulInFewerRunsThanAlpha() {
    assertThat(runsThatReach(ShareTest.Outcome.HARM, TEST.tolerated()))
        .as("seed %d", SEED)
        .isLessThanOrEqualTo((int) (TEST.alpha() * RUNS));
  }

  @Test
  void callsTheSmallestHarmfulShareHealthyInFewerRunsThanBeta() {
    assertThat(runsThatReach(ShareTest.Outcome.HEALTH, TEST.harmful()))
        .as("seed %d", SEED)
        .isLessThanOrEqualTo((int) (TEST.beta() * RUNS));
  }

  @Test
  void aLimitAtEachLookWouldFailAlmostHalfOfTheHealthyRuns() {
    // What the test is there for: the same healthy traffic, and "fail above 7 %" asked every time.
    SplittableRandom random = new SplittableRandom(SEED);
    int failed = 0;
    for (int run = 0; run < RUNS; run++) {
      int bad = 0;
      boolean ever = false;
      for (int events = 1; events <= EVENTS; events++) {
        bad += random.nextDouble() < TEST.tolerated() ? 1 : 0;
        ever |= events >= 50 && bad > 0.07 * events;
      }
      failed += ever ? 1 : 0;
    }
    assertThat(failed).as("seed %d", SEED).isGreaterThan(RUNS * 2 / 5);
  }

  @Test
  void findsHarmInEveryRunAndSoon() {
    assertThat(runsThatReach(ShareTest.Outcome.HARM, 0.3)).as("seed %d", SEED).isEqualTo(RUNS);
    assertThat(medianLook(ShareTest.Outcome.HARM, 0.3)).as("seed %d", SEED).isLessThan(60);
    assertThat(medianLook(ShareTest.Outcome.HARM, 1)).as("seed %d", SEED).isLessThan(6);
  }

  @Test
  void findsHealthInAlmostEveryHealthyRun() {
    assertThat(runsThatReach(ShareTest.Outcome.HEALTH, 0.01))
        .as("seed %d", SEED)
        .isGreaterThan(RUNS * 99 / 100);
    assertThat(medianLook(ShareTest.Outcome.HEALTH, 0.01)).as("seed %d", SEED).isLessThan(100);
  }

  @Test
  void saysNothingWithoutEvents() {
    assertThat(TEST.harm(0, 0)).isEqualTo(1);
    assertThat(TEST.health(0, 0)).isEqualTo(1);
    assertThat(TEST.decide(0, 0)).isEqualTo(ShareTest.Outcome.OPEN);
  }

  @Test
  void staysSureWithNumbersThatOverflow() {
    assertThat(TEST.decide(10_000_000, 9_000_000)).isEqualTo(ShareTest.Outcome.HARM);
    assertThat(TEST.decide(10_000_000, 100)).isEqualTo(ShareTest.Outcome.HEALTH);
  }

  @Test
  void refusesSharesThatLeaveNothingToDecide() {
    assertThatThrownBy(() -> new ShareTest(0.1, 0.1, 0.01, 0.05))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new ShareTest(0, 0.1, 0.01, 0.05))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
