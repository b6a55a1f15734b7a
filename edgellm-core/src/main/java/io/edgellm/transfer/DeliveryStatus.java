package io.edgellm.transfer;

import java.time.Duration;
import java.util.Optional;

/**
 * How the delivery of a release is getting on as a whole: what a host needs to draw a bar.
 *
 * @param title model and version
 * @param phase what is being done
 * @param doneBytes how much of {@code totalBytes} is there, earlier deliveries included
 * @param totalBytes what has to come; smaller where deltas are taken, larger again where one turned
 *     out to be of no use
 * @param bytesPerSecond the rate of the last seconds, smoothed; the times in which nothing was
 *     allowed to come are left out. 0 if nothing has come yet
 * @param sender who sends, empty before anybody does
 */
public record DeliveryStatus(
    String title,
    Phase phase,
    long doneBytes,
    long totalBytes,
    double bytesPerSecond,
    String sender) {

  /** What is being done. */
  public enum Phase {
    /** Manifest, signature and attestations come, and are examined. */
    PAPERS,
    /** Nothing may come for now, see {@link Hold}. */
    WAITING,
    /** A delta comes, or is applied. */
    DELTA,
    /** Files come. */
    FETCHING,
    /** A file is being hashed as a whole. */
    VERIFYING,
    /** The version is put together, verified as a whole, and published in the store. */
    INSTALLING
  }

  /** Returns how long the rest will take at this rate; empty if there is no rate yet. */
  public Optional<Duration> timeLeft() {
    double seconds = (double) (totalBytes - doneBytes) / bytesPerSecond;
    return bytesPerSecond > 0 && seconds < Long.MAX_VALUE / 1e9
        ? Optional.of(Duration.ofSeconds((long) Math.ceil(seconds)))
        : Optional.empty();
  }
}
