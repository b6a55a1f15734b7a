package io.edgellm.trust.tuf;

import java.util.Optional;

/**
 * The metadata of targets roles in the state that one snapshot names.
 *
 * <p>A role is verified with the keys of whoever delegates to it in the search at hand. Nothing is
 * remembered from an earlier search, in which somebody else with other keys may have delegated to
 * it.
 */
final class TargetsRoles {
  private final TufStore store;
  private final MetadataSource source;
  private final TufLimits limits;
  private final UpdateTime time;
  private final boolean consistentSnapshots;
  private final SnapshotMetadata snapshot;

  TargetsRoles(
      TufStore store,
      MetadataSource source,
      TufLimits limits,
      UpdateTime time,
      boolean consistentSnapshots,
      SnapshotMetadata snapshot) {
    this.store = store;
    this.source = source;
    this.limits = limits;
    this.time = time;
    this.consistentSnapshots = consistentSnapshots;
    this.snapshot = snapshot;
  }

  /** Returns a role from the cache if it is there and right, otherwise from the source. */
  TargetsMetadata load(String role, RoleKeys keys) {
    MetaFile listed =
        snapshot
            .role(role)
            .orElseThrow(
                () ->
                    new TufException(
                        TufException.Reason.MISMATCH,
                        "The snapshot does not list the role '"
                            + role
                            + "', to which targets are delegated: ask the publisher.",
                        role));
    Optional<TargetsMetadata> cached =
        store
            .metadata(role, limits.targetsBytes())
            .flatMap(raw -> MetadataUpdate.unlessRefused(() -> current(role, raw, keys, listed)));
    return cached.isPresent() ? cached.get() : fetch(role, keys, listed);
  }

  private TargetsMetadata fetch(String role, RoleKeys keys, MetaFile listed) {
    byte[] raw = source.listed(role, listed, consistentSnapshots, limits.targetsBytes());
    TargetsMetadata targets = current(role, raw, keys, listed);
    store.putMetadata(role, raw);
    return targets;
  }

  private TargetsMetadata current(String role, byte[] raw, RoleKeys keys, MetaFile listed) {
    listed.requireBytes(role, raw);
    SignedMetadata metadata = SignedMetadata.parse(role, raw);
    keys.require(metadata);
    TargetsMetadata targets = TargetsMetadata.read(metadata);
    listed.requireVersion(targets.header());
    time.requireUnexpired(targets.header());
    return targets;
  }
}
