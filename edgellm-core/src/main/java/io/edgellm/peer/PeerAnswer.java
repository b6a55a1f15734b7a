package io.edgellm.peer;

import io.edgellm.peer.SiteEvent.Trouble;

/**
 * What came of a request to a peer.
 *
 * @param <T> what was asked for
 */
sealed interface PeerAnswer<T> {
  /** It came, as far as its form goes. */
  record Came<T>(T what) implements PeerAnswer<T> {}

  /** It did not. */
  record Failed<T>(Trouble trouble, long retryAfterNanos) implements PeerAnswer<T> {}

  /** The peer wants a proof for this number first. */
  record Challenged<T>(String nonce) implements PeerAnswer<T> {}

  /** What the peer said before is still so. */
  record Unchanged<T>() implements PeerAnswer<T> {}

  static <T> PeerAnswer<T> failed(Trouble trouble) {
    return new Failed<>(trouble, 0);
  }
}
