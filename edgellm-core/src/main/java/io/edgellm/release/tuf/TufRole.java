package io.edgellm.release.tuf;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Who signs for a role, how many of them must, and how long what they sign is valid.
 *
 * @param keys the keys, each of another person or system
 * @param threshold how many of them must sign
 * @param validity from signing to expiry, in whole seconds
 */
public record TufRole(List<TufKey> keys, int threshold, Duration validity) {
  /** How long the metadata of a model line is valid unless somebody says otherwise. */
  static final Duration LINE_VALIDITY = Duration.ofDays(90);

  /**
   * @throws IllegalArgumentException if the threshold cannot be met or is not positive, if a key is
   *     there twice, or if the validity is less than a second
   */
  public TufRole {
    keys = List.copyOf(keys);
    Set<String> distinct = new HashSet<>();
    keys.forEach(key -> distinct.add(key.material()));
    if (distinct.size() != keys.size()) {
      throw new IllegalArgumentException("A key is listed twice.");
    }
    if (threshold < 1 || threshold > keys.size()) {
      throw new IllegalArgumentException(
          "With " + keys.size() + " keys, a threshold of " + threshold + " makes no sense.");
    }
    if (validity.getSeconds() < 1 || validity.getNano() != 0) {
      throw new IllegalArgumentException("The validity is not a number of seconds.");
    }
  }

  /** Returns the role of a model line: valid for 90 days. */
  public static TufRole forLine(int threshold, TufKey... keys) {
    return new TufRole(List.of(keys), threshold, LINE_VALIDITY);
  }

  /** Returns this role with other keys. */
  public TufRole withKeys(int newThreshold, TufKey... newKeys) {
    return new TufRole(List.of(newKeys), newThreshold, validity);
  }
}
