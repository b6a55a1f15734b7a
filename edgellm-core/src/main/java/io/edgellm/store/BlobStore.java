package io.edgellm.store;

import io.edgellm.internal.io.ProcessLocks;
import io.edgellm.model.Artifact;
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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

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
    return access.underLock(
        StoreLayout.quotaLock(),
        () -> {
          promises.forgetBroken();
          requireSpaceBesidePromises(List.of(file), file.path());
          return remainingBytes(file.sha256(), file.sizeBytes()) == 0
              ? () -> {}
              : promises.make(file);
        });
  }

  private void requireSpaceBesidePromises(List<Artifact> files, String subject) throws IOException {
    Map<Sha256, Long> coming = promises.standing();
    files.forEach(file -> coming.put(file.sha256(), file.sizeBytes()));
    requireSpace(remainingBytes(coming), subject);
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

  /** Refuses what has no room: reserve of the file system, quota of the store. */
  private void requireSpace(long bytes, String subject) throws IOException {
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
    long quota = access.options().quotaBytes();
    if (quota != StoreOptions.UNLIMITED_BYTES) {
      requireQuota(bytes, quota, subject);
    }
  }

  /** Refuses a file that is on the disk already, where the quota has no room for it. */
  void requireQuota(Artifact file) throws IOException {
    long quota = access.options().quotaBytes();
    if (quota != StoreOptions.UNLIMITED_BYTES) {
      requireQuota(file.sizeBytes(), quota, file.path());
    }
  }

  private void requireQuota(long bytes, long quota, String subject) throws IOException {
    long used = FileSizes.bytes(access.layout().counted());
    if (quota - used < bytes) {
      throw new StoreException(
          StoreException.Reason.QUOTA,
          "'"
              + subject
              + "' needs, downloads under way included, "
              + bytes
              + " bytes, the store has "
              + used
              + " of its "
              + quota
              + ": remove versions, collect garbage, or raise the quota.",
          subject);
    }
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
