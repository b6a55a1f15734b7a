package io.edgellm.transfer;

import io.edgellm.model.RepositoryPaths;
import io.edgellm.model.Sha256;
import java.io.IOException;
import java.io.InputStream;

/**
 * A place that releases come from: a directory, an HTTP server. Untrusted: whatever it sends is
 * held against the manifest, and the manifest against its signature.
 *
 * <p>Layout of a source: {@code models/<line>/index.json}, {@code
 * models/<line>/<version>/release.json} and {@code release.sig}, {@code blobs/sha256/<hex>}; a TUF
 * repository has {@code metadata/} and {@code targets/}, see {@link SourceTufRepository}.
 *
 * <p>Implementations are thread-safe. All methods block; an interrupt ends them.
 */
public interface ArtifactSource extends AutoCloseable {
  /**
   * Reads a small document whole.
   *
   * @param path relative to the source's root, as for {@link #open(String, long)}
   * @param maxBytes more than this is refused
   * @throws TransferException if it is not there, too large, or cannot be read
   * @throws io.edgellm.model.ModelException with {@code UNSAFE_PATH}
   */
  byte[] document(String path, int maxBytes);

  /**
   * Opens a file.
   *
   * @param path relative to the source's root: names with {@code /} between them. A name is of
   *     letters, digits, spaces and {@code ._-~+=,@()}; {@code %XX} stands for any other byte. An
   *     address keeps it as it is, a directory decodes it. No name is {@code .} or {@code ..},
   *     written in whatever way
   * @param offsetBytes where to begin, not negative; a source that cannot do so begins at 0 and
   *     says so
   * @throws TransferException if it is not there or cannot be read
   * @throws io.edgellm.model.ModelException with {@code UNSAFE_PATH}
   */
  BlobStream open(String path, long offsetBytes);

  /**
   * Opens a blob.
   *
   * @param blob its digest
   * @param offsetBytes where to begin, as for {@link #open(String, long)}
   * @throws TransferException if it is not there or cannot be read
   */
  default BlobStream open(Sha256 blob, long offsetBytes) {
    return open(RepositoryPaths.blob(blob), offsetBytes);
  }

  /**
   * Opens a part of a file.
   *
   * @param path relative to the source's root, as for {@link #open(String, long)}
   * @param offsetBytes where to begin, as for {@link #open(String, long)}
   * @param lengthBytes how many bytes are wanted, above zero. A source that cannot stop there goes
   *     on to the end of the file, as this default does; the caller reads no further than it wants
   * @throws TransferException if it is not there or cannot be read
   * @throws io.edgellm.model.ModelException with {@code UNSAFE_PATH}
   */
  default BlobStream open(String path, long offsetBytes, long lengthBytes) {
    return open(path, offsetBytes);
  }

  /**
   * Opens a part of a blob.
   *
   * @param blob its digest
   * @param offsetBytes where to begin, as for {@link #open(String, long)}
   * @param lengthBytes how many bytes are wanted, as for {@link #open(String, long, long)}
   * @throws TransferException if it is not there or cannot be read
   */
  default BlobStream open(Sha256 blob, long offsetBytes, long lengthBytes) {
    return open(blob, offsetBytes);
  }

  /**
   * Returns whether there is a sender that has not failed of late, so that the next call need not
   * wait after a failure. A source with a single sender has none to change to.
   */
  default boolean hasAlternative() {
    return false;
  }

  /** Returns the address, for people. */
  String describe();

  /** Closes connections; nothing is thrown. */
  @Override
  void close();

  /**
   * Whoever sends a stream, where a source has several to choose from. What becomes of a stream
   * shows only to the one who reads it, and the source should know it at its next choice.
   *
   * <p>Implementations are thread-safe.
   */
  interface Sender {
    /** Returns its address, for people. */
    String describe();

    /** Hears that bytes came, and that they were the right ones. */
    void delivered();

    /** Hears that the stream broke, was too slow or had wrong bytes. */
    void failed(TransferException failure);

    /** Returns the only sender of its source, who has nothing to learn. */
    static Sender only(String address) {
      return new OnlySender(address);
    }
  }

  /**
   * The bytes of a file from an offset on.
   *
   * @param offsetBytes where the bytes begin: what was asked for, or 0
   * @param bytes the bytes; reading may throw a {@link TransferException}
   * @param sender who sends them
   */
  record BlobStream(long offsetBytes, InputStream bytes, Sender sender) implements AutoCloseable {
    /** A stream of a source that has a single sender. */
    public BlobStream(long offsetBytes, InputStream bytes) {
      this(offsetBytes, bytes, Sender.only("the source"));
    }

    @Override
    public void close() throws IOException {
      bytes.close();
    }
  }
}
