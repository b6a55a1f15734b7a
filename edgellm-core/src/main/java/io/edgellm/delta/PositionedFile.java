package io.edgellm.delta;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** A file, read at positions; it does not change meanwhile. */
final class PositionedFile {
  private final FileChannel channel;
  private final long sizeBytes;

  PositionedFile(FileChannel channel) throws IOException {
    this.channel = channel;
    this.sizeBytes = channel.size();
  }

  long sizeBytes() {
    return sizeBytes;
  }

  /** Returns whether a range lies inside of the file. */
  boolean holds(long position, int length) {
    return position >= 0 && position <= sizeBytes - length;
  }

  /** Reads exactly so many bytes. */
  void read(long position, byte[] into, int at, int length) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(into, at, length);
    for (long from = position; buffer.hasRemaining(); ) {
      int read = channel.read(buffer, from);
      if (read < 0) {
        throw new EOFException("The file ends at " + from + ", before its size.");
      }
      from += read;
    }
  }
}
