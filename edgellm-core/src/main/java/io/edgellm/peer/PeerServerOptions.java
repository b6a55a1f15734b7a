package io.edgellm.peer;

import java.time.Duration;
import java.util.Optional;

/**
 * What a peer server lets others do.
 *
 * @param uploads files or chunks that go out at once
 * @param waiting requests that may wait for their turn; more are answered 503
 * @param longestWait how long they may, before they are answered 503
 * @param bytesPerSecond of all uploads together; {@link #UNLIMITED} for no limit
 * @param connections open connections; further ones are closed at once, unless one is idle
 * @param connectionsPerClient of these, from one address
 * @param headTime how long a request may take to arrive, from its first byte
 * @param idleTime how long a connection may be silent between requests
 * @param stallTime how long a client may keep one chunk waiting because it does not read; after a
 *     fifth of it, another one that waits gets the turn
 * @param secret what clients have to know; empty lets everybody in
 */
public record PeerServerOptions(
    int uploads,
    int waiting,
    Duration longestWait,
    long bytesPerSecond,
    int connections,
    int connectionsPerClient,
    Duration headTime,
    Duration idleTime,
    Duration stallTime,
    Optional<SiteSecret> secret) {
  /** No limit of the rate. */
  public static final long UNLIMITED = TokenBucket.UNLIMITED;

  /** Refuses numbers without a meaning. */
  public PeerServerOptions {
    if (uploads < 1
        || waiting < 0
        || longestWait.isNegative()
        || bytesPerSecond < 1
        || connections < 1
        || connectionsPerClient < 1
        || headTime.isNegative()
        || headTime.isZero()
        || idleTime.isNegative()
        || stallTime.isNegative()
        || stallTime.isZero()) {
      throw new IllegalArgumentException(
          "A peer server needs at least one upload and one connection, a rate, and times.");
    }
  }

  /**
   * Returns 2 uploads at once, 16 that wait for up to 2 s, no limit of the rate, 256 connections,
   * 32 of them from one address, 5 s for a request, 60 s of silence, 20 s of not reading, no
   * secret.
   */
  public static PeerServerOptions defaults() {
    return new PeerServerOptions(
        2,
        16,
        Duration.ofSeconds(2),
        UNLIMITED,
        256,
        32,
        Duration.ofSeconds(5),
        Duration.ofSeconds(60),
        Duration.ofSeconds(20),
        Optional.empty());
  }

  /** Returns the same with a secret. */
  public PeerServerOptions with(SiteSecret siteSecret) {
    return new PeerServerOptions(
        uploads,
        waiting,
        longestWait,
        bytesPerSecond,
        connections,
        connectionsPerClient,
        headTime,
        idleTime,
        stallTime,
        Optional.of(siteSecret));
  }

  /** Returns the same with another number of uploads and another rate. */
  public PeerServerOptions with(int newUploads, long newBytesPerSecond) {
    return new PeerServerOptions(
        newUploads,
        waiting,
        longestWait,
        newBytesPerSecond,
        connections,
        connectionsPerClient,
        headTime,
        idleTime,
        stallTime,
        secret);
  }
}
