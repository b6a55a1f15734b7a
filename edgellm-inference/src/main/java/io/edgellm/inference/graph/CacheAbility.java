package io.edgellm.inference.graph;

/** What a cache may be able to do beyond growing and being forgotten as a whole. */
public enum CacheAbility {
  /** Forget the end of a sequence and go on from there. */
  REWIND,
  /** Copy the beginning of one sequence to another slot. */
  FORK,
  /** Take one token of each of several sequences in one pass. */
  BATCH,
  /** Be written to memory, and read back. */
  SNAPSHOT
}
