package io.edgellm.transfer;

import io.edgellm.model.Sha256;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** Counts the bytes of blobs that come, and may cut every stream at one byte. For one thread. */
public final class MeteredSource implements ArtifactSource {
  private final ArtifactSource source;
  private final long cutAtByte;
  private long receivedBytes;

  /**
   * @param source where the bytes come from; closed with this one
   * @param cutAtByte of a blob: it and what is behind it does not come
   */
  public MeteredSource(ArtifactSource source, long cutAtByte) {
    this.source = source;
    this.cutAtByte = cutAtByte;
  }

  /** Returns how many bytes of blobs have come, a byte that came twice counted twice. */
  public long receivedBytes() {
    return receivedBytes;
  }

  @Override
  public byte[] document(String path, int maxBytes) {
    return source.document(path, maxBytes);
  }

  @Override
  public BlobStream open(String path, long offsetBytes) {
    return source.open(path, offsetBytes);
  }

  @Override
  public BlobStream open(Sha256 blob, long offsetBytes) {
    return metered(source.open(blob, offsetBytes));
  }

  @Override
  public BlobStream open(Sha256 blob, long offsetBytes, long lengthBytes) {
    return metered(source.open(blob, offsetBytes, lengthBytes));
  }

  private BlobStream metered(BlobStream stream) {
    return new BlobStream(
        stream.offsetBytes(), new Metered(stream.offsetBytes(), stream.bytes()), stream.sender());
  }

  @Override
  public String describe() {
    return source.describe();
  }

  @Override
  public void close() {
    source.close();
  }

  private final class Metered extends FilterInputStream {
    private long position;

    Metered(long position, InputStream bytes) {
      super(bytes);
      this.position = position;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      if (position >= cutAtByte) {
        throw new IOException("the line is cut");
      }
      int n = super.read(target, offset, (int) Math.min(length, cutAtByte - position));
      if (n > 0) {
        position += n;
        receivedBytes += n;
      }
      return n;
    }
  }
}
