package io.edgellm.inference.template;

import java.time.Clock;

/**
 * What a rendering brings along for its filters, tests and functions.
 *
 * @param budget what it may still spend
 * @param clock the clock of {@code strftime_now}, in the zone of the host
 */
record Rendering(Budget budget, Clock clock) {

  /** Comparisons that are paid from the budget. */
  Comparisons comparisons() {
    return new Comparisons(budget);
  }
}
