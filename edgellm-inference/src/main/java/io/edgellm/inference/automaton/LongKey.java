package io.edgellm.inference.automaton;

import java.util.Arrays;

/**
 * Numbers as a key. A {@code LongBuffer} would do, but its hash leaves out the upper halves, where
 * half of what we pack into a number is: determinization then spends minutes in one bucket.
 */
final class LongKey {
  private final long[] values;
  private final int hash;

  /**
   * @param values belong to the key from now on
   */
  LongKey(long[] values) {
    this.values = values;
    this.hash = hash(values);
  }

  private static int hash(long[] values) {
    long hash = values.length;
    for (long value : values) {
      hash = (hash ^ value) * 0x9E3779B97F4A7C15L;
      hash ^= hash >>> 32;
    }
    return (int) hash;
  }

  int size() {
    return values.length;
  }

  LongList toList() {
    return LongList.of(values);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof LongKey key && Arrays.equals(values, key.values);
  }

  @Override
  public int hashCode() {
    return hash;
  }
}
