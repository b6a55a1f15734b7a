package io.edgellm.transfer;

import java.time.Instant;

/** What holds a transfer up that nothing is wrong with. */
public sealed interface Hold {
  /** The host has paused it, see {@link TransferControl#pause}. */
  record Paused() implements Hold {}

  /**
   * No maintenance window is open.
   *
   * @param until when the next one opens
   */
  record OutsideWindow(Instant until) implements Hold {}

  /** The link is metered, and the file larger than what may come over such a link. */
  record Metered() implements Hold {}
}
