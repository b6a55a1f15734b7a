package io.edgellm.delta;

import io.edgellm.model.Delta;
import io.edgellm.model.Sha256;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.BitSet;

/**
 * Makes the chunks of a new file from an old one and a delta.
 *
 * <p>It needs about four MiB, whatever the size of the files: both are read at positions, and every
 * segment of a delta makes one chunk of {@link io.edgellm.model.Artifact#CHUNK_BYTES} by itself. So
 * it can begin at any of them, and makes only those that are still missing.
 *
 * <p>A delta is not trusted. Every field is checked before anything is done by it; what comes out
 * is for the caller to compare with the chunk digests of a signed manifest, which the {@link Sink}
 * does.
 *
 * <p>The channels stay the caller's. Not thread-safe; several decoders may share the channels.
 */
public final class DeltaDecoder {

  /** Takes the chunks of the new file. */
  @FunctionalInterface
  public interface Sink {
    /**
     * Takes a chunk if it is the right one.
     *
     * @param chunk its number
     * @param bytes its bytes; valid until the call returns
     * @return whether the bytes have the digest of the manifest
     */
    boolean write(int chunk, ByteBuffer bytes);
  }

  private final DeltaHeader header;
  private final SegmentIndex index;
  private final FileChannel delta;
  private final PositionedFile base;

  private DeltaDecoder(
      DeltaHeader header, SegmentIndex index, FileChannel delta, PositionedFile base) {
    this.header = header;
    this.index = index;
    this.delta = delta;
    this.base = base;
  }

  /**
   * Reads the header and the index of a delta.
   *
   * <p>The old file is compared by its size alone: whoever holds it knows its digest, and passes
   * the file of that digest.
   *
   * @param expected what the manifest says of the delta
   * @param file the delta
   * @param base the file with the digest {@code expected.base()}
   * @throws DeltaException with {@code MALFORMED}, {@code UNSUPPORTED}, {@code WRONG_BASE} if it is
   *     for other files than expected, or {@code IO}
   */
  public static DeltaDecoder open(Delta expected, FileChannel file, FileChannel base) {
    try {
      DeltaDecoder decoder = open(file, base);
      decoder.requireFor(expected);
      return decoder;
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  private static DeltaDecoder open(FileChannel file, FileChannel base) throws IOException {
    byte[] first = read(file, 0, DeltaHeader.BYTES);
    DeltaHeader header = DeltaHeader.decode(first);
    byte[] indexBytes = read(file, DeltaHeader.BYTES, header.indexBytes());
    DeltaHeader.requireIntact(first, indexBytes);
    long start = (long) DeltaHeader.BYTES + header.indexBytes();
    SegmentIndex index = SegmentIndex.decode(indexBytes, header.segments(), start);
    if (index.end() != file.size()) {
      throw DeltaException.malformed("it is " + file.size() + " bytes, not " + index.end());
    }
    return new DeltaDecoder(header, index, file, new PositionedFile(base));
  }

  private void requireFor(Delta expected) {
    requireSame(expected.base(), header.base(), "the file that it changes");
    requireSame(expected.target(), header.target(), "the file that it makes");
    if (base.sizeBytes() != header.baseBytes()) {
      throw new DeltaException(
          DeltaException.Reason.WRONG_BASE,
          "The delta changes a file of "
              + header.baseBytes()
              + " bytes, and the one here has "
              + base.sizeBytes()
              + ": fetch the file in full.",
          header.base().hex());
    }
  }

  private static void requireSame(Sha256 expected, Sha256 found, String what) {
    if (!expected.equals(found)) {
      throw new DeltaException(
          DeltaException.Reason.WRONG_BASE,
          "The delta is another one than the manifest says ("
              + what
              + " is "
              + found
              + "): fetch the file in full, and publish the release again.",
          expected.hex());
    }
  }

  /** Returns the size of the file that comes out. */
  public long targetBytes() {
    return header.targetBytes();
  }

  /** Returns the number of segments, one per chunk of the file that comes out. */
  public int segments() {
    return index.count();
  }

  /** Returns how many bytes of the delta make a chunk. */
  public int segmentBytes(int chunk) {
    return index.length(chunk);
  }

  /**
   * Makes chunks, in their order.
   *
   * @param wanted their numbers
   * @param sink takes each one; what it throws ends the call
   * @throws DeltaException with {@code MALFORMED} at a damaged segment, or before anything if a
   *     chunk is wanted that the delta does not make; {@code WRONG_RESULT} at the first chunk that
   *     the sink does not take, or {@code IO}; chunks before it were taken
   */
  public void decode(BitSet wanted, Sink sink) {
    if (wanted.length() > index.count()) {
      throw DeltaException.malformed(
          "it makes "
              + index.count()
              + " chunks, and chunk "
              + (wanted.length() - 1)
              + " is wanted");
    }
    byte[] segment = new byte[index.longest()];
    byte[] target = new byte[(int) Math.min(DeltaHeader.SEGMENT_BYTES, header.targetBytes())];
    try (SegmentReader reader = new SegmentReader(base, target.length)) {
      for (int i = wanted.nextSetBit(0); i >= 0; i = wanted.nextSetBit(i + 1)) {
        long position = (long) i * DeltaHeader.SEGMENT_BYTES;
        int length = (int) Math.min(target.length, header.targetBytes() - position);
        read(delta, index.start(i), segment, index.length(i));
        reader.read(segment, index.length(i), target, length, position);
        if (!sink.write(i, ByteBuffer.wrap(target, 0, length).slice())) {
          throw wrongResult(i);
        }
      }
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  private DeltaException wrongResult(int chunk) {
    return new DeltaException(
        DeltaException.Reason.WRONG_RESULT,
        "Chunk "
            + chunk
            + " of '"
            + header.target()
            + "' came out of the delta with other bytes than the manifest names: the old file or"
            + " the delta is not what it should be; fetch the rest in full.",
        header.target().hex());
  }

  private static DeltaException unreadable(IOException e) {
    return new DeltaException(
        DeltaException.Reason.IO,
        "The delta or the old file cannot be read (" + e + "): check the disk.",
        null,
        e);
  }

  private static byte[] read(FileChannel file, long position, int length) throws IOException {
    if (length > file.size() - position) {
      throw DeltaException.malformed("it is cut off");
    }
    byte[] bytes = new byte[length];
    read(file, position, bytes, length);
    return bytes;
  }

  private static void read(FileChannel file, long position, byte[] into, int length)
      throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(into, 0, length);
    while (buffer.hasRemaining()) {
      if (file.read(buffer, position + buffer.position()) < 0) {
        throw new EOFException("The delta ends before " + (position + length) + ".");
      }
    }
  }
}
