package io.edgellm.release.tuf;

import io.edgellm.internal.tuf.RoleName;
import io.edgellm.trust.tuf.TufRepository;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * A repository as it will be: the files on the disk, with some that are not written yet, and
 * without some.
 *
 * @param files the disk
 * @param metadata what is new, by file name
 * @param targets what is new, by path with the hash in the name
 * @param hidden names of metadata that is not there for this reader
 */
record PendingRepository(
    RepositoryFiles files,
    Map<String, byte[]> metadata,
    Map<String, byte[]> targets,
    Set<String> hidden)
    implements TufRepository {

  static PendingRepository asItIs(RepositoryFiles files) {
    return new PendingRepository(files, Map.of(), Map.of(), Set.of());
  }

  /** Returns the first root, if it is new. */
  byte[] firstRoot() {
    return Objects.requireNonNull(metadata.get(RoleName.fileName(RoleName.ROOT, 1)));
  }

  PendingRepository without(String fileName) {
    return new PendingRepository(files, metadata, targets, Set.of(fileName));
  }

  @Override
  public InputStream metadata(String fileName) throws IOException {
    if (hidden.contains(fileName)) {
      throw new NoSuchFileException(fileName);
    }
    byte[] pending = metadata.get(fileName);
    return pending != null
        ? new ByteArrayInputStream(pending)
        : Files.newInputStream(files.metadata(fileName));
  }

  @Override
  public Content target(String path, long fromByte) throws IOException {
    byte[] pending = targets.get(path);
    return new Content(
        pending != null
            ? new ByteArrayInputStream(pending)
            : Files.newInputStream(files.target(path)),
        0);
  }
}
