package io.edgellm.delta;

import java.io.IOException;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/**
 * Decodes one segment after the other. Nothing in a segment is believed: every length is compared
 * with what is left of the segment, every source with the size of the old file, before a byte is
 * moved; and every loop ends with the segment's own bytes.
 */
final class SegmentReader implements AutoCloseable {
  private final PositionedFile base;
  private final Inflater inflater = new Inflater(true);
  private final byte[] source;

  /**
   * @param base the old file
   * @param targetBytes the longest segment
   */
  SegmentReader(PositionedFile base, int targetBytes) {
    this.base = base;
    this.source = new byte[targetBytes];
  }

  /**
   * Decodes a segment.
   *
   * @param bytes holds the segment
   * @param length its length
   * @param target takes the new bytes
   * @param targetLength how many there must be
   * @param position where they begin in the new file
   * @throws DeltaException with {@code MALFORMED}
   */
  void read(byte[] bytes, int length, byte[] target, int targetLength, long position)
      throws IOException {
    if (length == 0) {
      copy(position, target, 0, targetLength);
      return;
    }
    ByteCursor in = new ByteCursor(bytes, 0, length);
    boolean deflated = in.varInt(SegmentWriter.DEFLATED) == SegmentWriter.DEFLATED;
    int listLength = in.varInt(length);
    int codedLength = in.varInt(length);
    if (listLength > in.remaining() - codedLength) {
      throw DeltaException.malformed("the parts of a segment");
    }
    int codedStart = in.position() + listLength;
    int rawStart = codedStart + codedLength;
    ByteCursor list = new ByteCursor(bytes, in.position(), listLength);
    RawBytes raw = new RawBytes(bytes, rawStart, length - rawStart, deflated);
    Coded coded = new Coded(bytes, codedStart, codedLength);
    int at = 0;
    long shift = 0;
    while (at < targetLength) {
      int code = list.unsignedByte();
      Piece.Way way = Piece.Way.ofCode(code >>> 4);
      ElementKind kind = ElementKind.ofCode(code & 0xF);
      int pieceLength = list.varInt(targetLength - at);
      if (pieceLength == 0) {
        throw DeltaException.malformed("an empty piece");
      }
      if (way.hasSource()) {
        shift = shift(shift, VarInt.unzigzag(list.varInt()));
      }
      long from = position + at + shift;
      switch (way) {
        case COPY -> copy(from, target, at, pieceLength);
        case CHANGE -> {
          copy(from, source, 0, pieceLength);
          coded.models.of(kind).code(coded.decoder(), source, 0, target, at, pieceLength);
        }
        case FRESH -> coded.models.of(kind).codeFresh(coded.decoder(), target, at, pieceLength);
        case RAW -> raw.read(target, at, pieceLength);
      }
      at += pieceLength;
    }
    list.requireEnd();
    coded.requireEnd();
    raw.requireEnd();
  }

  private void copy(long from, byte[] into, int at, int length) throws IOException {
    if (!base.holds(from, length)) {
      throw DeltaException.malformed("a source outside of the old file");
    }
    base.read(from, into, at, length);
  }

  /** Both are within twice the largest file, so that no sum overflows. */
  private static long shift(long last, long change) {
    long limit = 2 * DeltaHeader.MAX_FILE_BYTES;
    long shift = change < -limit || change > limit ? limit : last + change;
    if (shift <= -limit || shift >= limit) {
      throw DeltaException.malformed("a source outside of the old file");
    }
    return shift;
  }

  @Override
  public void close() {
    inflater.end();
  }

  /** The coded bytes of a segment; their decoder begins with the first piece that needs it. */
  private static final class Coded {
    private final byte[] bytes;
    private final int start;
    private final int length;
    private final ModelSet models = new ModelSet();
    private @Nullable RangeDecoder decoder;

    Coded(byte[] bytes, int start, int length) {
      this.bytes = bytes;
      this.start = start;
      this.length = length;
    }

    RangeDecoder decoder() {
      if (decoder == null) {
        decoder = new RangeDecoder(bytes, start, length);
      }
      return decoder;
    }

    void requireEnd() {
      if (decoder == null ? length > 0 : !decoder.isAtEnd()) {
        throw DeltaException.malformed("coded bytes after the last piece");
      }
    }
  }

  /** The raw bytes of a segment. */
  private final class RawBytes {
    private final byte[] bytes;
    private final boolean deflated;
    private int next;
    private int left;

    RawBytes(byte[] bytes, int start, int length, boolean deflated) {
      this.bytes = bytes;
      this.deflated = deflated;
      this.next = start;
      this.left = length;
      if (deflated) {
        inflater.reset();
        inflater.setInput(bytes, start, length);
      }
    }

    void read(byte[] into, int at, int length) {
      if (deflated) {
        inflate(into, at, length);
      } else if (length > left) {
        throw DeltaException.malformed("raw bytes are missing");
      } else {
        System.arraycopy(bytes, next, into, at, length);
        next += length;
        left -= length;
      }
    }

    private void inflate(byte[] into, int at, int length) {
      try {
        int done = 0;
        while (done < length) {
          int count = inflater.inflate(into, at + done, length - done);
          if (count == 0) {
            throw DeltaException.malformed("raw bytes are missing");
          }
          done += count;
        }
      } catch (DataFormatException e) {
        throw DeltaException.malformed("raw bytes are not deflated");
      }
    }

    void requireEnd() {
      if (deflated ? !isFinished() : left > 0) {
        throw DeltaException.malformed("raw bytes after the last piece");
      }
    }

    /** The end mark may still be unread after the last byte. */
    private boolean isFinished() {
      try {
        return inflater.inflate(new byte[1]) == 0
            && inflater.finished()
            && inflater.getRemaining() == 0;
      } catch (DataFormatException e) {
        return false;
      }
    }
  }
}
