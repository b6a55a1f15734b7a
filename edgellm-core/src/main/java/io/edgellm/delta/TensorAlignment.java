package io.edgellm.delta;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Which tensor of the new file stood where in the old one. A hint to the encoder: it may be wrong
 * or incomplete, and then the delta is larger, never wrong.
 *
 * @param regions sorted by their offset in the new file, without overlap
 */
public record TensorAlignment(List<Region> regions) {

  /**
   * One tensor.
   *
   * @param targetOffset its first byte in the new file
   * @param baseOffset its first byte in the old file
   * @param lengthBytes its length, the same in both
   * @param kind what it consists of
   */
  public record Region(long targetOffset, long baseOffset, long lengthBytes, ElementKind kind) {

    /** Refuses negative offsets and lengths. */
    public Region {
      if (targetOffset < 0
          || baseOffset < 0
          || lengthBytes < 0
          || lengthBytes > Long.MAX_VALUE - Math.max(targetOffset, baseOffset)) {
        throw new IllegalArgumentException("A tensor lies inside of its files.");
      }
    }

    long targetEnd() {
      return targetOffset + lengthBytes;
    }

    /** What has to be added to an offset in the new file. */
    long shift() {
      return baseOffset - targetOffset;
    }
  }

  /** Sorts the regions; of two that overlap in the new file the later one is left out. */
  public TensorAlignment {
    List<Region> sorted = new ArrayList<>(regions);
    sorted.sort(Comparator.comparingLong(Region::targetOffset));
    List<Region> apart = new ArrayList<>();
    long end = 0;
    for (Region region : sorted) {
      if (region.targetOffset() >= end && region.lengthBytes() > 0) {
        apart.add(region);
        end = region.targetEnd();
      }
    }
    regions = List.copyOf(apart);
  }

  /** Returns an alignment for files of which nothing is known. */
  public static TensorAlignment none() {
    return new TensorAlignment(List.of());
  }

  /** Returns the index of the first region that ends after an offset of the new file. */
  int firstEndingAfter(long targetOffset) {
    int low = 0;
    int high = regions.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (regions.get(middle).targetEnd() > targetOffset) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }
}
