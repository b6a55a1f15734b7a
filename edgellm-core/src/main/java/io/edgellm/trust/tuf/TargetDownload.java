package io.edgellm.trust.tuf;

import io.edgellm.internal.io.Disk;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/**
 * Streams one target to a file. The bytes go to {@code <file>.part} and are hashed on the way; only
 * the right ones get the name. What an interrupted download left is hashed from its first byte
 * before the rest is asked for.
 */
final class TargetDownload {
  private static final int BUFFER_BYTES = 1 << 16;

  private final TufRepository repository;
  private final TufLimits limits;
  private final InstantSource clock;
  private final TufTarget target;
  private final Path file;
  private final Path partial;

  TargetDownload(
      TufRepository repository,
      TufLimits limits,
      InstantSource clock,
      TufTarget target,
      Path file) {
    this.repository = repository;
    this.limits = limits;
    this.clock = clock;
    this.target = target;
    this.file = file.toAbsolutePath();
    this.partial = this.file.resolveSibling(this.file.getFileName() + ".part");
  }

  void run() {
    try {
      if (isRight(file)) {
        return;
      }
      long kept = Files.exists(partial) ? Files.size(partial) : 0;
      boolean complete = kept > 0 && kept <= target.lengthBytes() && fetch(kept);
      if (!complete && !fetch(0)) {
        throw mismatch("has another hash than signed");
      }
      publish();
    } catch (IOException e) {
      throw new TufException(
          TufException.Reason.IO,
          "'" + target.path() + "' cannot be written (" + e + "): check the disk.",
          file.toString(),
          e);
    }
  }

  private boolean isRight(Path candidate) throws IOException {
    if (!Files.isRegularFile(candidate) || Files.size(candidate) != target.lengthBytes()) {
      return false;
    }
    Digests.Running hashes = target.digests().start();
    hash(candidate, hashes);
    return hashes.match();
  }

  /** Appends what is missing; returns whether the whole is right, and deletes it if not. */
  private boolean fetch(long kept) throws IOException {
    Digests.Running hashes = target.digests().start();
    if (kept > 0) {
      hash(partial, hashes);
    }
    if (kept < target.lengthBytes() || kept == 0) {
      hashes = append(kept, hashes);
    }
    if (hashes.match()) {
      return true;
    }
    Files.deleteIfExists(partial);
    return false;
  }

  private Digests.Running append(long kept, Digests.Running keptHashes) throws IOException {
    TufRepository.Content content = open(kept);
    try (InputStream in = content.stream()) {
      if (content.fromByte() != kept && content.fromByte() != 0) {
        throw unavailable("the answer begins at byte " + content.fromByte(), null);
      }
      boolean resumed = content.fromByte() == kept && kept > 0;
      Digests.Running hashes = resumed ? keptHashes : target.digests().start();
      try (OutputStream out =
          Files.newOutputStream(
              partial,
              StandardOpenOption.CREATE,
              StandardOpenOption.WRITE,
              resumed ? StandardOpenOption.APPEND : StandardOpenOption.TRUNCATE_EXISTING)) {
        copy(in, out, hashes, resumed ? kept : 0);
      }
      return hashes;
    }
  }

  private TufRepository.Content open(long from) {
    try {
      return repository.target(target.repositoryPath(), from);
    } catch (NoSuchFileException e) {
      throw new TufException(
          TufException.Reason.NOT_FOUND,
          "The repository has no '" + target.repositoryPath() + "': ask the publisher.",
          target.path(),
          e);
    } catch (IOException e) {
      throw unavailable(e.toString(), e);
    }
  }

  private void copy(InputStream in, OutputStream out, Digests.Running hashes, long kept)
      throws IOException {
    Pace pace = new Pace(limits, clock);
    byte[] buffer = new byte[BUFFER_BYTES];
    long total = kept;
    for (int n = read(in, buffer); n >= 0; n = read(in, buffer)) {
      total += n;
      if (total > target.lengthBytes()) {
        Files.deleteIfExists(partial);
        throw mismatch("is longer than signed");
      }
      out.write(buffer, 0, n);
      hashes.update(buffer, n);
      pace.count(n, target.path());
    }
    if (total < target.lengthBytes()) {
      throw unavailable("it ended after " + total + " of " + target.lengthBytes() + " bytes", null);
    }
  }

  private int read(InputStream in, byte[] buffer) {
    try {
      return in.read(buffer);
    } catch (IOException e) {
      throw unavailable(e.toString(), e);
    }
  }

  private static void hash(Path path, Digests.Running hashes) throws IOException {
    byte[] buffer = new byte[BUFFER_BYTES];
    try (InputStream in = Files.newInputStream(path)) {
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        hashes.update(buffer, n);
      }
    }
  }

  private void publish() throws IOException {
    Disk disk = Disk.local();
    disk.force(partial);
    disk.move(partial, file);
    disk.forceDirectory(file.resolveSibling(""));
  }

  private TufException mismatch(String what) {
    return new TufException(
        TufException.Reason.MISMATCH,
        "What the repository sends for '"
            + target.path()
            + "' "
            + what
            + ": try again, or another mirror.",
        target.path());
  }

  private TufException unavailable(String what, @Nullable Throwable cause) {
    return new TufException(
        TufException.Reason.UNAVAILABLE,
        "'"
            + target.path()
            + "' cannot be fetched ("
            + what
            + "): try again to go on where it"
            + " stopped.",
        target.path(),
        cause);
  }
}
