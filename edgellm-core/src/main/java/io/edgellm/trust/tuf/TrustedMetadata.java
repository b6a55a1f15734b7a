package io.edgellm.trust.tuf;

import io.edgellm.internal.tuf.RoleName;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Everything that one refresh verified, and the search for a target in it. */
record TrustedMetadata(
    Instant start,
    RootMetadata root,
    TimestampMetadata timestamp,
    SnapshotMetadata snapshot,
    TargetsMetadata targets,
    TargetsRoles roles) {

  /**
   * Searches for a target, depth first, in the order of the delegations. Each role is looked into
   * once; a terminating delegation ends the search with what is below it.
   *
   * @throws TufException if a role on the way cannot be had or is not right: nobody may hide a
   *     target by breaking what comes before it
   */
  Optional<TufTarget> find(String path, int maxDelegatedRoles) {
    Deque<Delegations.Delegate> open = new ArrayDeque<>();
    Set<String> visited = new HashSet<>();
    visited.add(RoleName.TARGETS);
    TargetsMetadata current = targets;
    Instant validUntil = validUntil();
    while (true) {
      Optional<TargetsMetadata.Entry> entry = current.target(path);
      if (entry.isPresent()) {
        return Optional.of(
            new TufTarget(path, entry.get(), root.consistentSnapshots(), validUntil));
      }
      pushInOrder(current.delegations().responsibleFor(path), open);
      while (!open.isEmpty() && visited.contains(open.peek().role())) {
        open.pop();
      }
      if (open.isEmpty()) {
        return Optional.empty();
      }
      Delegations.Delegate next = open.pop();
      visited.add(next.role());
      requireAtMost(maxDelegatedRoles, visited.size() - 1, path);
      current = roles.load(next.role(), next.keys());
      validUntil = Collections.min(List.of(validUntil, current.header().expires()));
    }
  }

  private static void pushInOrder(
      List<Delegations.Delegate> delegates, Deque<Delegations.Delegate> open) {
    int end = 0;
    while (end < delegates.size()) {
      if (delegates.get(end++).terminating()) {
        open.clear();
        break;
      }
    }
    for (int i = end - 1; i >= 0; i--) {
      open.push(delegates.get(i));
    }
  }

  private static void requireAtMost(int limit, int roles, String path) {
    if (roles > limit) {
      throw new TufException(
          TufException.Reason.LIMIT_EXCEEDED,
          "'"
              + path
              + "' was not found in "
              + limit
              + " delegated roles: the publisher must delegate it more directly.",
          path);
    }
  }

  private Instant validUntil() {
    return Collections.min(
        List.of(
            root.header().expires(),
            timestamp.header().expires(),
            snapshot.header().expires(),
            targets.header().expires()));
  }

  TufVersions versions() {
    return new TufVersions(
        root.header().version(),
        timestamp.header().version(),
        snapshot.header().version(),
        targets.header().version(),
        start,
        validUntil(),
        timestamp.signedAt());
  }
}
