package io.edgellm.delta;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.zip.Deflater;

/**
 * Writes one segment from its pieces.
 *
 * <p>Layout: a byte that says whether the raw bytes are deflated (1) or not (0), the length of the
 * list of pieces, the length of the coded bytes, the list, the coded bytes (one {@link
 * RangeEncoder} over all pieces that are modelled), the raw bytes. A segment that is a copy of the
 * bytes at the same place of the old file is empty.
 */
final class SegmentWriter {
  static final int STORED = 0;
  static final int DEFLATED = 1;

  /** A segment that is nothing but raw bytes, with room for its fields. */
  static final int MAX_BYTES = DeltaHeader.SEGMENT_BYTES + 64;

  private final PositionedFile base;
  private final byte[] source = new byte[DeltaHeader.SEGMENT_BYTES];

  SegmentWriter(PositionedFile base) {
    this.base = base;
  }

  /** Returns a segment that needs nothing: the new bytes themselves. */
  static byte[] raw(Segment segment) {
    Piece all = new Piece(Piece.Way.RAW, ElementKind.BYTES, 0, segment.length(), 0);
    return assemble(list(List.of(all)), new byte[0], segment.target(), segment.length());
  }

  /** Returns the segment, from pieces that cover it from its start to its end. */
  byte[] write(List<Piece> pieces, Segment segment) throws IOException {
    if (isCopyInPlace(pieces)) {
      return new byte[0];
    }
    RangeEncoder coder = new RangeEncoder();
    ModelSet models = new ModelSet();
    byte[] raw = new byte[segment.length()];
    int rawLength = 0;
    for (Piece piece : pieces) {
      switch (piece.way()) {
        case COPY -> {}
        case CHANGE -> change(piece, segment, models.of(piece.kind()), coder);
        case FRESH ->
            models
                .of(piece.kind())
                .codeFresh(coder, segment.target(), piece.start(), piece.length());
        case RAW -> {
          System.arraycopy(segment.target(), piece.start(), raw, rawLength, piece.length());
          rawLength += piece.length();
        }
      }
    }
    return assemble(list(pieces), coder.finish(), raw, rawLength);
  }

  private static boolean isCopyInPlace(List<Piece> pieces) {
    Piece first = pieces.get(0);
    return pieces.size() == 1 && first.way() == Piece.Way.COPY && first.shift() == 0;
  }

  private void change(Piece piece, Segment segment, ElementCoder model, RangeEncoder coder)
      throws IOException {
    long from = segment.position() + piece.start() + piece.shift();
    base.read(from, source, 0, piece.length());
    model.code(coder, source, 0, segment.target(), piece.start(), piece.length());
  }

  private static byte[] list(List<Piece> pieces) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    long shift = 0;
    for (Piece piece : pieces) {
      out.write((piece.way().code() << 4) | piece.kind().code());
      VarInt.write(out, piece.length());
      if (piece.way().hasSource()) {
        VarInt.write(out, VarInt.zigzag(piece.shift() - shift));
        shift = piece.shift();
      }
    }
    return out.toByteArray();
  }

  private static byte[] assemble(byte[] list, byte[] coded, byte[] raw, int rawLength) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(list.length + coded.length + 64);
    byte[] deflated = new byte[rawLength];
    int deflatedLength = deflate(raw, rawLength, deflated);
    boolean smaller = deflatedLength > 0;
    out.write(smaller ? DEFLATED : STORED);
    VarInt.write(out, list.length);
    VarInt.write(out, coded.length);
    out.writeBytes(list);
    out.writeBytes(coded);
    out.write(smaller ? deflated : raw, 0, smaller ? deflatedLength : rawLength);
    return out.toByteArray();
  }

  /** Returns the deflated length, or 0 if that is not less. */
  static int deflate(byte[] bytes, int length, byte[] into) {
    Deflater deflater = new Deflater(Deflater.BEST_COMPRESSION, true);
    try {
      deflater.setInput(bytes, 0, length);
      deflater.finish();
      int written = deflater.deflate(into, 0, Math.max(0, length - 1));
      return deflater.finished() ? written : 0;
    } finally {
      deflater.end();
    }
  }
}
