package io.edgellm.trust.tuf;

import io.edgellm.internal.tuf.RoleName;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * One run of the client workflow (section 5.3 to 5.6 of the specification): root, timestamp,
 * snapshot, targets, each of which vouches for the next.
 *
 * <p>Cached metadata goes through the same checks as new metadata; if it fails one, it is fetched
 * again. Expiry is checked in every run against the time at which it began, whether or not anything
 * is new. Not thread-safe.
 */
final class MetadataUpdate {
  private final TufStore store;
  private final MetadataSource source;
  private final TufLimits limits;
  private final UpdateClock clock;
  private UpdateTime time;
  private HighWaterMarks marks;
  private boolean withdrawn;
  private boolean unsettled;

  MetadataUpdate(
      TufStore store, MetadataSource source, TufLimits limits, UpdateClock clock, Duration grace) {
    this.store = store;
    this.source = source;
    this.limits = limits;
    this.clock = clock;
    this.time = new UpdateTime(clock.instant(), grace);
    this.marks = store.marks();
  }

  /** Runs it. */
  TrustedMetadata run(byte[] pinnedRoot) {
    RootMetadata root = new RootChain(store, source, limits).follow(pinnedRoot);
    disregardWhatWithdrawnKeysSaid(root);
    time.requireUnexpired(root.header());
    TimestampMetadata timestamp = timestamp(root.keys(RoleName.TIMESTAMP));
    timestamp.signedAt().ifPresent(clock::timestampSigned);
    SnapshotMetadata snapshot = snapshot(root, timestamp.snapshot());
    TargetsRoles roles =
        new TargetsRoles(store, source, limits, time, root.consistentSnapshots(), snapshot);
    TargetsMetadata targets = roles.load(RoleName.TARGETS, root.keys(RoleName.TARGETS));
    return new TrustedMetadata(time.start(), root, timestamp, snapshot, targets, roles);
  }

  /**
   * Goes on without the versions and the time that withdrawn keys signed. Before any expiry is
   * looked at: a stolen key could have sent the clock past all of them.
   */
  private void disregardWhatWithdrawnKeysSaid(RootMetadata root) {
    withdrawn = marks.isRotatedBy(root);
    HighWaterMarks under = marks.under(root);
    // Without marks nobody knows whose word the floor is, and no root could ever take it back.
    if (withdrawn || marks.signers().isEmpty()) {
      time = new UpdateTime(clock.instantWithoutTimestamps(), time.grace());
      marks = under;
      unsettled = true;
    } else {
      raise(under);
    }
  }

  /**
   * Makes that durable, once the new keys have signed: somebody who pins the root of another
   * repository by mistake must not wipe out what is known of the right one.
   */
  private void settle() {
    if (unsettled) {
      clock.timestampKeysWithdrawn();
      if (withdrawn) {
        store.deleteMetadata(RoleName.TIMESTAMP);
        store.deleteMetadata(RoleName.SNAPSHOT);
      }
      store.putMarks(marks);
      unsettled = false;
    }
  }

  private void raise(HighWaterMarks raised) {
    if (!raised.equals(marks)) {
      store.putMarks(raised);
      marks = raised;
    }
  }

  private TimestampMetadata timestamp(RoleKeys keys) {
    Optional<TimestampMetadata> cached = cachedTimestamp(keys);
    HighWaterMarks floor = cached.map(marks::raisedBy).orElse(marks);
    byte[] raw = source.timestamp(limits.timestampBytes());
    TimestampMetadata offered = timestamp(raw, keys);
    if (cached.isPresent() && offered.header().version() == cached.get().header().version()) {
      marks.requireNotBelow(cached.get());
      time.requireUnexpired(cached.get().header());
      settle();
      raise(floor);
      return cached.get();
    }
    floor.requireNotBelow(offered);
    time.requireUnexpired(offered.header());
    settle();
    store.putMetadata(RoleName.TIMESTAMP, raw);
    raise(marks.raisedBy(offered));
    return offered;
  }

  private Optional<TimestampMetadata> cachedTimestamp(RoleKeys keys) {
    return withdrawn
        ? Optional.empty()
        : store
            .metadata(RoleName.TIMESTAMP, limits.timestampBytes())
            .flatMap(raw -> unlessRefused(() -> timestamp(raw, keys)));
  }

  private static TimestampMetadata timestamp(byte[] raw, RoleKeys keys) {
    SignedMetadata metadata = SignedMetadata.parse(RoleName.TIMESTAMP, raw);
    keys.require(metadata);
    return TimestampMetadata.read(metadata);
  }

  private SnapshotMetadata snapshot(RootMetadata root, MetaFile listed) {
    RoleKeys keys = root.keys(RoleName.SNAPSHOT);
    Optional<byte[]> cached = store.metadata(RoleName.SNAPSHOT, limits.snapshotBytes());
    HighWaterMarks floor =
        cached
            .flatMap(raw -> unlessRefused(() -> snapshot(raw, keys)))
            .map(marks::raisedBy)
            .orElse(marks);
    Optional<SnapshotMetadata> current =
        cached.flatMap(raw -> unlessRefused(() -> current(raw, keys, listed, floor)));
    SnapshotMetadata snapshot =
        current.isPresent() ? current.get() : fetchSnapshot(root, listed, floor);
    raise(marks.raisedBy(snapshot));
    return snapshot;
  }

  private SnapshotMetadata fetchSnapshot(RootMetadata root, MetaFile listed, HighWaterMarks floor) {
    byte[] raw =
        source.listed(
            RoleName.SNAPSHOT, listed, root.consistentSnapshots(), limits.snapshotBytes());
    SnapshotMetadata snapshot = current(raw, root.keys(RoleName.SNAPSHOT), listed, floor);
    store.putMetadata(RoleName.SNAPSHOT, raw);
    return snapshot;
  }

  private SnapshotMetadata current(
      byte[] raw, RoleKeys keys, MetaFile listed, HighWaterMarks floor) {
    listed.requireBytes(RoleName.SNAPSHOT, raw);
    SnapshotMetadata snapshot = snapshot(raw, keys);
    listed.requireVersion(snapshot.header());
    floor.requireNotBelow(snapshot);
    time.requireUnexpired(snapshot.header());
    return snapshot;
  }

  private static SnapshotMetadata snapshot(byte[] raw, RoleKeys keys) {
    SignedMetadata metadata = SignedMetadata.parse(RoleName.SNAPSHOT, raw);
    keys.require(metadata);
    return SnapshotMetadata.read(metadata);
  }

  /** Reads something from the cache, which may be anything. */
  static <T> Optional<T> unlessRefused(Supplier<T> cached) {
    try {
      return Optional.of(cached.get());
    } catch (TufException e) {
      return Optional.empty();
    }
  }
}
