package io.edgellm.release.tuf;

import java.time.Instant;

/**
 * Until when the current metadata of a role is valid.
 *
 * @param role {@code root}, {@code targets}, {@code snapshot}, {@code timestamp}, or the role of a
 *     model line
 * @param version its version
 * @param expires from when on devices refuse it
 */
public record RoleExpiry(String role, long version, Instant expires) {
  /** Returns whether devices will refuse it at a given time. */
  public boolean isExpiredAt(Instant time) {
    return !expires.isAfter(time);
  }
}
