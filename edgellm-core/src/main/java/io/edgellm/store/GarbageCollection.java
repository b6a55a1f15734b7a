package io.edgellm.store;

import io.edgellm.internal.io.ProcessLocks;
import io.edgellm.model.ModelId;
import io.edgellm.model.ModelVersion;
import io.edgellm.model.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * One collection: versions that nobody needs, then files that no version needs, then unfinished
 * downloads that nobody continues.
 *
 * <p>A version leaves by a rename into the trash, so that it is either there with all its files or
 * not there; what is in the trash is deleted afterwards, at the next collection or at the next
 * opening.
 */
final class GarbageCollection {
  private final StoreAccess access;
  private final InstalledVersions installed;
  private final StateFile states;
  private final Instant now;

  private final List<String> removedVersions = new ArrayList<>();
  private final List<String> spared = new ArrayList<>();
  private int removedBlobs;
  private int removedPartials;
  private int expiredQuarantined;

  GarbageCollection(StoreAccess access, InstalledVersions installed, StateFile states) {
    this.access = access;
    this.installed = installed;
    this.states = states;
    this.now = access.now();
  }

  GarbageReport run() throws IOException {
    long before = FileSizes.bytes(access.layout().counted());
    access.underStoreLock(this::sweep);
    new Trash(access).empty();
    long freed = Math.max(0, before - FileSizes.bytes(access.layout().counted()));
    return new GarbageReport(
        removedVersions, removedBlobs, removedPartials, expiredQuarantined, spared, freed);
  }

  private int sweep() throws IOException {
    removeVersions();
    Set<Sha256> kept = new Keeps(access).spared(spared);
    sweepBlobs(kept);
    expirePartials(kept);
    expiredQuarantined =
        new Quarantine(access).expire(access.ago(access.options().quarantineRetention()));
    return removedVersions.size() + removedBlobs;
  }

  private void removeVersions() throws IOException {
    for (ModelId model : installed.models()) {
      try {
        ModelState state = states.read(model);
        Set<ModelVersion> kept = keptHealthy(model, state);
        for (ModelVersion version : installed.versions(model)) {
          if (!state.needs(version) && !kept.contains(version)) {
            removeUnneeded(model, version);
          }
        }
      } catch (StoreException e) {
        spared.add(e.getMessage());
      }
    }
  }

  /** Returns the last versions that were proven here, beside those that are needed anyway. */
  private Set<ModelVersion> keptHealthy(ModelId model, ModelState state) {
    Set<ModelVersion> kept = new HashSet<>();
    List<ModelVersion> proven = state.proven();
    for (int i = proven.size() - 1; i >= 0; i--) {
      ModelVersion version = proven.get(i);
      if (kept.size() < access.options().keptHealthy()
          && !state.needs(version)
          && installed.isInstalled(model, version)) {
        kept.add(version);
      }
    }
    return kept;
  }

  private void removeUnneeded(ModelId model, ModelVersion version) throws IOException {
    if (!isOlder(installedAt(model, version), access.options().grace())) {
      spared.add("'" + model + " " + version + "' is younger than the grace.");
      return;
    }
    Optional<ProcessLocks.Held> unleased =
        access.locks().tryExclusive(StoreLayout.leaseLock(model, version));
    if (unleased.isEmpty()) {
      spared.add("'" + model + " " + version + "' is leased.");
      return;
    }
    try {
      new Trash(access).throwAway(access.layout().version(model, version));
      removedVersions.add(model + " " + version);
    } finally {
      unleased.get().close();
    }
  }

  private Instant installedAt(ModelId model, ModelVersion version) throws IOException {
    try {
      return installed.require(model, version).receipt().verifiedAt();
    } catch (StoreException e) {
      // A damaged version still has the age of its directory.
      return Files.getLastModifiedTime(access.layout().version(model, version)).toInstant();
    }
  }

  private boolean isOlder(Instant instant, Duration age) {
    return instant.isBefore(access.ago(age));
  }

  /** Marks from keeps and from the manifests of what is installed, and deletes the rest. */
  private void sweepBlobs(Set<Sha256> kept) throws IOException {
    Set<Sha256> needed = new HashSet<>(kept);
    for (ModelId model : installed.models()) {
      for (ModelVersion version : installed.versions(model)) {
        Path directory = access.layout().version(model, version);
        Papers.manifest(directory, model, version).stream()
            .flatMap(manifest -> manifest.files().stream())
            .forEach(file -> needed.add(file.sha256()));
      }
    }
    for (Path blob : FileTree.children(access.layout().blobs())) {
      boolean unneeded = StoreLayout.digest(blob).filter(d -> !needed.contains(d)).isPresent();
      if (unneeded
          && PlainFile.isFile(blob)
          && isOlder(modifiedAt(blob), access.options().grace())) {
        access.disk().delete(blob);
        removedBlobs++;
      }
    }
  }

  private void expirePartials(Set<Sha256> kept) throws IOException {
    for (Path part : FileTree.children(access.layout().partials())) {
      boolean unneeded = StoreLayout.partialDigest(part).filter(kept::contains).isEmpty();
      if (unneeded
          && PlainFile.isFile(part)
          && isOlder(modifiedAt(part), access.options().partialExpiry())) {
        expire(part);
      }
    }
  }

  private void expire(Path part) throws IOException {
    Optional<ProcessLocks.Held> unused = access.locks().tryExclusive(StoreLayout.partialLock(part));
    if (unused.isEmpty()) {
      return;
    }
    try {
      access.disk().delete(part);
      removedPartials++;
    } finally {
      unused.get().close();
    }
  }

  private Instant modifiedAt(Path file) throws IOException {
    try {
      return Files.getLastModifiedTime(file).toInstant();
    } catch (NoSuchFileException e) {
      return now;
    }
  }
}
