package io.edgellm.publish;

import io.edgellm.model.Artifact;
import io.edgellm.model.Sha256;
import io.edgellm.transfer.UploadBody;
import java.nio.file.Path;
import java.security.MessageDigest;

/**
 * A file of a release, whose pieces are held against the chunks of its manifest before they are
 * sent, so that no byte of another file leaves the machine under its name.
 *
 * @param blob what it is
 * @param file where it is
 */
record BlobReader(Artifact blob, Path file) {
  /**
   * Reads a piece once, for its digest and those of its chunks.
   *
   * @param offsetBytes where it begins: where a chunk does
   * @param sizeBytes how long it is: to the end of a chunk
   * @throws io.edgellm.release.ReleaseException with {@code CHANGED}
   * @throws io.edgellm.transfer.TransferException with {@code IO}
   */
  UploadBody checked(long offsetBytes, long sizeBytes) {
    UploadBody body = UploadBody.of(file, offsetBytes, sizeBytes);
    Digests digests = new Digests((int) (offsetBytes / Artifact.CHUNK_BYTES));
    body.readInto(digests::add);
    return body.knownAs(digests.end());
  }

  /**
   * Reads the chunks of a part whose beginning may lie within one of them.
   *
   * @param fromBytes where the part begins
   * @param endBytes where it ends: where a chunk does
   * @throws io.edgellm.release.ReleaseException with {@code CHANGED}
   * @throws io.edgellm.transfer.TransferException with {@code IO}
   */
  UploadBody checkedRest(long fromBytes, long endBytes) {
    long chunk = fromBytes / Artifact.CHUNK_BYTES * Artifact.CHUNK_BYTES;
    UploadBody chunks = checked(chunk, endBytes - chunk);
    return chunk == fromBytes ? chunks : UploadBody.of(file, fromBytes, endBytes - fromBytes);
  }

  /** Digests of a piece and of the chunks in it, as its bytes come. */
  private final class Digests {
    private final MessageDigest whole = Sha256.newDigest();
    private final MessageDigest chunk = Sha256.newDigest();
    private int index;
    private int inChunk;

    Digests(int firstChunk) {
      index = firstChunk;
    }

    void add(byte[] buffer, int length) {
      whole.update(buffer, 0, length);
      int at = 0;
      while (at < length) {
        int n = Math.min(length - at, Artifact.CHUNK_BYTES - inChunk);
        chunk.update(buffer, at, n);
        inChunk += n;
        at += n;
        if (inChunk == Artifact.CHUNK_BYTES) {
          endChunk();
        }
      }
    }

    private void endChunk() {
      if (!Sha256.of(chunk.digest(), 0).equals(blob.chunks().get(index))) {
        throw PushPlan.changed(blob);
      }
      index++;
      inChunk = 0;
    }

    Sha256 end() {
      if (inChunk > 0) {
        endChunk();
      }
      return Sha256.of(whole.digest(), 0);
    }
  }
}
