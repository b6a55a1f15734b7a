package io.edgellm.trust.tuf;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.NoSuchFileException;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/** Fetches the bytes of one target, no more than signed and not too slowly. */
final class TargetReader {
  private static final int BUFFER_BYTES = 1 << 16;

  private final TufRepository repository;
  private final TufLimits limits;
  private final InstantSource clock;
  private final TufTarget target;

  TargetReader(TufRepository repository, TufLimits limits, InstantSource clock, TufTarget target) {
    this.repository = repository;
    this.limits = limits;
    this.clock = clock;
    this.target = target;
  }

  /** Returns the whole target. */
  byte[] document(int maxBytes) {
    if (target.lengthBytes() > maxBytes) {
      throw new TufException(
          TufException.Reason.LIMIT_EXCEEDED,
          "'"
              + target.path()
              + "' has "
              + target.lengthBytes()
              + " bytes, and "
              + maxBytes
              + " are taken into memory: download it to a file.",
          target.path());
    }
    Digests.Running hashes = target.digests().start();
    ByteArrayOutputStream document = new ByteArrayOutputStream();
    try (InputStream in = open(0).stream()) {
      copy(in, document, hashes, 0);
    } catch (IOException e) {
      throw unavailable(e.toString(), e);
    }
    if (!hashes.match()) {
      throw mismatch("has another hash than signed");
    }
    return document.toByteArray();
  }

  /** Opens it at a byte, or at the first one if the repository has no ranges. */
  TufRepository.Content open(long from) {
    try {
      TufRepository.Content content = repository.target(target.repositoryPath(), from);
      if (content.fromByte() != from && content.fromByte() != 0) {
        content.stream().close();
        throw unavailable("the answer begins at byte " + content.fromByte(), null);
      }
      return content;
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

  /**
   * Copies what is missing.
   *
   * @param hashes are fed with it
   * @param before how many bytes came before it
   * @throws IOException if it cannot be written
   * @throws TufException with {@code MISMATCH} if there is more than signed
   */
  void copy(InputStream in, OutputStream out, Digests.Running hashes, long before)
      throws IOException {
    Pace pace = new Pace(limits, clock);
    byte[] buffer = new byte[BUFFER_BYTES];
    long total = before;
    for (int n = read(in, buffer); n >= 0; n = read(in, buffer)) {
      total += n;
      if (total > target.lengthBytes()) {
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

  TufException mismatch(String what) {
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
