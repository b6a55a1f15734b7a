package io.edgellm.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import io.edgellm.transfer.Circuit.Closed;
import io.edgellm.transfer.Circuit.HalfOpen;
import io.edgellm.transfer.Circuit.Open;
import io.edgellm.transfer.TransferException.Reason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class CircuitTest {
  private static final MirrorOptions OPTIONS =
      new MirrorOptions(Duration.ofSeconds(2), Duration.ofSeconds(16), Duration.ofHours(1));
  private static final long NOW = Long.MAX_VALUE - Duration.ofMinutes(1).toNanos();
  private final TransferException broken =
      new TransferException(Reason.UNREACHABLE, "planned", null);
  private final TransferException wrong = new TransferException(Reason.CORRUPT, "planned", null);

  private static TransferException busyFor(Duration time) {
    return TransferException.passing("planned", "somebody", time);
  }

  private static long after(Duration time) {
    // The clock may overflow, as System.nanoTime() may.
    return NOW + time.toNanos();
  }

  private static Circuit failed(Circuit circuit, TransferException failure) {
    return circuit.failed(failure, 0.5, NOW, OPTIONS);
  }

  @Test
  void aClosedOneAdmitsEveryQuestionAndStaysClosed() {
    Circuit closed = new Closed();
    assertThat(closed.admits(NOW)).isTrue();
    assertThat(closed.asked(NOW, OPTIONS)).isEqualTo(closed);
    assertThat(closed.succeeded()).isEqualTo(closed);
    assertThat(closed.closedFor(NOW)).isZero();
  }

  @Test
  void aFailureOpensItForAPauseBelowTheFirstBound() {
    assertThat(failed(new Closed(), broken))
        .isEqualTo(new Open(after(Duration.ofSeconds(1)), Duration.ofSeconds(2)));
  }

  @Test
  void anOpenOneAdmitsNothingBeforeItsTime() {
    Circuit open = new Open(after(Duration.ofSeconds(1)), Duration.ofSeconds(2));
    assertThat(open.admits(NOW)).isFalse();
    assertThat(open.closedFor(NOW)).hasSeconds(1);
    assertThat(open.admits(after(Duration.ofSeconds(1)) - 1)).isFalse();
    assertThat(open.admits(after(Duration.ofSeconds(1)))).isTrue();
  }

  @Test
  void afterItsTimeOneQuestionGoesThrough() {
    Circuit half = new Open(NOW, Duration.ofSeconds(4)).asked(NOW, OPTIONS);
    assertThat(half).isEqualTo(new HalfOpen(after(Duration.ofSeconds(16)), Duration.ofSeconds(4)));
    assertThat(half.admits(NOW)).isFalse();
    assertThat(half.closedFor(NOW)).hasSeconds(16);
  }

  @Test
  void aQuestionWhoseOutcomeNobodyTellsIsNotWaitedForForEver() {
    Circuit half = new HalfOpen(NOW, Duration.ofSeconds(4));
    assertThat(half.admits(NOW)).isTrue();
    assertThat(half.asked(NOW, OPTIONS))
        .isEqualTo(new HalfOpen(after(Duration.ofSeconds(16)), Duration.ofSeconds(4)));
  }

  @Test
  void rightBytesCloseItFromAnyState() {
    for (Circuit circuit : everyState()) {
      assertThat(circuit.succeeded()).isEqualTo(new Closed());
    }
  }

  @Test
  void aFailedProbeDoublesTheBoundUpToTheLongest() {
    Circuit circuit = new Closed();
    List<Long> bounds = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      Open open = (Open) failed(circuit, broken);
      bounds.add(open.bound().toSeconds());
      assertThat(open.untilNanos() - NOW).isEqualTo(open.bound().toNanos() / 2);
      circuit = open.asked(open.untilNanos(), OPTIONS);
    }
    assertThat(bounds).containsExactly(2L, 4L, 8L, 16L, 16L, 16L);
  }

  @Test
  void aSecondStreamThatBreaksDoesNotDoubleAndDoesNotShorten() {
    Open long1 = new Open(after(Duration.ofSeconds(5)), Duration.ofSeconds(8));
    assertThat(failed(long1, broken)).isEqualTo(long1);
    Open short1 = new Open(after(Duration.ofSeconds(1)), Duration.ofSeconds(8));
    assertThat(failed(short1, broken))
        .isEqualTo(new Open(after(Duration.ofSeconds(4)), Duration.ofSeconds(8)));
  }

  @Test
  void wrongBytesCostTheDistrustFromAnyState() {
    for (Circuit circuit : everyState()) {
      Open open = (Open) failed(circuit, wrong);
      assertThat(open.closedFor(NOW)).isGreaterThanOrEqualTo(OPTIONS.distrust());
    }
  }

  @Test
  void whatTheServerAsksForIsHonouredUpToTheDistrust() {
    assertThat(failed(new Closed(), busyFor(Duration.ofMinutes(7))).closedFor(NOW))
        .isEqualTo(Duration.ofMinutes(7).plusSeconds(1));
    assertThat(failed(new Closed(), busyFor(Duration.ofDays(300))).closedFor(NOW))
        .isEqualTo(OPTIONS.distrust().plusSeconds(1));
  }

  @Test
  void thePauseIsDrawnFromAllOfTheBound() {
    SplittableRandom random = new SplittableRandom(3);
    long shortest = Long.MAX_VALUE;
    long longest = 0;
    for (int i = 0; i < 1000; i++) {
      Circuit open = new Closed().failed(broken, random.nextDouble(), NOW, OPTIONS);
      shortest = Math.min(shortest, open.closedFor(NOW).toMillis());
      longest = Math.max(longest, open.closedFor(NOW).toMillis());
    }
    assertThat(shortest).as("seed 3").isBetween(0L, 20L);
    assertThat(longest).as("seed 3").isBetween(1980L, 2000L);
  }

  /** Every state by every event: nobody is ever left alone for good, nor asked while it is open. */
  @Test
  void comesBackFromWhateverHappens() {
    for (long seed = 0; seed < 50; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      long now = NOW;
      Circuit circuit = new Closed();
      for (int step = 0; step < 200; step++) {
        now += random.nextLong(Duration.ofSeconds(20).toNanos());
        if (circuit.admits(now)) {
          circuit = circuit.asked(now, OPTIONS);
        }
        circuit =
            switch (random.nextInt(5)) {
              case 0 -> circuit.succeeded();
              case 1 -> circuit.failed(broken, random.nextDouble(), now, OPTIONS);
              case 2 -> circuit.failed(wrong, random.nextDouble(), now, OPTIONS);
              case 3 ->
                  circuit.failed(
                      busyFor(Duration.ofSeconds(random.nextInt(100_000))),
                      random.nextDouble(),
                      now,
                      OPTIONS);
              default -> circuit;
            };
        Duration wait = circuit.closedFor(now);
        assertThat(wait)
            .as("seed %s, step %s", seed, step)
            .isLessThanOrEqualTo(OPTIONS.distrust().plus(OPTIONS.longestPause()));
        assertThat(circuit.admits(now + wait.toNanos())).isTrue();
        assertThat(circuit.admits(now)).isEqualTo(wait.isZero());
      }
    }
  }

  private static List<Circuit> everyState() {
    return List.of(
        new Closed(),
        new Open(NOW, Duration.ofSeconds(2)),
        new Open(after(Duration.ofSeconds(9)), Duration.ofSeconds(16)),
        new HalfOpen(NOW, Duration.ofSeconds(2)),
        new HalfOpen(after(Duration.ofSeconds(9)), Duration.ofSeconds(16)));
  }
}
