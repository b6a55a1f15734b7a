package io.edgellm.trust.tuf;

import io.edgellm.internal.tuf.RoleName;
import java.time.Instant;
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
  private final RepositoryReader repository;
  private final TufLimits limits;
  private final Instant start;
  private HighWaterMarks marks;

  MetadataUpdate(TufStore store, RepositoryReader repository, TufLimits limits, Instant start) {
    this.store = store;
    this.repository = repository;
    this.limits = limits;
    this.start = start;
    this.marks = store.marks();
  }

  /** Runs it. */
  TrustedMetadata run(byte[] pinnedRoot) {
    RootMetadata root = new RootChain(store, repository, limits).follow(pinnedRoot);
    root.header().requireUnexpired(start);
    forgetWhatWithdrawnKeysSigned(root);
    TimestampMetadata timestamp = timestamp(root.keys(RoleName.TIMESTAMP));
    SnapshotMetadata snapshot = snapshot(root, timestamp.snapshot());
    TargetsRoles roles =
        new TargetsRoles(store, repository, limits, start, root.consistentSnapshots(), snapshot);
    TargetsMetadata targets = roles.load(RoleName.TARGETS, root.keys(RoleName.TARGETS));
    return new TrustedMetadata(start, root, timestamp, snapshot, targets, roles);
  }

  private void forgetWhatWithdrawnKeysSigned(RootMetadata root) {
    if (marks.isRotatedBy(root)) {
      store.deleteMetadata(RoleName.TIMESTAMP);
      store.deleteMetadata(RoleName.SNAPSHOT);
    }
    raise(marks.under(root));
  }

  private void raise(HighWaterMarks raised) {
    if (!raised.equals(marks)) {
      store.putMarks(raised);
      marks = raised;
    }
  }

  private TimestampMetadata timestamp(RoleKeys keys) {
    Optional<TimestampMetadata> cached =
        store
            .metadata(RoleName.TIMESTAMP, limits.timestampBytes())
            .flatMap(raw -> unlessRefused(() -> timestamp(raw, keys)));
    HighWaterMarks floor = cached.map(marks::raisedBy).orElse(marks);
    byte[] raw =
        repository.metadata(RoleName.fileName(RoleName.TIMESTAMP), limits.timestampBytes());
    TimestampMetadata offered = timestamp(raw, keys);
    if (cached.isPresent() && offered.header().version() == cached.get().header().version()) {
      marks.requireNotBelow(cached.get());
      cached.get().header().requireUnexpired(start);
      raise(floor);
      return cached.get();
    }
    floor.requireNotBelow(offered);
    offered.header().requireUnexpired(start);
    store.putMetadata(RoleName.TIMESTAMP, raw);
    raise(marks.raisedBy(offered));
    return offered;
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
    String file =
        root.consistentSnapshots()
            ? RoleName.fileName(RoleName.SNAPSHOT, listed.version())
            : RoleName.fileName(RoleName.SNAPSHOT);
    byte[] raw = repository.metadata(file, listed.boundBytes(limits.snapshotBytes()));
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
    snapshot.header().requireUnexpired(start);
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
