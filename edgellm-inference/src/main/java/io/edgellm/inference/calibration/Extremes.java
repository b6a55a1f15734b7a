package io.edgellm.inference.calibration;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The least and the greatest number of one tensor, in the sample that is run and in those before.
 */
final class Extremes {
  /** The weight with which nothing that was seen is ever forgotten. */
  static final double ALL = 0;

  private final double weight;
  private @Nullable ActivationRange sample;
  private @Nullable ActivationRange before;
  private long mostNumbers;

  /**
   * @param weight of a new sample, or {@link #ALL}
   */
  Extremes(double weight) {
    this.weight = weight;
  }

  /** Takes what one pass gave. */
  void add(ActivationRange range, long numbers) {
    sample = sample == null ? range : sample.and(range);
    mostNumbers = Math.max(mostNumbers, numbers);
  }

  /** Says that the passes of a sample are over. */
  void endSample() {
    if (sample != null) {
      before = before == null ? sample : joined(before, sample);
      sample = null;
    }
  }

  private ActivationRange joined(ActivationRange old, ActivationRange now) {
    if (weight == ALL) {
      return old.and(now);
    }
    return new ActivationRange(
        moved(old.lowest(), now.lowest()), moved(old.highest(), now.highest()));
  }

  private float moved(float old, float now) {
    return (float) (old + weight * (now - old));
  }

  Optional<ActivationRange> range() {
    return Optional.ofNullable(before);
  }

  /** Returns how many numbers the tensor had when it was largest. */
  long mostNumbers() {
    return mostNumbers;
  }
}
