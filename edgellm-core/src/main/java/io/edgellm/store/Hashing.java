package io.edgellm.store;

import io.edgellm.model.Artifact;
import io.edgellm.model.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Compares files with what they should be, each of them once however many names it has, in pieces
 * of 1 MiB between which it can be ended.
 */
final class Hashing {
  private static final int BUFFER_BYTES = 1 << 20;

  private final StoreLayout layout;
  private final CareListener listener;
  private final byte[] buffer = new byte[BUFFER_BYTES];
  private final Map<Object, Sha256> known = new HashMap<>();
  private long readBytes;
  private int files;

  /** Somebody does not want it to go on. */
  static final class Ended extends IOException {
    private static final long serialVersionUID = 1L;
  }

  Hashing(StoreLayout layout, CareListener listener) {
    this.layout = layout;
    this.listener = listener;
  }

  long readBytes() {
    return readBytes;
  }

  int files() {
    return files;
  }

  /**
   * Returns what is wrong with a file of a version. Not only the file itself, but no directory
   * between it and the version may be a link, either.
   */
  Optional<StoreFinding.Kind> fault(Path version, Artifact artifact) throws IOException {
    Path at = version;
    Path file = version.resolve(artifact.path());
    for (Path part : version.relativize(file)) {
      at = at.resolve(part);
      if (!at.equals(file)) {
        Optional<StoreFinding.Kind> fault = faultOfDirectory(at);
        if (fault.isPresent()) {
          return fault;
        }
      }
    }
    return fault(file, artifact.sizeBytes(), artifact.sha256());
  }

  private static Optional<StoreFinding.Kind> faultOfDirectory(Path path) throws IOException {
    Optional<BasicFileAttributes> found = PlainFile.attributes(path);
    if (found.isEmpty()) {
      return Optional.of(StoreFinding.Kind.MISSING);
    }
    if (found.get().isSymbolicLink()) {
      return Optional.of(StoreFinding.Kind.LINK);
    }
    return found.get().isDirectory() ? Optional.empty() : Optional.of(StoreFinding.Kind.NOT_A_FILE);
  }

  /** Returns what is wrong with a file of unknown size. */
  Optional<StoreFinding.Kind> fault(Path file, Sha256 sha256) throws IOException {
    long size = PlainFile.attributes(file).map(BasicFileAttributes::size).orElse(0L);
    return fault(file, size, sha256);
  }

  /** Returns what is wrong with a file. */
  Optional<StoreFinding.Kind> fault(Path file, long sizeBytes, Sha256 sha256) throws IOException {
    files++;
    Optional<BasicFileAttributes> found = PlainFile.attributes(file);
    if (found.isEmpty()) {
      return Optional.of(StoreFinding.Kind.MISSING);
    }
    BasicFileAttributes attributes = found.get();
    if (attributes.isSymbolicLink()) {
      return Optional.of(StoreFinding.Kind.LINK);
    }
    if (!attributes.isRegularFile()) {
      return Optional.of(StoreFinding.Kind.NOT_A_FILE);
    }
    if (attributes.size() != sizeBytes) {
      return Optional.of(StoreFinding.Kind.WRONG_SIZE);
    }
    return faultOfContent(file, attributes, sha256);
  }

  private Optional<StoreFinding.Kind> faultOfContent(
      Path file, BasicFileAttributes attributes, Sha256 sha256) throws IOException {
    try {
      return digest(file, attributes).equals(sha256)
          ? Optional.empty()
          : Optional.of(StoreFinding.Kind.WRONG_DIGEST);
    } catch (Ended | ClosedByInterruptException e) {
      throw new Ended();
    } catch (IOException e) {
      return Optional.of(
          PlainFile.isThere(file) ? StoreFinding.Kind.UNREADABLE : StoreFinding.Kind.MISSING);
    }
  }

  private Sha256 digest(Path file, BasicFileAttributes attributes) throws IOException {
    Object key = attributes.fileKey();
    Sha256 before = key == null ? null : known.get(key);
    if (before != null) {
      return before;
    }
    Sha256 digest = read(file);
    if (key != null) {
      known.put(key, digest);
    }
    return digest;
  }

  private Sha256 read(Path file) throws IOException {
    MessageDigest digest = Sha256.newDigest();
    String name = layout.relative(file);
    try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
      goOn(name);
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        digest.update(buffer, 0, n);
        readBytes += n;
        goOn(name);
      }
    }
    return Sha256.of(digest.digest(), 0);
  }

  private void goOn(String name) throws Ended {
    if (Thread.currentThread().isInterrupted() || !listener.read(name, readBytes)) {
      throw new Ended();
    }
  }
}
