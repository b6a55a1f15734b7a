package io.edgellm.inference.drift;

import java.time.Duration;
import java.util.Optional;

/**
 * How far a check is.
 *
 * @param done how many passages and probes are compared
 * @param total how many there are
 * @param share of the work that is done, by tokens, from 0 to 1
 * @param elapsed since the comparison began
 */
public record CheckProgress(int done, int total, double share, Duration elapsed) {
  /** Returns how long the rest will take at the same pace; empty before anything is done. */
  public Optional<Duration> timeLeft() {
    return share > 0
        ? Optional.of(Duration.ofMillis((long) (elapsed.toMillis() * (1 - share) / share)))
        : Optional.empty();
  }
}
