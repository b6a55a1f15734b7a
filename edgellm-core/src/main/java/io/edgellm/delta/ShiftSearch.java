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
 * Finds for every byte of a segment where its counterpart in the old file stands, if anywhere.
 *
 * <p>A segment is searched in windows. For each there are a few candidates: where the tensors were
 * that the alignment names, the shift of the window before, none, the shift that makes both ends
 * meet, and those that {@link AnchorIndex anchors} in the window vote for. Every block of the
 * window is compared with each candidate; a differing half byte costs {@link #DIFFERENT_BITS}, a
 * block without counterpart what its bytes cost by their frequency, a change of the shift {@link
 * #CHANGE_BITS}; the cheapest path wins, and the border between two shifts is then moved to the
 * byte where they cross. Counting half bytes is right for codes of four bits, and of other numbers
 * the upper half bytes show whether it is the same number.
 *
 * <p>Not thread-safe; segments come in their order.
 */
final class ShiftSearch {
  private static final int WINDOW_BYTES = 1 << 16;
  private static final int BLOCK_BYTES = 512;
  private static final int MAX_CANDIDATES = 12;
  private static final int DIFFERENT_BITS = 4;
  private static final int CHANGE_BITS = 64;
  private static final int RAW_BYTE_BITS = 7;
  private static final int IMPOSSIBLE = 1 << 20;

  private final PositionedFile base;
  private final AnchorIndex anchors;
  private final TensorAlignment alignment;
  private final long endShift;
  private final byte[] source = new byte[WINDOW_BYTES];
  private long lastShift;

  ShiftSearch(
      PositionedFile base, AnchorIndex anchors, TensorAlignment alignment, long targetBytes) {
    this.base = base;
    this.anchors = anchors;
    this.alignment = alignment;
    this.endShift = base.sizeBytes() - targetBytes;
  }

  /** Returns the ranges of a segment by their shift. */
  Extents in(Segment segment) throws IOException {
    Extents extents = new Extents();
    for (int from = 0; from < segment.length(); from += WINDOW_BYTES) {
      addWindow(segment, from, Math.min(segment.length(), from + WINDOW_BYTES), extents);
    }
    for (int i = 0; i + 1 < extents.size(); i++) {
      moveBorder(extents, i, segment);
    }
    return extents;
  }

  private void addWindow(Segment segment, int from, int to, Extents extents) throws IOException {
    List<Long> shifts = new ArrayList<>(known(segment, from, to));
    if (isCopy(segment, from, to, shifts.get(0))) {
      extents.add(to, shifts.get(0));
      lastShift = shifts.get(0);
      return;
    }
    addVoted(segment, from, to, shifts);
    int[] path = CheapestPath.through(costs(segment, from, to, shifts), CHANGE_BITS);
    for (int i = 0; i < path.length; i++) {
      int end = Math.min(to, from + (i + 1) * BLOCK_BYTES);
      boolean found = path[i] < shifts.size();
      extents.add(end, found ? shifts.get(path[i]) : Extents.NOWHERE);
      lastShift = found ? shifts.get(path[i]) : lastShift;
    }
  }

  /** The shifts that need no search; that of the first tensor or of the last window comes first. */
  private Set<Long> known(Segment segment, int from, int to) {
    Set<Long> shifts = new LinkedHashSet<>();
    List<Region> regions = alignment.regions();
    long end = segment.position() + to;
    for (int i = alignment.firstEndingAfter(segment.position() + from);
        i < regions.size() && regions.get(i).targetOffset() < end && shifts.size() < MAX_CANDIDATES;
        i++) {
      shifts.add(regions.get(i).shift());
    }
    shifts.add(lastShift);
    shifts.add(0L);
    shifts.add(endShift);
    return shifts;
  }

  private boolean isCopy(Segment segment, int from, int to, long shift) throws IOException {
    long start = segment.position() + from + shift;
    if (!base.holds(start, to - from)) {
      return false;
    }
    base.read(start, source, 0, to - from);
    return Arrays.equals(source, 0, to - from, segment.target(), from, to);
  }

  private void addVoted(Segment segment, int from, int to, List<Long> shifts) {
    Map<Long, Integer> votes = new LinkedHashMap<>();
    anchors.lookUp(
        segment.target(),
        from,
        to,
        segment.position(),
        shift -> votes.merge(shift, 1, Integer::sum));
    shifts.forEach(votes::remove);
    votes.entrySet().stream()
        .sorted(Map.Entry.<Long, Integer>comparingByValue().reversed())
        .limit(MAX_CANDIDATES)
        .forEach(vote -> shifts.add(vote.getKey()));
  }

  /** What every block costs with every candidate, and as raw bytes. */
  private int[][] costs(Segment segment, int from, int to, List<Long> shifts) throws IOException {
    int blocks = (to - from + BLOCK_BYTES - 1) / BLOCK_BYTES;
    int[][] costs = new int[blocks][shifts.size() + 1];
    double rawBits = ByteFrequency.bitsPerByte(segment.target(), from, to);
    for (int i = 0; i < shifts.size(); i++) {
      Overlap overlap = Overlap.of(base, segment, from, to, shifts.get(i));
      overlap.read(base, source);
      for (int block = 0; block < blocks; block++) {
        int start = from + block * BLOCK_BYTES;
        int end = Math.min(to, start + BLOCK_BYTES);
        costs[block][i] =
            overlap.holds(start, end)
                ? DIFFERENT_BITS
                    * HalfBytes.different(
                        source, start - overlap.from(), segment.target(), start, end - start)
                : IMPOSSIBLE;
      }
    }
    for (int block = 0; block < blocks; block++) {
      int start = from + block * BLOCK_BYTES;
      costs[block][shifts.size()] = (int) (rawBits * (Math.min(to, start + BLOCK_BYTES) - start));
    }
    return costs;
  }

  /** Moves the end of a range by up to a block, to where both sides together cost least. */
  private void moveBorder(Extents extents, int left, Segment segment) throws IOException {
    int border = extents.end(left);
    int low = Math.max(extents.start(left), border - BLOCK_BYTES);
    int high = Math.min(extents.end(left + 1), border + BLOCK_BYTES);
    int[] leftBits = bits(extents.shift(left), low, high, segment);
    int[] rightBits = bits(extents.shift(left + 1), low, high, segment);
    int total = Arrays.stream(rightBits).sum();
    int best = total;
    int bestEnd = low;
    for (int i = 0; i < leftBits.length; i++) {
      total += leftBits[i] - rightBits[i];
      if (total < best) {
        best = total;
        bestEnd = low + i + 1;
      }
    }
    extents.moveEnd(left, bestEnd);
  }

  /** What each byte of a range costs with a shift. */
  private int[] bits(long shift, int from, int to, Segment segment) throws IOException {
    int[] bits = new int[to - from];
    if (shift == Extents.NOWHERE) {
      Arrays.fill(bits, RAW_BYTE_BITS);
      return bits;
    }
    Arrays.fill(bits, IMPOSSIBLE);
    Overlap overlap = Overlap.of(base, segment, from, to, shift);
    overlap.read(base, source);
    for (int i = overlap.from(); i < overlap.to(); i++) {
      bits[i - from] =
          DIFFERENT_BITS * HalfBytes.different(source, i - overlap.from(), segment.target(), i, 1);
    }
    return bits;
  }
}
