package io.edgellm.publish;

/**
 * What a pull has brought.
 *
 * @param releases how many releases there are, in all lines
 * @param documents how many files came
 * @param timestampVersion the version of the timestamp that is current there; 0 if there is no
 *     update metadata
 */
public record PullReport(int releases, int documents, long timestampVersion) {
  /** Returns whether nothing was published there yet. */
  public boolean isEmpty() {
    return releases == 0 && timestampVersion == 0;
  }
}
