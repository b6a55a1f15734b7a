package io.edgellm.store;

import io.edgellm.internal.io.ProcessLocks;
import io.edgellm.model.Artifact;
import io.edgellm.model.ModelId;
import io.edgellm.model.ModelVersion;
import io.edgellm.model.ReleaseManifest;
import io.edgellm.model.Sha256;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The files of releases under the names of their digests, complete or still being fetched. */
final class BlobStore {
  private final StoreAccess access;
  private final Promises promises;

  BlobStore(StoreAccess access) {
    this.access = access;
    this.promises = new Promises(access);
  }

  /** Returns the files that must be fetched, each digest once. */
  List<Artifact> missing(ReleaseManifest manifest) throws IOException {
    Map<Sha256, Artifact> missing = new LinkedHashMap<>();
    for (Artifact file : manifest.files()) {
      if (!has(file)) {
        missing.putIfAbsent(file.sha256(), file);
      }
    }
    return List.copyOf(missing.values());
  }

  /** Returns whether a file is there in its full size; its digest was checked when it came. */
  boolean has(Artifact file) throws IOException {
    return size(access.layout().blob(file.sha256())) == file.sizeBytes();
  }

  /** Opens a complete file for reading; never a pipe, which would keep its reader waiting. */
  Optional<FileChannel> read(Sha256 digest) throws IOException {
    Path blob = access.layout().blob(digest);
    if (!PlainFile.isFile(blob)) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          FileChannel.open(blob, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  /** Returns the size of a file, -1 if there is none. */
  static long size(Path file) throws IOException {
    try {
      BasicFileAttributes attributes =
          Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      return attributes.isRegularFile() ? attributes.size() : -1;
    } catch (NoSuchFileException e) {
      return -1;
    }
  }

  /** Refuses a release of which not everything that is missing has room at once. */
  void requireSpace(ReleaseManifest manifest) throws IOException {
    access.underLock(
        StoreLayout.quotaLock(),
        () -> {
          requireSpaceBesidePromises(missing(manifest), manifest.title());
          return manifest;
        });
  }

  private Runnable promise(Artifact file) throws IOException {
    return withRoom(
        () -> requireSpaceBesidePromises(List.of(file), file.path()),
        () -> {
          promises.forgetBroken();
          return remainingBytes(file.sha256(), file.sizeBytes()) == 0
              ? () -> {}
              : promises.make(file);
        });
  }

  /**
   * Does something under the quota lock that needs room for what is to come, beside what is in
   * quarantine or in its place. Who needs both locks takes the store lock first, as opening does.
   */
  private <T> T withRoom(StoreAccess.Work<Map<Sha256, Long>> coming, StoreAccess.Work<T> work)
      throws IOException {
    Optional<T> done =
        access.underLock(
            StoreLayout.quotaLock(),
            () -> hasRoom(coming.run()) ? Optional.of(work.run()) : Optional.empty());
    if (done.isPresent()) {
      return done.get();
    }
    return access.underStoreLock(
        () ->
            access.underLock(
                StoreLayout.quotaLock(),
                () -> {
                  makeRoom(coming.run());
                  return work.run();
                }));
  }

  private Map<Sha256, Long> requireSpaceBesidePromises(List<Artifact> files, String subject)
      throws IOException {
    Map<Sha256, Long> coming = promises.standing();
    files.forEach(file -> coming.put(file.sha256(), file.sizeBytes()));
    requireReserve(remainingBytes(coming), subject);
    requireQuota(coming, 0, subject);
    return coming;
  }

  /** Returns what downloads under way may still take. */
  long promisedBytes() throws IOException {
    return access.underLock(StoreLayout.quotaLock(), () -> remainingBytes(promises.standing()));
  }

  private long remainingBytes(Map<Sha256, Long> coming) throws IOException {
    long bytes = 0;
    for (Map.Entry<Sha256, Long> file : coming.entrySet()) {
      bytes += remainingBytes(file.getKey(), file.getValue());
    }
    return bytes;
  }

  /** Returns how many bytes must still be fetched, those that came in earlier tries left out. */
  private long remainingBytes(Sha256 digest, long sizeBytes) throws IOException {
    if (size(access.layout().blob(digest)) == sizeBytes) {
      return 0;
    }
    long present = Math.max(0, size(access.layout().partial(digest)));
    return present > sizeBytes ? sizeBytes : sizeBytes - present;
  }

  private void requireReserve(long bytes, String subject) throws IOException {
    long usable = access.disk().usableBytes(access.layout().root());
    long reserve = access.options().reserveBytes();
    if (usable - reserve < bytes) {
      throw new StoreException(
          StoreException.Reason.NO_SPACE,
          "'"
              + subject
              + "' needs, downloads under way included, "
              + bytes
              + " bytes, the file system has "
              + usable
              + " of which "
              + reserve
              + " stay reserved: free "
              + (bytes - (usable - reserve))
              + " bytes, collect garbage, or lower the reserve.",
          subject);
    }
  }

  /**
   * Refuses a file that lies in a staging directory of the store, and so is counted already, where
   * the quota has no room for it beside the downloads under way; makes room as these do.
   */
  void requireQuotaOfStaged(Artifact file) throws IOException {
    withRoom(
        () -> {
          Map<Sha256, Long> coming = promises.standing();
          requireQuota(coming, file.sizeBytes(), file.path());
          return coming;
        },
        () -> file);
  }

  /** Refuses what has no room in the quota, even if the quarantine were empty. */
  private void requireQuota(Map<Sha256, Long> coming, long stagedBytes, String subject)
      throws IOException {
    long quota = access.options().quotaBytes();
    if (quota == StoreOptions.UNLIMITED_BYTES) {
      return;
    }
    long used = usedBytes(coming.keySet()) - stagedBytes;
    long bytes = remainingBytes(coming) + stagedBytes;
    if (quota - used < bytes) {
      throw new StoreException(
          StoreException.Reason.QUOTA,
          "'"
              + subject
              + "' needs, downloads under way included, "
              + bytes
              + " bytes, the store has, its quarantine aside, "
              + used
              + " of its "
              + quota
              + ": remove versions, collect garbage, or raise the quota.",
          subject);
    }
  }

  /** Deletes what is in quarantine, the oldest first, until the quota holds. */
  private void makeRoom(Map<Sha256, Long> coming) throws IOException {
    Quarantine quarantine = new Quarantine(access);
    for (Quarantined oldest : quarantine.list()) {
      if (hasRoom(coming)) {
        return;
      }
      quarantine.discard(oldest);
    }
  }

  private boolean hasRoom(Map<Sha256, Long> coming) throws IOException {
    long quota = access.options().quotaBytes();
    return quota == StoreOptions.UNLIMITED_BYTES
        || quota - usedBytes(coming.keySet(), access.layout().quarantine())
            >= remainingBytes(coming);
  }

  /**
   * Returns what counts for the quota: without what the files to come will replace, and without the
   * quarantine unless it is named.
   */
  private long usedBytes(Set<Sha256> coming, Path... quarantine) throws IOException {
    List<Path> counted = new ArrayList<>(List.of(access.layout().counted()));
    counted.remove(access.layout().quarantine());
    return FileSizes.bytes(counted, replaced(coming), List.of(quarantine));
  }

  /**
   * Returns the files of versions that have lost their complete file in the store, which is coming
   * again: they are damaged, or the complete file would have been made of them, and the next repair
   * puts the one that comes into their places.
   */
  private List<Path> replaced(Set<Sha256> coming) throws IOException {
    InstalledVersions installed = new InstalledVersions(access.layout());
    List<Path> replaced = new ArrayList<>();
    for (ModelId model : installed.models()) {
      for (ModelVersion version : installed.versions(model)) {
        Path directory = access.layout().version(model, version);
        for (Artifact file :
            Papers.manifest(directory, model, version)
                .map(ReleaseManifest::files)
                .orElse(List.of())) {
          Path damaged = directory.resolve(file.path());
          if (coming.contains(file.sha256()) && !has(file) && PlainFile.isThere(damaged)) {
            replaced.add(damaged);
          }
        }
      }
    }
    return replaced;
  }

  /** Opens the unfinished download of a file for this caller alone; empty if it is complete. */
  Optional<PartialBlob> openPartial(Artifact file) throws IOException {
    ProcessLocks.Held lock = lock(file);
    try {
      Optional<PartialBlob> partial = prepare(file, lock);
      if (partial.isEmpty()) {
        lock.close();
      }
      return partial;
    } catch (Throwable e) {
      lock.close();
      throw e;
    }
  }

  /** Takes the right to bring a file; nobody else brings it until it is closed. */
  ProcessLocks.Held lock(Artifact file) throws IOException {
    return access
        .locks()
        .tryExclusive(StoreLayout.blobLock(file.sha256()))
        .orElseThrow(
            () ->
                new StoreException(
                    StoreException.Reason.BUSY,
                    "Somebody else is fetching '"
                        + file.path()
                        + "' into this store: wait for that download, or call again later.",
                    file.sha256().hex()));
  }

  private Optional<PartialBlob> prepare(Artifact file, ProcessLocks.Held lock) throws IOException {
    if (has(file)) {
      return Optional.empty();
    }
    Path part = access.layout().partial(file.sha256());
    if (size(part) > file.sizeBytes()) {
      access.disk().delete(part);
    }
    clearPlace(file);
    if (!PlainFile.isFile(part)) {
      setAside(part, StoreFinding.Kind.NOT_A_FILE);
    }
    return Optional.of(new PartialBlob(access, file, lock, promise(file)));
  }

  /** Takes what stands in the place of a complete file, and is none, away. */
  void clearPlace(Artifact file) throws IOException {
    setAside(access.layout().blob(file.sha256()), StoreFinding.Kind.WRONG_SIZE);
  }

  /** Takes what stands in the place of a file to come away. */
  private void setAside(Path path, StoreFinding.Kind why) throws IOException {
    if (PlainFile.isThere(path)) {
      access.underStoreLock(() -> new Quarantine(access).take(path, why));
    }
  }

  /** Hashes the files of a release again and takes those whose bytes have changed away. */
  void setAsideCorrupt(ReleaseManifest manifest) throws IOException {
    for (Artifact file : manifest.files()) {
      Path blob = access.layout().blob(file.sha256());
      if (size(blob) >= 0 && !Sha256.of(blob).equals(file.sha256())) {
        setAside(blob, StoreFinding.Kind.WRONG_DIGEST);
      }
    }
  }
}
