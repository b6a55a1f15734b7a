package io.edgellm.store;

import io.edgellm.internal.io.DurableFile;
import io.edgellm.model.ReleaseManifest;
import io.edgellm.model.Sha256;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The releases whose files are in the store, or on their way into it, before they are installed.
 *
 * <p>The age of a file does not tell that: an adopted one is as old as the other tool made it, and
 * the first file of a large release may be old when the last one comes. So each such release has a
 * small file here, under the digest of its manifest. Keeps are written, read and deleted under the
 * store lock, under which garbage is collected. A deletion is not forced: a keep that comes back
 * after a power cut ends by its date.
 */
final class Keeps {
  // A release has at most 4096 files.
  private static final int MAX_BYTES = 1 << 20;

  private final StoreAccess access;

  Keeps(StoreAccess access) {
    this.access = access;
  }

  /** Spares the files of a release until a time, and for the grace beyond; the later time wins. */
  void keep(ReleaseManifest manifest, Instant until) throws IOException {
    Path file = access.layout().keep(manifest);
    access.underStoreLock(
        () -> {
          makeRoomFor(file);
          makeRoomFor(DurableFile.temporaryFor(file));
          if (read(file).filter(keep -> !keep.until().isBefore(until)).isEmpty()) {
            DurableFile.write(access.disk(), file, Keep.of(manifest, until).toJson());
          }
          return file;
        });
  }

  /** Spares the files of a release for the grace. */
  void keep(ReleaseManifest manifest) throws IOException {
    keep(manifest, access.now());
  }

  private void makeRoomFor(Path file) throws IOException {
    if (PlainFile.isThere(file) && !PlainFile.isFile(file)) {
      new Quarantine(access).take(file, StoreFinding.Kind.NOT_A_FILE);
    }
  }

  /** A version needs its files by itself. The caller holds the store lock. */
  void end(ReleaseManifest manifest) throws IOException {
    Path file = access.layout().keep(manifest);
    if (PlainFile.isFile(file)) {
      access.disk().delete(file);
    }
  }

  /**
   * Returns the files that are spared, and deletes keeps that are over or damaged. A keep is not
   * over while one of its files is under way. The caller holds the store lock.
   *
   * @param report hears of damaged ones, in a sentence each
   */
  Set<Sha256> spared(List<String> report) throws IOException {
    Set<Sha256> spared = new HashSet<>();
    Instant oldest = access.ago(access.options().grace());
    for (Path file : FileTree.children(access.layout().keeps())) {
      if (StoreLayout.isTemporaryKeep(file)) {
        makeRoomFor(file);
        access.disk().delete(file);
      } else if (StoreLayout.digest(file).isPresent()) {
        Optional<Keep> found = read(file);
        if (found.isEmpty()) {
          report.add(
              "'"
                  + access.layout().relative(file)
                  + "' was damaged and is removed: the files that it kept are spared by their own"
                  + " age alone.");
          makeRoomFor(file);
          access.disk().delete(file);
        } else if (!found.get().until().isBefore(oldest) || isUnderWay(found.get(), oldest)) {
          spared.addAll(found.get().files());
        } else {
          access.disk().delete(file);
        }
      }
    }
    return spared;
  }

  private boolean isUnderWay(Keep keep, Instant oldest) throws IOException {
    for (Sha256 digest : keep.files()) {
      Path part = access.layout().partial(digest);
      if (PlainFile.attributes(part)
          .filter(found -> found.isRegularFile())
          .filter(found -> !found.lastModifiedTime().toInstant().isBefore(oldest))
          .isPresent()) {
        return true;
      }
    }
    return false;
  }

  private static Optional<Keep> read(Path file) throws IOException {
    try {
      return Keep.read(PlainFile.read(file, MAX_BYTES));
    } catch (FileSystemException e) {
      // None is there, something else, or it is too large.
      return Optional.empty();
    }
  }
}
