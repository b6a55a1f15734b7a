package io.edgellm.delta;

import io.edgellm.delta.TensorAlignment.Region;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Turns ranges with their shifts into pieces: tensors become elements of their kind, what is no
 * tensor is tried by a {@link KindSearch}, and long runs that stayed are copied.
 *
 * <p>Not thread-safe.
 */
final class SegmentPlan {
  /** So many equal bytes are worth being copied without a model: it is faster, not smaller. */
  private static final int COPY_BYTES = 2048;

  private final PositionedFile base;
  private final TensorAlignment alignment;
  private final Segment segment;
  private final byte[] source;
  private final List<Piece> pieces = new ArrayList<>();

  private SegmentPlan(PositionedFile base, TensorAlignment alignment, Segment segment) {
    this.base = base;
    this.alignment = alignment;
    this.segment = segment;
    this.source = new byte[segment.length()];
  }

  /** Returns the pieces of a segment in order. */
  static List<Piece> of(
      Segment segment, Extents extents, PositionedFile base, TensorAlignment alignment)
      throws IOException {
    SegmentPlan plan = new SegmentPlan(base, alignment, segment);
    for (int i = 0; i < extents.size(); i++) {
      plan.add(extents.start(i), extents.end(i), extents.shift(i));
    }
    return plan.pieces;
  }

  private void add(int start, int end, long shift) throws IOException {
    if (shift != Extents.NOWHERE) {
      base.read(segment.position() + start + shift, source, start, end - start);
    }
    List<Region> regions = alignment.regions();
    int at = start;
    for (int i = alignment.firstEndingAfter(segment.position() + start);
        i < regions.size() && at < end;
        i++) {
      Region region = regions.get(i);
      int regionStart = clamp(region.targetOffset(), at, end);
      int regionEnd = clamp(region.targetEnd(), regionStart, end);
      addUnknown(at, regionStart, shift);
      addTensor(region, regionStart, regionEnd, shift);
      at = regionEnd;
    }
    addUnknown(at, end, shift);
  }

  private int clamp(long offset, int low, int high) {
    return (int) Math.max(low, Math.min(high, offset - segment.position()));
  }

  /** A segment may begin inside of a number: the bytes before the first whole one are apart. */
  private void addTensor(Region region, int start, int end, long shift) {
    int step = region.kind().stepBytes();
    int inside = Math.floorMod(segment.position() + start - region.targetOffset(), step);
    int whole = Math.min(end, inside == 0 ? start : start + step - inside);
    addElements(ElementKind.BYTES, start, whole, shift);
    addElements(region.kind(), whole, end, shift);
  }

  private void addUnknown(int start, int end, long shift) {
    if (shift == Extents.NOWHERE) {
      addElements(ElementKind.BYTES, start, end, shift);
      return;
    }
    for (Piece piece : split(ElementKind.BYTES, start, end, shift)) {
      if (piece.way() == Piece.Way.CHANGE) {
        KindSearch.split(source, segment, piece).forEach(this::append);
      } else {
        append(piece);
      }
    }
  }

  private void addElements(ElementKind kind, int start, int end, long shift) {
    if (shift != Extents.NOWHERE) {
      split(kind, start, end, shift).forEach(this::append);
    } else if (end > start) {
      Piece.Way way = kind == ElementKind.BYTES ? Piece.Way.RAW : Piece.Way.FRESH;
      append(new Piece(way, kind, start, end - start, 0));
    }
  }

  /** Parts a range into what is copied and what changed, between whole elements. */
  private List<Piece> split(ElementKind kind, int start, int end, long shift) {
    List<Piece> parts = new ArrayList<>();
    int step = kind.stepBytes();
    int changed = start;
    for (int at = start; at < end; ) {
      int mismatch = Arrays.mismatch(source, at, end, segment.target(), at, end);
      int equal = mismatch < 0 ? end - at : mismatch - mismatch % step;
      if (equal >= COPY_BYTES || equal == end - start) {
        addChange(parts, kind, changed, at, shift);
        parts.add(new Piece(Piece.Way.COPY, ElementKind.BYTES, at, equal, shift));
        changed = at + equal;
      }
      // On behind the element that differs.
      at = Math.min(end, at + equal + step);
    }
    addChange(parts, kind, changed, end, shift);
    return parts;
  }

  private static void addChange(
      List<Piece> parts, ElementKind kind, int start, int end, long shift) {
    if (end > start) {
      parts.add(new Piece(Piece.Way.CHANGE, kind, start, end - start, shift));
    }
  }

  /** Adds a piece, or makes the last one longer if it goes on in the same way. */
  private void append(Piece piece) {
    int last = pieces.size() - 1;
    if (last >= 0 && pieces.get(last).goesOnWith(piece)) {
      Piece before = pieces.get(last);
      pieces.set(
          last,
          new Piece(
              before.way(),
              before.kind(),
              before.start(),
              before.length() + piece.length(),
              before.shift()));
    } else {
      pieces.add(piece);
    }
  }
}
