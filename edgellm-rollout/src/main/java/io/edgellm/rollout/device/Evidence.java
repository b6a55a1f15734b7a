package io.edgellm.rollout.device;

/**
 * What was counted while a candidate served. Counts add up over restarts of the process.
 *
 * @param requests requests that finished, well or not
 * @param errors those of them that failed
 * @param timed requests whose latency was measured
 * @param slow those of them that were slower than the baseline allows
 */
public record Evidence(long requests, long errors, long timed, long slow) {
  /** Nothing was counted. */
  public static final Evidence NONE = new Evidence(0, 0, 0, 0);

  /** Refuses counts that contradict each other. */
  public Evidence {
    if (errors < 0 || errors > requests || slow < 0 || slow > timed) {
      throw new IllegalArgumentException(
          "Of "
              + requests
              + " requests "
              + errors
              + " failed, of "
              + timed
              + ' '
              + slow
              + " were slow: a part is larger than the whole.");
    }
  }

  /** Returns both together. */
  public Evidence plus(Evidence other) {
    return new Evidence(
        requests + other.requests, errors + other.errors, timed + other.timed, slow + other.slow);
  }
}
