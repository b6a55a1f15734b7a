package io.edgellm.publish;

import java.time.Duration;
import java.util.Optional;

/**
 * How far a push or a pull is: what a host needs to draw a bar.
 *
 * @param phase what is being done
 * @param what the path of the file that is under way; empty if there is none
 * @param doneBytes how many of {@code totalBytes} have gone
 * @param totalBytes the bytes of files that have to go; papers do not count
 * @param bytesPerSecond the rate of the last seconds, smoothed; 0 before there is one
 */
public record PushStatus(
    Phase phase, String what, long doneBytes, long totalBytes, double bytesPerSecond) {

  /** What is being done. */
  public enum Phase {
    /** Papers and metadata come from there. */
    PULLING,
    /** What is there is compared with what is here; nothing is written. */
    COMPARING,
    /** Files go. */
    BLOBS,
    /** Manifests, signatures and lists of versions go. */
    PAPERS,
    /** Update metadata goes, the timestamp last. */
    METADATA,
    /** Everything is there. */
    DONE
  }

  /** Returns how long the rest will take at this rate; empty if there is no rate yet. */
  public Optional<Duration> timeLeft() {
    double seconds = (double) (totalBytes - doneBytes) / bytesPerSecond;
    return bytesPerSecond > 0 && seconds < Long.MAX_VALUE / 1e9
        ? Optional.of(Duration.ofSeconds((long) Math.ceil(seconds)))
        : Optional.empty();
  }
}
