package io.edgellm.peer;

import java.time.Duration;

/**
 * How a node behaves on its site.
 *
 * @param downloads chunks under way from peers at once
 * @param downloadsPerPeer of these, from one peer
 * @param minimumBytesPerSecond a chunk that comes more slowly than this is given up
 * @param answerTime how long a peer may take to begin with an answer
 * @param pollInterval how often peers are asked what they have, on average; the real pauses are
 *     drawn between half and one and a half of it
 * @param takeover how long a node that has to fetch something from the origin, or that offers
 *     something, may bring nothing before others fetch it instead. It is stretched to four times
 *     what a chunk takes this node itself, so that a slow line does not look like a dead node
 * @param giveUp how long nothing may come while the origin fails, or there is none
 * @param peers how many peers are followed
 */
public record SiteOptions(
    int downloads,
    int downloadsPerPeer,
    long minimumBytesPerSecond,
    Duration answerTime,
    Duration pollInterval,
    Duration takeover,
    Duration giveUp,
    int peers) {

  /** Refuses numbers without a meaning. */
  public SiteOptions {
    if (downloads < 1
        || downloadsPerPeer < 1
        || minimumBytesPerSecond < 1
        || !isPositive(answerTime)
        || !isPositive(pollInterval)
        || !isPositive(takeover)
        || !isPositive(giveUp)
        || peers < 1) {
      throw new IllegalArgumentException(
          "Counts, rates and times of a site are above zero: " + downloads + " downloads.");
    }
  }

  private static boolean isPositive(Duration duration) {
    return !duration.isZero() && !duration.isNegative();
  }

  /**
   * Returns 6 downloads at once, 2 of them from one peer, at least 64 KiB/s; answers within 3 s,
   * polls every 500 ms, takeover after 15 s, giving up after 60 s, 64 peers.
   */
  public static SiteOptions defaults() {
    return new SiteOptions(
        6,
        2,
        1 << 16,
        Duration.ofSeconds(3),
        Duration.ofMillis(500),
        Duration.ofSeconds(15),
        Duration.ofSeconds(60),
        64);
  }
}
