package io.edgellm.trust.tuf;

import io.edgellm.internal.io.Disk;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Streams one target to a file. The bytes go to {@code <file>.part} and are hashed on the way; only
 * the right ones get the name. What an interrupted download left is hashed from its first byte
 * before the rest is asked for.
 */
final class TargetDownload {
  private static final int BUFFER_BYTES = 1 << 16;

  private final Disk disk;
  private final TargetReader reader;
  private final TufTarget target;
  private final Path file;
  private final Path partial;

  TargetDownload(Disk disk, TargetReader reader, TufTarget target, Path file) {
    this.disk = disk;
    this.reader = reader;
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
        throw reader.mismatch("has another hash than signed");
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
    TufRepository.Content content = reader.open(kept);
    try (InputStream in = content.stream()) {
      boolean resumed = content.fromByte() == kept && kept > 0;
      Digests.Running hashes = resumed ? keptHashes : target.digests().start();
      try (OutputStream out =
          Files.newOutputStream(
              partial,
              StandardOpenOption.CREATE,
              StandardOpenOption.WRITE,
              resumed ? StandardOpenOption.APPEND : StandardOpenOption.TRUNCATE_EXISTING)) {
        reader.copy(in, out, hashes, resumed ? kept : 0);
      }
      return hashes;
    } catch (TufException e) {
      if (e.reason() == TufException.Reason.MISMATCH) {
        Files.deleteIfExists(partial);
      }
      throw e;
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
    disk.force(partial);
    disk.move(partial, file);
    disk.forceDirectory(file.resolveSibling(""));
  }
}
