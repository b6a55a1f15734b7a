package io.edgellm.inference.prefix;

/** Where a prefix was found. */
public enum Tier {
  /** In the cache of a sequence, in place: nothing was copied. */
  SLOT,
  /** In memory. */
  HOST,
  /** In a file; it is in memory now. */
  DISK
}
