package io.edgellm.rollout.gate;

import java.util.Locale;

/**
 * What one gate said at one look.
 *
 * @param gate its name
 * @param verdict what it said
 */
public record GateResult(String gate, GateVerdict verdict) {
  /** Returns a line for people. */
  @Override
  public String toString() {
    return gate
        + ": "
        + verdict.getClass().getSimpleName().toUpperCase(Locale.ROOT)
        + ", "
        + verdict.figures();
  }
}
