package io.edgellm.publish;

import java.util.List;

/**
 * What a push has done.
 *
 * @param releases the titles of the releases that are new there
 * @param sentBytes bytes of files that went
 * @param skippedBytes bytes of files that were there
 * @param timestampVersion the version of the timestamp that is current there now; 0 if there is no
 *     update metadata
 * @param isChanged whether anything was written
 */
public record PushReport(
    List<String> releases,
    long sentBytes,
    long skippedBytes,
    long timestampVersion,
    boolean isChanged) {
  /** Copies the list. */
  public PushReport {
    releases = List.copyOf(releases);
  }
}
