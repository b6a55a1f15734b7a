package io.edgellm.delta;

import io.edgellm.delta.TensorAlignment.Region;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Decides for every byte of a segment where its counterpart in the old file stands, if anywhere.
 *
 * <p>A segment is planned in windows. For each there are a few candidates: where the tensors were
 * that the alignment names, the shift of the window before, none, the shift that makes both ends
 * meet, and those that {@link AnchorIndex anchors} in the window vote for. Every block of the
 * window is compared with each candidate; a differing half byte costs {@link #DIFFERENT_BITS}, a
 * block without counterpart what its bytes cost by their frequency, a change of the shift {@link
 * #CHANGE_BITS}; the cheapest path wins, and the border between two shifts is then moved to the
 * byte where they cross. Counting half bytes is right for codes of four bits, and for other numbers
 * the upper half bytes show whether it is the same number.
 *
 * <p>Not thread-safe.
 */
final class SegmentPlan {
  private static final int WINDOW_BYTES = 1 << 16;
  private static final int BLOCK_BYTES = 512;
  private static final int MAX_VOTED = 12;
  private static final int DIFFERENT_BITS = 4;
  private static final int CHANGE_BITS = 64;
  private static final int IMPOSSIBLE = 1 << 20;

  /** So many equal bytes are worth being copied without a model: it is faster, not smaller. */
  private static final int COPY_BYTES = 2048;

  private final BaseFile base;
  private final AnchorIndex anchors;
  private final TensorAlignment alignment;
  private final KindSearch kinds;
  private final long endShift;
  private final List<byte[]> sources = new ArrayList<>();
  private long lastShift;

  SegmentPlan(BaseFile base, AnchorIndex anchors, TensorAlignment alignment, long targetBytes) {
    this.base = base;
    this.anchors = anchors;
    this.alignment = alignment;
    this.endShift = base.sizeBytes() - targetBytes;
    this.kinds = new KindSearch();
  }

  /**
   * Returns the pieces of a segment in order.
   *
   * @param target the new bytes
   * @param length how many there are
   * @param position where they stand in the new file
   */
  List<Piece> of(byte[] target, int length, long position) throws IOException {
    Extents extents = new Extents();
    for (int from = 0; from < length; from += WINDOW_BYTES) {
      window(target, from, Math.min(length, from + WINDOW_BYTES), position, extents);
    }
    return pieces(extents, target, position);
  }

  private void window(byte[] target, int from, int to, long position, Extents extents)
      throws IOException {
    List<Long> shifts = new ArrayList<>(known(position + from, position + to));
    if (isCopy(target, from, to, position, shifts.get(0))) {
      extents.add(from, to, shifts.get(0));
      lastShift = shifts.get(0);
      return;
    }
    addVoted(target, from, to, position, shifts);
    int[] path = CheapestPath.through(costs(target, from, to, position, shifts), CHANGE_BITS);
    for (int i = 0; i < path.length; i++) {
      int start = from + i * BLOCK_BYTES;
      int end = Math.min(to, start + BLOCK_BYTES);
      boolean found = path[i] < shifts.size();
      extents.add(start, end, found ? shifts.get(path[i]) : Extents.NOWHERE);
      lastShift = found ? shifts.get(path[i]) : lastShift;
    }
  }

  /** The shifts that need no search; that of the first tensor or of the last window comes first. */
  private Set<Long> known(long from, long to) {
    Set<Long> shifts = new LinkedHashSet<>();
    List<Region> regions = alignment.regions();
    for (int i = alignment.firstEndingAfter(from);
        i < regions.size() && regions.get(i).targetOffset() < to && shifts.size() < MAX_VOTED;
        i++) {
      shifts.add(regions.get(i).shift());
    }
    shifts.add(lastShift);
    shifts.add(0L);
    shifts.add(endShift);
    return shifts;
  }

  private void addVoted(byte[] target, int from, int to, long position, List<Long> shifts) {
    Map<Long, Integer> votes = new LinkedHashMap<>();
    anchors.lookUp(target, from, to, position, shift -> votes.merge(shift, 1, Integer::sum));
    shifts.forEach(votes::remove);
    votes.entrySet().stream()
        .sorted(Map.Entry.<Long, Integer>comparingByValue().reversed())
        .limit(MAX_VOTED)
        .forEach(vote -> shifts.add(vote.getKey()));
  }

  private boolean isCopy(byte[] target, int from, int to, long position, long shift)
      throws IOException {
    if (!base.holds(position + from + shift, to - from)) {
      return false;
    }
    byte[] source = source(0);
    base.read(position + from + shift, source, 0, to - from);
    return Arrays.equals(source, 0, to - from, target, from, to);
  }

  private byte[] source(int candidate) {
    while (sources.size() <= candidate) {
      sources.add(new byte[WINDOW_BYTES]);
    }
    return sources.get(candidate);
  }

  private int[][] costs(byte[] target, int from, int to, long position, List<Long> shifts)
      throws IOException {
    int blocks = (to - from + BLOCK_BYTES - 1) / BLOCK_BYTES;
    int[][] costs = new int[blocks][shifts.size() + 1];
    double rawBits = ByteFrequency.bitsPerByte(target, from, to);
    for (int i = 0; i < shifts.size(); i++) {
      compare(target, from, to, position + shifts.get(i), source(i), costs, i);
    }
    for (int block = 0; block < blocks; block++) {
      int start = from + block * BLOCK_BYTES;
      costs[block][shifts.size()] = (int) (rawBits * (Math.min(to, start + BLOCK_BYTES) - start));
    }
    return costs;
  }

  private void compare(
      byte[] target, int from, int to, long offset, byte[] source, int[][] costs, int candidate)
      throws IOException {
    // The part of the window that this shift finds inside of the old file.
    int first = (int) Math.max(from, Math.min(to, -offset));
    int last = (int) Math.max(first, Math.min(to, base.sizeBytes() - offset));
    base.read(offset + first, source, first - from, last - first);
    for (int block = 0; block < costs.length; block++) {
      int start = from + block * BLOCK_BYTES;
      int end = Math.min(to, start + BLOCK_BYTES);
      costs[block][candidate] =
          start < first || end > last
              ? IMPOSSIBLE
              : DIFFERENT_BITS
                  * HalfBytes.different(source, start - from, target, start, end - start);
    }
  }

  /** Turns extents into pieces: borders to the byte, tensors with their kinds, long copies. */
  private List<Piece> pieces(Extents extents, byte[] target, long position) throws IOException {
    List<Piece> pieces = new ArrayList<>();
    byte[] source = new byte[DeltaHeader.SEGMENT_BYTES];
    for (int i = 0; i < extents.size(); i++) {
      if (i + 1 < extents.size()) {
        moveBorder(extents, i, target, position);
      }
      int start = extents.start(i);
      int end = extents.end(i);
      boolean found = extents.shift(i) != Extents.NOWHERE;
      if (found && end > start) {
        base.read(position + start + extents.shift(i), source, start, end - start);
      }
      addTensors(pieces, extents.shift(i), start, end, source, target, position);
    }
    return pieces;
  }

  private void moveBorder(Extents extents, int left, byte[] target, long position)
      throws IOException {
    long before = extents.shift(left);
    long after = extents.shift(left + 1);
    int border = extents.end(left);
    int low = Math.max(extents.start(left), border - BLOCK_BYTES);
    int high = Math.min(extents.end(left + 1), border + BLOCK_BYTES);
    int[] leftBits = bits(before, low, high, target, position);
    int[] rightBits = bits(after, low, high, target, position);
    int total = 0;
    for (int bits : rightBits) {
      total += bits;
    }
    int best = total;
    int at = 0;
    for (int i = 0; i < leftBits.length; i++) {
      total += leftBits[i] - rightBits[i];
      if (total < best) {
        best = total;
        at = i + 1;
      }
    }
    extents.moveEnd(left, low + at);
  }

  /** What each byte of a range costs with a shift. */
  private int[] bits(long shift, int from, int to, byte[] target, long position)
      throws IOException {
    int[] bits = new int[to - from];
    Arrays.fill(bits, shift == Extents.NOWHERE ? 7 : IMPOSSIBLE);
    if (shift == Extents.NOWHERE) {
      return bits;
    }
    long offset = position + shift;
    int first = (int) Math.max(from, Math.min(to, -offset));
    int last = (int) Math.max(first, Math.min(to, base.sizeBytes() - offset));
    byte[] source = new byte[last - first];
    base.read(offset + first, source, 0, source.length);
    for (int i = first; i < last; i++) {
      bits[i - from] = DIFFERENT_BITS * HalfBytes.different(source, i - first, target, i, 1);
    }
    return bits;
  }

  private void addTensors(
      List<Piece> pieces,
      long shift,
      int start,
      int end,
      byte[] source,
      byte[] target,
      long position) {
    List<Region> regions = alignment.regions();
    int at = start;
    for (int i = alignment.firstEndingAfter(position + start); at < end; i++) {
      boolean more = i < regions.size();
      int regionStart = more ? clamp(regions.get(i).targetOffset() - position, at, end) : end;
      addUnknown(pieces, shift, at, regionStart, source, target, position);
      if (more) {
        int regionEnd = clamp(regions.get(i).targetEnd() - position, regionStart, end);
        addTensor(pieces, shift, regions.get(i), regionStart, regionEnd, source, target, position);
        at = regionEnd;
      } else {
        at = end;
      }
    }
  }

  private static int clamp(long value, int low, int high) {
    return (int) Math.max(low, Math.min(high, value));
  }

  /**
   * A tensor's numbers do not begin with the segment: what is before the first whole one is apart.
   */
  private static void addTensor(
      List<Piece> pieces,
      long shift,
      Region region,
      int start,
      int end,
      byte[] source,
      byte[] target,
      long position) {
    int step = region.kind().stepBytes();
    int into = (int) Math.floorMod(position + start - region.targetOffset(), (long) step);
    int whole = Math.min(end, into == 0 ? start : start + step - into);
    addModelled(pieces, shift, ElementKind.BYTES, start, whole, source, target);
    addModelled(pieces, shift, region.kind(), whole, end, source, target);
  }

  private void addUnknown(
      List<Piece> pieces,
      long shift,
      int start,
      int end,
      byte[] source,
      byte[] target,
      long position) {
    List<Piece> plain = new ArrayList<>();
    addModelled(plain, shift, ElementKind.BYTES, start, end, source, target);
    for (Piece piece : plain) {
      if (piece.way() == Piece.Way.CHANGE) {
        for (Piece part : kinds.split(source, target, piece.start(), piece.end(), position)) {
          addChange(pieces, shift, part.kind(), part.start(), part.end());
        }
      } else {
        append(pieces, piece);
      }
    }
  }

  private static void addModelled(
      List<Piece> pieces,
      long shift,
      ElementKind kind,
      int start,
      int end,
      byte[] source,
      byte[] target) {
    if (shift == Extents.NOWHERE) {
      addFresh(pieces, kind, start, end);
      return;
    }
    int changed = start;
    for (int at = start; at < end; ) {
      int difference = Arrays.mismatch(source, at, end, target, at, end);
      int equal = difference < 0 ? end - at : difference;
      // A number that changed in its last byte only belongs to the change.
      int whole = equal - (difference < 0 ? 0 : (at + equal - start) % kind.stepBytes());
      if (whole >= COPY_BYTES || whole == end - start) {
        addChange(pieces, shift, kind, changed, at);
        append(pieces, new Piece(Piece.Way.COPY, ElementKind.BYTES, at, whole, shift));
        changed = at + whole;
      }
      int step = kind.stepBytes();
      at = Math.min(end, start + ((at + Math.max(whole, equal) - start) / step + 1) * step);
    }
    addChange(pieces, shift, kind, changed, end);
  }

  private static void addFresh(List<Piece> pieces, ElementKind kind, int start, int end) {
    if (end > start) {
      Piece.Way way = kind == ElementKind.BYTES ? Piece.Way.RAW : Piece.Way.FRESH;
      append(pieces, new Piece(way, kind, start, end - start, 0));
    }
  }

  private static void addChange(
      List<Piece> pieces, long shift, ElementKind kind, int start, int end) {
    if (end > start) {
      append(pieces, new Piece(Piece.Way.CHANGE, kind, start, end - start, shift));
    }
  }

  /** Joins what goes on in the same way. */
  private static void append(List<Piece> pieces, Piece piece) {
    if (!pieces.isEmpty()) {
      Piece last = pieces.get(pieces.size() - 1);
      if (last.way() == piece.way()
          && last.kind() == piece.kind()
          && last.shift() == piece.shift()
          && last.length() % piece.kind().stepBytes() == 0) {
        pieces.set(
            pieces.size() - 1,
            new Piece(
                last.way(),
                last.kind(),
                last.start(),
                last.length() + piece.length(),
                last.shift()));
        return;
      }
    }
    pieces.add(piece);
  }
}
