package io.edgellm.benchmarks.delta;

/**
 * What making and applying a delta took, each in a process of its own.
 *
 * @param deltaBytes what has to be transferred
 * @param encode to make it
 * @param decode to apply it
 */
record Measured(long deltaBytes, ProcessCost encode, ProcessCost decode) {}
