package io.edgellm.transfer;

import io.edgellm.model.Sha256;
import java.io.IOException;
import java.io.InputStream;

/**
 * A place that releases come from: a directory, an HTTP server. Untrusted: whatever it sends is
 * held against the manifest, and the manifest against its signature.
 *
 * <p>Layout of a source: {@code models/<line>/index.json}, {@code
 * models/<line>/<version>/release.json} and {@code release.sig}, {@code blobs/sha256/<hex>}.
 *
 * <p>Implementations are thread-safe. All methods block; an interrupt ends them.
 */
public interface ArtifactSource extends AutoCloseable {
  /**
   * Reads a small document whole.
   *
   * @param path relative to the source's root, with {@code /} between parts
   * @param maxBytes more than this is refused
   * @throws TransferException if it is not there, too large, or cannot be read
   */
  byte[] document(String path, int maxBytes);

  /**
   * Opens a blob.
   *
   * @param blob its digest
   * @param offsetBytes where to begin; a source that cannot do so begins at 0 and says so
   * @throws TransferException if it is not there or cannot be read
   */
  BlobStream open(Sha256 blob, long offsetBytes);

  /** Returns the address, for people. */
  String describe();

  /** Closes connections; nothing is thrown. */
  @Override
  void close();

  /**
   * The bytes of a blob from an offset on.
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
