package io.edgellm.inference.prefix;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.zip.CRC32C;

/**
 * One image in one file; {@link SnapshotHeader} has the format. A file is believed only after its
 * length and both checksums were found right, and it is read for one prefix, whose model and tokens
 * are compared as a whole.
 */
final class SnapshotFile {
  /** The channel copies through a buffer of this size what does not lie outside of the heap. */
  private static final int PIECE_BYTES = 1 << 20;

  private static final int FIRST_READ_BYTES = 8192;

  private final Path path;

  SnapshotFile(Path path) {
    this.path = path;
  }

  /** Writes the file, which must not be there, for nobody but its owner to read. */
  void write(Image image) throws IOException {
    ByteBuffer content = image.content();
    SnapshotHeader header =
        new SnapshotHeader(image.prefix(), image.bytes(), checksum(content.duplicate()));
    Set<StandardOpenOption> create =
        EnumSet.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    try (FileChannel channel = FileChannel.open(path, create, OwnerOnly.file(path))) {
      writeFully(channel, header.encode());
      for (int at = 0; at < content.capacity(); at += PIECE_BYTES) {
        writeFully(channel, piece(content, at));
      }
    }
  }

  private static int checksum(ByteBuffer content) {
    CRC32C crc = new CRC32C();
    crc.update(content);
    return (int) crc.getValue();
  }

  private static ByteBuffer piece(ByteBuffer content, int at) {
    return content.slice(at, Math.min(PIECE_BYTES, content.capacity() - at));
  }

  private static void writeFully(FileChannel channel, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  /** Reads what stands before the image, and compares the length of the file with it. */
  SnapshotHeader readHeader() throws IOException {
    try (FileChannel channel = open()) {
      return readHeader(channel);
    }
  }

  /**
   * Reads the image of a prefix.
   *
   * @return empty if there is no memory for it now
   * @throws RefusedSnapshotException if this file is not that image
   */
  Optional<Image> read(Prefix prefix, ImageAllocator allocator) throws IOException {
    try (FileChannel channel = open()) {
      SnapshotHeader header = readHeader(channel);
      Optional<Refusal> refusal = header.refusalFor(prefix);
      if (refusal.isPresent()) {
        throw refused(refusal.get());
      }
      Optional<ImageMemory> memory = allocator.allocate(header.imageBytes());
      if (memory.isEmpty()) {
        return Optional.empty();
      }
      Image image = new Image(prefix, memory.get());
      try {
        readImage(channel, header, memory.get().bytes());
        return Optional.of(image.retain());
      } finally {
        image.release();
      }
    }
  }

  /** A pipe would let the caller wait for a writer, and a link lead to where it likes. */
  private FileChannel open() throws IOException {
    BasicFileAttributes attributes =
        Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    if (!attributes.isRegularFile()) {
      throw refused(Refusal.NOT_A_FILE);
    }
    return FileChannel.open(path, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS));
  }

  private SnapshotHeader readHeader(FileChannel channel) throws IOException {
    long size = channel.size();
    if (size < SnapshotHeader.FIXED_BYTES) {
      throw refused(Refusal.TRUNCATED);
    }
    ByteBuffer start = allocate((int) Math.min(size, FIRST_READ_BYTES));
    readFully(channel, start, 0);
    Optional<Refusal> refusal = SnapshotHeader.refusalOf(start);
    if (refusal.isPresent()) {
      throw refused(refusal.get());
    }
    int bytes = SnapshotHeader.bytes(start);
    if (bytes > size) {
      throw refused(Refusal.TRUNCATED);
    }
    ByteBuffer whole = allocate(bytes);
    whole.put(start.clear().limit(Math.min(start.capacity(), bytes)));
    readFully(channel, whole, whole.position());
    SnapshotHeader header =
        SnapshotHeader.decode(whole).orElseThrow(() -> refused(Refusal.DAMAGED_HEADER));
    if (size != header.fileBytes()) {
      throw refused(size < header.fileBytes() ? Refusal.TRUNCATED : Refusal.TOO_LONG);
    }
    return header;
  }

  private static ByteBuffer allocate(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private void readImage(FileChannel channel, SnapshotHeader header, ByteBuffer into)
      throws IOException {
    CRC32C crc = new CRC32C();
    for (int at = 0; at < header.imageBytes(); at += PIECE_BYTES) {
      ByteBuffer piece = piece(into, at);
      readFully(channel, piece, (long) header.bytes() + at);
      crc.update(piece.flip());
    }
    if ((int) crc.getValue() != header.imageChecksum()) {
      throw refused(Refusal.DAMAGED_IMAGE);
    }
  }

  private void readFully(FileChannel channel, ByteBuffer into, long from) throws IOException {
    long at = from;
    while (into.hasRemaining()) {
      int read = channel.read(into, at);
      if (read < 0) {
        throw refused(Refusal.TRUNCATED);
      }
      at += read;
    }
  }

  private RefusedSnapshotException refused(Refusal refusal) {
    return new RefusedSnapshotException(refusal, path);
  }
}
