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

  /** Returns the address, for people. */
  String describe();

  /** Closes connections; nothing is thrown. */
  @Override
  void close();

  /**
   * The bytes of a file from an offset on.
   *
   * @param offsetBytes where the bytes begin: what was asked for, or 0
   * @param bytes the bytes; reading may throw a {@link TransferException}
   */
  record BlobStream(long offsetBytes, InputStream bytes) implements AutoCloseable {
    @Override
    public void close() throws IOException {
      bytes.close();
    }
  }
}
