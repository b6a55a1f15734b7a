package io.edgellm.benchmarks.delta;

import io.edgellm.delta.TensorAlignment.Region;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.util.HashMap;
import java.util.Map;

/**
 * How few bytes could tell the new tensors to somebody who has the old ones, one element at a time:
 * the empirical conditional entropy of an element given the one at its place.
 *
 * <p>Tensor by tensor. For codes of four bits that is the entropy of the new code given the old
 * one, from a table of 16 by 16 counts. Of fp32 numbers every value is nearly unique, so that
 * counting them says nothing; there it is the entropy of the difference of their places in fp32,
 * given the old exponent, from a histogram with eight bins per doubling and either sign, within
 * which differences are taken as equally likely. Other tensors and what lies between tensors cost
 * nothing. What links neighbours (a scale with its codes, say) is left out, so that a coder that
 * knows it may go below.
 */
final class EntropyBound {
  private static final int BINS_PER_DOUBLING = 8;

  private EntropyBound() {}

  /** Returns the bound in bytes. */
  static double bytes(FileChange change) throws IOException {
    double bits = 0;
    try (FileChannel base = FileChannel.open(change.base());
        FileChannel target = FileChannel.open(change.target())) {
      for (Region region : change.alignment().regions()) {
        ByteBuffer old = read(base, region.baseOffset(), region.lengthBytes());
        ByteBuffer fresh = read(target, region.targetOffset(), region.lengthBytes());
        bits +=
            switch (region.kind()) {
              case INT4 -> codes(old, fresh);
              case FLOAT32 -> numbers(old, fresh);
              default -> 0;
            };
      }
    }
    return bits / 8;
  }

  private static ByteBuffer read(FileChannel file, long offset, long length) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(Math.toIntExact(length)).order(ByteOrder.LITTLE_ENDIAN);
    while (buffer.hasRemaining() && file.read(buffer, offset + buffer.position()) >= 0) {
      // read on
    }
    return buffer.flip();
  }

  private static double codes(ByteBuffer old, ByteBuffer fresh) {
    long[][] counts = new long[16][16];
    for (int i = 0; i < old.limit(); i++) {
      int before = old.get(i);
      int after = fresh.get(i);
      counts[before & 0xF][after & 0xF]++;
      counts[(before >>> 4) & 0xF][(after >>> 4) & 0xF]++;
    }
    double bits = 0;
    for (long[] row : counts) {
      bits += bits(row);
    }
    return bits;
  }

  private static double numbers(ByteBuffer old, ByteBuffer fresh) {
    Map<Integer, Map<Integer, Long>> counts = new HashMap<>();
    double within = 0;
    for (int i = 0; i < old.limit(); i += Float.BYTES) {
      int before = old.getInt(i);
      long difference = place(fresh.getInt(i)) - place(before);
      int bin = 0;
      if (difference != 0) {
        int step =
            (int) (Math.log((double) Math.abs(difference)) / Math.log(2) * BINS_PER_DOUBLING);
        double width = edge(step + 1) - edge(step);
        within += Math.max(0, Math.log(width) / Math.log(2));
        bin = difference > 0 ? step + 1 : -step - 1;
      }
      counts
          .computeIfAbsent((before >>> 23) & 0xFF, exponent -> new HashMap<>())
          .merge(bin, 1L, Long::sum);
    }
    double bits = within;
    for (Map<Integer, Long> histogram : counts.values()) {
      bits += bits(histogram.values().stream().mapToLong(Long::longValue).toArray());
    }
    return bits;
  }

  private static double edge(int step) {
    return Math.pow(2, (double) step / BINS_PER_DOUBLING);
  }

  private static long place(int bits) {
    return bits >= 0 ? bits : -(long) (bits & Integer.MAX_VALUE);
  }

  /** Returns the entropy of counts, times their sum. */
  private static double bits(long[] counts) {
    long sum = 0;
    for (long count : counts) {
      sum += count;
    }
    double bits = 0;
    for (long count : counts) {
      if (count > 0) {
        bits -= count * Math.log((double) count / sum) / Math.log(2);
      }
    }
    return bits;
  }
}
