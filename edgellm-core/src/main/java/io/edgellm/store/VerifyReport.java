package io.edgellm.store;

import java.util.List;

/**
 * What a verification found.
 *
 * @param findings what is not as it should be, in the order in which it was found
 * @param files how many files were compared
 * @param readBytes how many bytes were read; a file with several names is read once
 * @param complete false if the listener or an interrupt ended it early
 */
public record VerifyReport(
    List<StoreFinding> findings, int files, long readBytes, boolean complete) {
  /** Copies the list. */
  public VerifyReport {
    findings = List.copyOf(findings);
  }

  /** Returns whether everything was looked at and nothing harmful was found. */
  public boolean isSound() {
    return complete && findings.stream().noneMatch(StoreFinding::isHarmful);
  }
}
