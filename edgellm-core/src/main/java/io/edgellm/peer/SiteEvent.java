package io.edgellm.peer;

import java.util.List;

/** What happens to a {@link SitePlan}. */
sealed interface SiteEvent {
  /** How a request to a peer failed. */
  enum Trouble {
    /** It said that it does not have it. */
    REFUSED,
    /** It said: later. */
    BUSY,
    /** No word came from it. */
    UNREACHABLE,
    /** What came was not what was asked for, or not all of it: bytes for nothing. */
    WASTE
  }

  /** These are the peers of the site now. */
  record Peers(List<Peer> peers) implements SiteEvent {}

  /** A node asked this one what it has. */
  record AskedBy(NodeId node) implements SiteEvent {}

  /** A peer answered what it has. */
  record MapCame(long request, ChunkMap map) implements SiteEvent {}

  /** A peer did not. */
  record MapFailed(long request, Trouble trouble, long retryAfterNanos) implements SiteEvent {}

  /** A chunk came from a peer, was right, and is written. */
  record ChunkCame(long request, int chunk) implements SiteEvent {}

  /** A chunk did not come. */
  record ChunkFailed(long request, Trouble trouble, long retryAfterNanos) implements SiteEvent {}

  /** A chunk came from the origin and is written. */
  record OriginBrought(int chunk) implements SiteEvent {}

  /** The request to the origin is over. */
  record OriginEnded(boolean failed) implements SiteEvent {}

  /** Time has passed. */
  record Tick() implements SiteEvent {}
}
