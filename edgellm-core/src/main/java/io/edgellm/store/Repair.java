package io.edgellm.store;

import io.edgellm.internal.io.Disk;
import io.edgellm.internal.io.ProcessLocks;
import io.edgellm.model.Artifact;
import io.edgellm.model.ModelId;
import io.edgellm.model.ModelVersion;
import io.edgellm.model.ReleaseManifest;
import io.edgellm.model.Sha256;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Heals versions file by file from whatever intact copy is left.
 *
 * <p>A damaged file of a version stays under its name until an intact one is renamed over it, so
 * that a version in use is never without it, and who has the old file open or mapped goes on with
 * that. What is damaged goes into the {@link Quarantine}. Everything is hashed and put together
 * without a lock; only the renames are under the store lock.
 */
final class Repair {
  private final StoreAccess access;
  private final StoreLayout layout;
  private final InstalledVersions installed;
  private final Quarantine quarantine;
  private final Hashing hashing;

  private final List<String> healed = new ArrayList<>();
  private final List<Quarantined> quarantined = new ArrayList<>();
  private final Map<Sha256, Artifact> toFetch = new LinkedHashMap<>();

  Repair(StoreAccess access, Hashing hashing) {
    this.access = access;
    this.layout = access.layout();
    this.installed = new InstalledVersions(layout);
    this.quarantine = new Quarantine(access);
    this.hashing = hashing;
  }

  /** Repairs one version. */
  RepairReport version(ModelId model, ModelVersion version) throws IOException {
    boolean complete = true;
    try {
      healVersion(model, version);
    } catch (Hashing.Ended e) {
      complete = false;
    }
    return report(complete, new Verification(access, hashing).version(model, version));
  }

  /** Repairs everything. */
  RepairReport store() throws IOException {
    boolean complete = true;
    try {
      healEverything();
    } catch (Hashing.Ended e) {
      complete = false;
    }
    return report(complete, new Verification(access, hashing).store());
  }

  /** Repairs one version against its manifest from elsewhere, while its own may be damaged. */
  RepairReport files(ReleaseManifest manifest) throws IOException {
    heal(manifest);
    return report(
        true, new Verification(access, hashing).version(manifest.model(), manifest.version()));
  }

  private RepairReport report(boolean complete, VerifyReport after) {
    return new RepairReport(
        healed,
        quarantined,
        List.copyOf(toFetch.values()),
        after.findings(),
        complete && after.complete());
  }

  private void healEverything() throws IOException {
    ForeignFiles foreign = new ForeignFiles(layout);
    for (ModelId model : installed.models()) {
      healState(model, foreign);
      for (ModelVersion version : installed.versions(model)) {
        healVersion(model, version);
      }
    }
    takeAll(foreign.amongBlobs());
    takeUnneededBlobs();
  }

  private void healState(ModelId model, ForeignFiles foreign) throws IOException {
    takeAll(foreign.inTheWayOf(model));
    StateFile states = new StateFile(layout, access.disk());
    access.underStoreLock(
        () -> {
          try {
            if (states.repair(states.read(model), quarantine)) {
              healed.add(layout.relative(layout.state(model)));
            }
          } catch (StoreException e) {
            // Record and copy are damaged: the report says so.
          }
          return model;
        });
  }

  private void healVersion(ModelId model, ModelVersion version) throws IOException {
    Optional<ReleaseManifest> manifest =
        Papers.manifest(layout.version(model, version), model, version);
    if (manifest.isPresent()) {
      heal(manifest.get());
    }
  }

  private void heal(ReleaseManifest manifest) throws IOException {
    Path directory = layout.version(manifest.model(), manifest.version());
    takeAll(new ForeignFiles(layout).inVersion(directory, manifest));
    for (Artifact file : manifest.files()) {
      heal(directory, file);
    }
  }

  private void heal(Path directory, Artifact file) throws IOException {
    Path blob = layout.blob(file.sha256());
    Path installedFile = directory.resolve(file.path());
    Optional<StoreFinding.Kind> blobFault = hashing.fault(blob, file.sizeBytes(), file.sha256());
    Optional<StoreFinding.Kind> fileFault = hashing.fault(directory, file);
    if (blobFault.isEmpty() && fileFault.isEmpty()) {
      return;
    }
    Optional<Path> intact =
        blobFault.isEmpty()
            ? Optional.of(blob)
            : fileFault.isEmpty() ? Optional.of(installedFile) : intactCopy(file);
    if (intact.isEmpty()) {
      toFetch.put(file.sha256(), file);
    }
    if (blobFault.isPresent()) {
      healBlob(file, blobFault.get(), intact);
    }
    if (fileFault.isPresent() && intact.isPresent()) {
      healFile(directory, file, fileFault.get(), intact.get());
    }
  }

  /** Looks for a copy of a file in all versions: not every file system has hard links. */
  private Optional<Path> intactCopy(Artifact wanted) throws IOException {
    for (ModelId model : installed.models()) {
      for (ModelVersion version : installed.versions(model)) {
        Path directory = layout.version(model, version);
        Optional<ReleaseManifest> manifest = Papers.manifest(directory, model, version);
        for (Artifact file : manifest.map(ReleaseManifest::files).orElse(List.of())) {
          if (file.sha256().equals(wanted.sha256()) && hashing.fault(directory, file).isEmpty()) {
            return Optional.of(directory.resolve(file.path()));
          }
        }
      }
    }
    return Optional.empty();
  }

  private void healBlob(Artifact file, StoreFinding.Kind fault, Optional<Path> intact)
      throws IOException {
    Path blob = layout.blob(file.sha256());
    whileNobodyFetches(
        file.sha256(),
        () -> {
          if (intact.isEmpty()) {
            return access.underStoreLock(() -> take(blob, fault));
          }
          replace(intact.get(), blob, () -> !PlainFile.isThere(take(blob, fault)));
          return blob;
        });
  }

  private void healFile(Path directory, Artifact file, StoreFinding.Kind fault, Path intact)
      throws IOException {
    Path damaged = directory.resolve(file.path());
    replace(
        intact,
        damaged,
        () -> {
          if (!PlainFile.isDirectory(directory)) {
            // Removed meanwhile.
            return false;
          }
          requireParents(directory, damaged);
          if (PlainFile.isFile(damaged)) {
            quarantined.add(quarantine.keep(damaged, fault));
          } else {
            take(damaged, fault);
          }
          return true;
        });
  }

  private void requireParents(Path directory, Path file) throws IOException {
    Path at = directory;
    for (Path part : directory.relativize(file.resolveSibling(""))) {
      Path parent = at;
      at = at.resolve(part);
      if (!at.equals(directory) && !PlainFile.isDirectory(at)) {
        take(at, StoreFinding.Kind.NOT_A_FILE);
        access.disk().createDirectory(at);
        access.disk().forceDirectory(parent);
      }
    }
  }

  private interface MakingRoom {
    /** Returns whether the file is still wanted. */
    boolean run() throws IOException;
  }

  /** Puts a second name, or a copy, of an intact file into the place of another one. */
  private void replace(Path intact, Path target, MakingRoom room) throws IOException {
    Disk disk = access.disk();
    Path staged = layout.staging().resolve(UUID.randomUUID().toString());
    ProcessLocks.Held owner =
        access
            .locks()
            .tryExclusive(StoreLayout.stagingLock(staged))
            .orElseThrow(() -> new IOException(staged + " is taken"));
    try {
      stage(intact, staged);
      access.underStoreLock(
          () -> {
            if (room.run()) {
              disk.move(staged, target);
              disk.forceDirectory(target.resolveSibling(""));
              healed.add(layout.relative(target));
            }
            return target;
          });
    } finally {
      if (PlainFile.isThere(staged)) {
        disk.delete(staged);
      }
      owner.close();
    }
  }

  private void stage(Path intact, Path staged) throws IOException {
    Disk disk = access.disk();
    try {
      disk.link(staged, intact);
    } catch (NoSuchFileException e) {
      throw e;
    } catch (IOException e) {
      // No hard links here, or too many of this file.
      disk.copy(intact, staged);
      disk.force(staged);
      disk.makeReadOnly(staged);
    }
  }

  private void takeAll(List<Path> foreign) throws IOException {
    if (!foreign.isEmpty()) {
      access.underStoreLock(
          () -> {
            for (Path path : foreign) {
              take(path, StoreFinding.Kind.FOREIGN);
            }
            return foreign;
          });
    }
  }

  /** Takes what is there, if it is still there, away. */
  private Path take(Path path, StoreFinding.Kind why) throws IOException {
    if (PlainFile.isThere(path)) {
      quarantined.add(quarantine.take(path, why));
    }
    return path;
  }

  /** A damaged file that no installed version needs would be taken for a fetched one. */
  private void takeUnneededBlobs() throws IOException {
    for (Path blob : FileTree.children(layout.blobs())) {
      Optional<Sha256> digest = StoreLayout.digest(blob);
      if (digest.isPresent()) {
        Optional<StoreFinding.Kind> fault = hashing.fault(blob, digest.get());
        if (fault.isPresent()) {
          whileNobodyFetches(
              digest.get(), () -> access.underStoreLock(() -> take(blob, fault.get())));
        }
      }
    }
  }

  /** Whoever is fetching a file has the lock of it, and will bring an intact one. */
  private void whileNobodyFetches(Sha256 digest, StoreAccess.Work<Path> work) throws IOException {
    Optional<ProcessLocks.Held> unused = access.locks().tryExclusive(StoreLayout.blobLock(digest));
    if (unused.isPresent()) {
      try {
        work.run();
      } finally {
        unused.get().close();
      }
    }
  }
}
