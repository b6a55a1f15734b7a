package io.edgellm.delta;

import java.io.IOException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.function.LongConsumer;

/**
 * Windows of the old file by their content, so that bytes that moved are found again.
 *
 * <p>Which windows are kept is decided by their hash, so that the same content is kept wherever it
 * stands, and one of so many that there are at most a quarter of a million: every sixteenth in a
 * small file, one in 4 KiB at a gigabyte. Of equal windows the first is kept. The table is 8 MiB at
 * most.
 */
final class AnchorIndex {
  private static final int MIN_SAMPLING_BITS = 4;
  private static final int MAX_ANCHORS_BITS = 18;
  private static final int POSITION_BITS = 40;
  private static final long POSITION = (1L << POSITION_BITS) - 1;
  private static final long EMPTY = -1;

  private final int samplingBits;
  private final long[] slots;
  private final int capacity;
  private int size;

  private AnchorIndex(int samplingBits, int slotCount) {
    this.samplingBits = samplingBits;
    this.slots = new long[slotCount];
    this.capacity = slotCount / 4 * 3;
    Arrays.fill(slots, EMPTY);
  }

  /**
   * Reads the old file once.
   *
   * @param digest is fed with all its bytes
   * @param progress hears how many bytes were read so far
   */
  static AnchorIndex of(PositionedFile base, MessageDigest digest, LongConsumer progress)
      throws IOException {
    int samplingBits = MIN_SAMPLING_BITS;
    while (base.sizeBytes() >>> samplingBits > 1L << MAX_ANCHORS_BITS) {
      samplingBits++;
    }
    long expected = base.sizeBytes() >>> samplingBits;
    int slotCount = Math.max(64, 4 * Integer.highestOneBit((int) expected + 1));
    AnchorIndex index = new AnchorIndex(samplingBits, slotCount);
    byte[] bytes = new byte[DeltaHeader.SEGMENT_BYTES];
    for (long position = 0; position < base.sizeBytes(); position += bytes.length) {
      int length = (int) Math.min(bytes.length, base.sizeBytes() - position);
      base.read(position, bytes, 0, length);
      digest.update(bytes, 0, length);
      index.addAll(bytes, length, position);
      progress.accept(position + length);
    }
    return index;
  }

  /** Windows over the border of two parts are left out. */
  private void addAll(byte[] bytes, int length, long position) {
    forEachSample(bytes, 0, length, (hash, start) -> add(hash, position + start));
  }

  /** Calls back for every window of a range that would be kept. */
  private void forEachSample(byte[] bytes, int from, int to, Sample sample) {
    if (to - from < RollingHash.WINDOW) {
      return;
    }
    RollingHash hash = new RollingHash();
    hash.start(bytes, from + RollingHash.WINDOW);
    for (int end = from + RollingHash.WINDOW; ; end++) {
      long mixed = hash.mixed();
      if (mixed >>> (Long.SIZE - samplingBits) == 0) {
        sample.accept(mixed, end - RollingHash.WINDOW);
      }
      if (end == to) {
        return;
      }
      hash.roll(bytes[end], bytes[end - RollingHash.WINDOW]);
    }
  }

  private interface Sample {
    void accept(long hash, int start);
  }

  private void add(long hash, long position) {
    int slot = find(hash);
    if (slots[slot] == EMPTY && size < capacity) {
      slots[slot] = tag(hash) | position;
      size++;
    }
  }

  private int find(long hash) {
    int slot = (int) hash & (slots.length - 1);
    while (slots[slot] != EMPTY && (slots[slot] & ~POSITION) != tag(hash)) {
      slot = (slot + 1) & (slots.length - 1);
    }
    return slot;
  }

  /** Bits of the hash that decide neither the sampling nor the slot. */
  private static long tag(long hash) {
    return hash >>> 20 << POSITION_BITS;
  }

  /**
   * Looks for the windows of a range.
   *
   * @param bytes the new bytes
   * @param position where they stand in the new file
   * @param votes is given the shift of every window that is found
   */
  void lookUp(byte[] bytes, int from, int to, long position, LongConsumer votes) {
    forEachSample(
        bytes,
        from,
        to,
        (hash, start) -> {
          long found = slots[find(hash)];
          if (found != EMPTY) {
            votes.accept((found & POSITION) - (position + start));
          }
        });
  }
}
