package io.edgellm.inference.quantize;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** The bytes of one tensor, to be read from front to back in pieces. */
sealed interface TensorBytes {
  /** Returns the number of bytes. */
  long length();

  /**
   * Fills a buffer.
   *
   * @param position of the first byte, within the tensor
   * @param into filled from its position to its limit
   */
  void read(long position, ByteBuffer into) throws IOException;

  /** Bytes on the heap, of a small tensor. */
  record Inline(ByteBuffer bytes) implements TensorBytes {
    @Override
    public long length() {
      return bytes.limit();
    }

    @Override
    public void read(long position, ByteBuffer into) {
      int count = into.remaining();
      into.put(bytes.slice((int) position, count));
    }
  }

  /** Bytes of a file, which the caller closes. */
  record InFile(FileChannel channel, long offset, long length) implements TensorBytes {
    @Override
    public void read(long position, ByteBuffer into) throws IOException {
      long at = offset + position;
      while (into.hasRemaining()) {
        int count = channel.read(into, at);
        if (count < 0) {
          throw new EOFException("The file became shorter while it was read.");
        }
        at += count;
      }
    }
  }
}
