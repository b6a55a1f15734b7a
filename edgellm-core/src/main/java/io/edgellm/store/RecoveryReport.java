package io.edgellm.store;

import java.util.List;

/**
 * What opening a store found and did about it, for people.
 *
 * @param created whether there was no store before
 * @param repairs what was put right, one sentence each
 * @param problems what needs somebody's attention, one sentence each that says what to do
 */
public record RecoveryReport(boolean created, List<String> repairs, List<String> problems) {
  /** Copies the lists. */
  public RecoveryReport {
    repairs = List.copyOf(repairs);
    problems = List.copyOf(problems);
  }
}
