package io.edgellm.trust.tuf;

import io.edgellm.internal.tuf.RoleName;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/** Fetches metadata files whole, up to a size and a deadline. */
final class RepositoryReader implements MetadataSource {
  private static final int BUFFER_BYTES = 8 << 10;

  private final TufRepository repository;
  private final Duration deadline;
  private final InstantSource clock;

  RepositoryReader(TufRepository repository, TufLimits limits, InstantSource clock) {
    this.repository = repository;
    this.deadline = limits.metadataDeadline();
    this.clock = clock;
  }

  @Override
  public Optional<byte[]> root(long version, int maxBytes) {
    try {
      return Optional.of(fetch(RoleName.fileName(RoleName.ROOT, version), maxBytes));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  @Override
  public byte[] timestamp(int maxBytes) {
    String fileName = RoleName.fileName(RoleName.TIMESTAMP);
    try {
      return fetch(fileName, maxBytes);
    } catch (NoSuchFileException e) {
      // Nothing names this file but the form of a repository, so the address is what is doubtful.
      throw new TufException(
          TufException.Reason.NOT_FOUND,
          "There is no update repository here (no 'metadata/" + fileName + "'): check the address.",
          fileName);
    }
  }

  @Override
  public byte[] listed(String role, MetaFile listed, boolean consistentSnapshots, int maxBytes) {
    String fileName =
        consistentSnapshots ? RoleName.fileName(role, listed.version()) : RoleName.fileName(role);
    return required(fileName, listed.boundBytes(maxBytes));
  }

  private byte[] required(String fileName, int maxBytes) {
    try {
      return fetch(fileName, maxBytes);
    } catch (NoSuchFileException e) {
      throw new TufException(
          TufException.Reason.NOT_FOUND,
          "The repository has no '"
              + fileName
              + "', although its metadata names it ("
              + e.getMessage()
              + "): try again; if this stays, ask the publisher.",
          fileName);
    }
  }

  private byte[] fetch(String fileName, int maxBytes) throws NoSuchFileException {
    try (InputStream in = repository.metadata(fileName)) {
      return read(in, fileName, maxBytes);
    } catch (NoSuchFileException e) {
      throw e;
    } catch (IOException e) {
      throw new TufException(
          TufException.Reason.UNAVAILABLE,
          "'" + fileName + "' cannot be fetched (" + e + "): try again.",
          fileName,
          e);
    }
  }

  private byte[] read(InputStream in, String fileName, int maxBytes) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    byte[] buffer = new byte[BUFFER_BYTES];
    Instant end = clock.instant().plus(deadline);
    for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
      out.write(buffer, 0, n);
      if (out.size() > maxBytes) {
        throw new TufException(
            TufException.Reason.LIMIT_EXCEEDED,
            "'" + fileName + "' is larger than " + maxBytes + " bytes: it is not what it must be.",
            fileName);
      }
      if (clock.instant().isAfter(end)) {
        throw new TufException(
            TufException.Reason.TOO_SLOW,
            "'" + fileName + "' takes longer than " + deadline + ": try again.",
            fileName);
      }
    }
    return out.toByteArray();
  }
}
