package io.edgellm.release;

import io.edgellm.model.Artifact;
import io.edgellm.model.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;

/**
 * A file read once, in chunks of {@link Artifact#CHUNK_BYTES}.
 *
 * @param sizeBytes how many bytes were read
 * @param sha256 the digest of all of them
 * @param chunks the digests of the chunks in order
 */
record ChunkedFile(long sizeBytes, Sha256 sha256, List<Sha256> chunks) {

  /** Takes a chunk while the file is read. */
  interface Sink {
    void accept(byte[] buffer, int length) throws IOException;
  }

  ChunkedFile {
    chunks = List.copyOf(chunks);
  }

  static ChunkedFile read(Path file, Sink sink) throws IOException {
    MessageDigest whole = Sha256.newDigest();
    List<Sha256> chunks = new ArrayList<>();
    byte[] buffer = new byte[Artifact.CHUNK_BYTES];
    long size = 0;
    try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
      for (int n = in.readNBytes(buffer, 0, buffer.length);
          n > 0;
          n = in.readNBytes(buffer, 0, buffer.length)) {
        whole.update(buffer, 0, n);
        MessageDigest chunk = Sha256.newDigest();
        chunk.update(buffer, 0, n);
        chunks.add(Sha256.of(chunk.digest(), 0));
        sink.accept(buffer, n);
        size += n;
      }
    }
    return new ChunkedFile(size, Sha256.of(whole.digest(), 0), chunks);
  }
}
