package io.edgellm.delta;

import io.edgellm.model.Artifact;
import io.edgellm.model.Sha256;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * The first {@link #BYTES} bytes of a delta.
 *
 * @param base the digest of the old file
 * @param target the digest of the new file
 * @param baseBytes the size of the old file
 * @param targetBytes the size of the new file
 * @param indexBytes the size of the index that follows
 */
record DeltaHeader(Sha256 base, Sha256 target, long baseBytes, long targetBytes, int indexBytes) {
  static final int BYTES = 100;
  static final int VERSION = 1;

  /** A segment makes one chunk of a release's file. */
  static final int SEGMENT_BYTES = Artifact.CHUNK_BYTES;

  /** 256 GiB: keeps the index of a hostile file small. */
  static final long MAX_FILE_BYTES = 1L << 38;

  /** A length of a segment takes at most four bytes. */
  private static final int MAX_LENGTH_BYTES = 4;

  private static final byte[] MAGIC = {'E', 'D', 'E', 'L', 'T', 'A'};
  private static final int CHECKED_BYTES = BYTES - Integer.BYTES;
  private static final int DIGEST_BYTES = 32;

  static int segments(long targetBytes) {
    return (int) Artifact.chunkCount(targetBytes);
  }

  int segments() {
    return segments(targetBytes);
  }

  /** Returns the header with the checksum of itself and the index. */
  byte[] encode(byte[] index) {
    ByteBuffer out = ByteBuffer.allocate(BYTES).order(ByteOrder.LITTLE_ENDIAN);
    out.put(MAGIC).putShort((short) VERSION).putInt(SEGMENT_BYTES).putInt(indexBytes);
    out.putLong(baseBytes).putLong(targetBytes).put(base.bytes()).put(target.bytes());
    out.putInt(checksum(out.array(), index));
    return out.array();
  }

  /**
   * Reads a header; its checksum is {@link #requireIntact checked} with the index.
   *
   * @throws DeltaException with {@code MALFORMED} or {@code UNSUPPORTED}
   */
  static DeltaHeader decode(byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    byte[] magic = new byte[MAGIC.length];
    in.get(magic);
    if (!Arrays.equals(magic, MAGIC)) {
      throw DeltaException.malformed("it does not begin as one");
    }
    int version = in.getShort() & 0xFFFF;
    if (version != VERSION) {
      throw new DeltaException(
          DeltaException.Reason.UNSUPPORTED,
          "The delta has version "
              + version
              + " of the format, and this software knows "
              + VERSION
              + ": fetch the file in full, or update.",
          "version");
    }
    int segmentBytes = in.getInt();
    int indexBytes = in.getInt();
    long baseBytes = in.getLong();
    long targetBytes = in.getLong();
    if (segmentBytes != SEGMENT_BYTES
        || baseBytes < 0
        || baseBytes > MAX_FILE_BYTES
        || targetBytes < 0
        || targetBytes > MAX_FILE_BYTES
        || indexBytes < segments(targetBytes)
        || indexBytes > (long) segments(targetBytes) * MAX_LENGTH_BYTES) {
      throw DeltaException.malformed("sizes in the header");
    }
    Sha256 base = Sha256.of(bytes, in.position());
    Sha256 target = Sha256.of(bytes, in.position() + DIGEST_BYTES);
    return new DeltaHeader(base, target, baseBytes, targetBytes, indexBytes);
  }

  /**
   * Compares the checksum.
   *
   * @throws DeltaException with {@code MALFORMED}
   */
  static void requireIntact(byte[] header, byte[] index) {
    int stored = ByteBuffer.wrap(header).order(ByteOrder.LITTLE_ENDIAN).getInt(CHECKED_BYTES);
    if (stored != checksum(header, index)) {
      throw DeltaException.malformed("the checksum of the header");
    }
  }

  private static int checksum(byte[] header, byte[] index) {
    CRC32C crc = new CRC32C();
    crc.update(header, 0, CHECKED_BYTES);
    crc.update(index);
    return (int) crc.getValue();
  }
}
