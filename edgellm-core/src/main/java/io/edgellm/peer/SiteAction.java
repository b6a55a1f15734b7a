package io.edgellm.peer;

import java.util.BitSet;

/** What a {@link SitePlan} wants done. */
sealed interface SiteAction {
  /** Ask a peer what it has. */
  record AskMap(long request, Peer peer) implements SiteAction {}

  /** Ask a peer for a chunk. */
  record AskChunk(long request, Peer peer, int chunk) implements SiteAction {}

  /** End a request to a peer; what it brings from now on is of no interest. */
  record Cancel(long request) implements SiteAction {}

  /** Let the others know that this node is about to fetch these chunks, or none any more. */
  record Intend(BitSet chunks) implements SiteAction {}

  /** Fetch these chunks from the origin, and let the others know it. */
  record AskOrigin(BitSet chunks) implements SiteAction {}

  /** Everything is there. */
  record Finish() implements SiteAction {}

  /** Nothing more is to be expected. */
  record GiveUp() implements SiteAction {}
}
