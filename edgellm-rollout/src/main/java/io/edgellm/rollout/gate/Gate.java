package io.edgellm.rollout.gate;

/**
 * One thing that a candidate is judged by. A gate is a pure function: the same observation gets the
 * same verdict. Which gates a device has is a list in its policy; a candidate is committed when all
 * of them pass at the same look, and rolled back when one of them fails.
 *
 * <p>A gate that lacks data says so and never passes. One that throws counts as one that lacks
 * data. Implementations are immutable.
 */
public interface Gate {
  /** Returns the name for reports, for instance {@code quality}. */
  String name();

  /** Judges what was observed so far. */
  GateVerdict judge(Observation observation);
}
