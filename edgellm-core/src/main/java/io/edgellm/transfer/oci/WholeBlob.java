package io.edgellm.transfer.oci;

import io.edgellm.model.Sha256;
import io.edgellm.transfer.TransferException;
import io.edgellm.transfer.TransferException.Reason;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;

/** A blob from its first byte on, which is held against its digest at its end. For one reader. */
final class WholeBlob extends FilterInputStream {
  private final MessageDigest running = Sha256.newDigest();
  private final Sha256 digest;
  private final String where;
  private boolean ended;

  WholeBlob(InputStream bytes, Sha256 digest, String where) {
    super(bytes);
    this.digest = digest;
    this.where = where;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    int n = super.read(target, offset, length);
    if (n > 0) {
      running.update(target, offset, n);
    } else if (n < 0 && !ended) {
      ended = true;
      require(Sha256.of(running.digest(), 0), digest, where);
    }
    return n;
  }

  @Override
  public long skip(long count) throws IOException {
    return readNBytes((int) Math.min(count, 1 << 16)).length;
  }

  static void require(Sha256 is, Sha256 digest, String where) {
    if (!is.equals(digest)) {
      throw new TransferException(
          Reason.CORRUPT,
          "'" + where + "' sent other bytes than those of sha256:" + digest.hex() + ".",
          where);
    }
  }
}
