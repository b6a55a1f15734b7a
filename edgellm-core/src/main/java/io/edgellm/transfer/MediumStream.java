package io.edgellm.transfer;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.util.Objects;

/** A part of a file on a medium that may have bad sectors, or be pulled out. For one reader. */
final class MediumStream extends InputStream {
  /** Says what a failure of the medium is. */
  interface Diagnosis {
    TransferException of(IOException failure, long position);
  }

  private final SeekableByteChannel channel;
  private final InputStream bytes;
  private final Diagnosis diagnosis;
  private long position;
  private long left;

  /**
   * @param channel at its beginning; closed with the stream
   * @param offset where to begin
   * @param length how many bytes there are at most
   */
  MediumStream(SeekableByteChannel channel, long offset, long length, Diagnosis diagnosis)
      throws IOException {
    this.channel = channel.position(offset);
    this.bytes = Channels.newInputStream(channel);
    this.diagnosis = diagnosis;
    this.position = offset;
    this.left = length;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, target.length);
    if (left == 0 && length > 0) {
      return -1;
    }
    try {
      int n = bytes.read(target, offset, (int) Math.min(length, left));
      position += Math.max(0, n);
      left -= Math.max(0, n);
      return n;
    } catch (IOException e) {
      if (channel.isOpen()) {
        throw diagnosis.of(e, position);
      }
      throw e;
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
