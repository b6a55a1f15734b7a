package io.edgellm.benchmarks.comparison;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * How fast this machine reads memory that is in no cache: what decoding is bounded by, since every
 * token reads all weights once.
 *
 * <p>Each thread sums up an array of its own, 256 MB, several times; the best time counts, because
 * what else runs only ever takes some of it.
 */
final class ReadBandwidth {
  private static final int LONGS = 1 << 25;
  private static final int PASSES = 6;
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private ReadBandwidth() {}

  /**
   * Measures in GB (10^9 bytes) per second of a thread's own computing time, added up over threads
   * that read at the same time.
   */
  static double gigabytesPerCpuSecond(int threads) throws InterruptedException {
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      List<Callable<Double>> readers = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        readers.add(ReadBandwidth::best);
      }
      double sum = 0;
      for (Future<Double> reader : pool.invokeAll(readers)) {
        sum += reader.get();
      }
      return sum;
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    } finally {
      pool.shutdown();
    }
  }

  private static double best() {
    long[] memory = new long[LONGS];
    long check = 0;
    double best = 0;
    for (int i = 0; i < PASSES; i++) {
      long before = THREADS.getCurrentThreadCpuTime();
      check += sum(memory);
      long nanos = THREADS.getCurrentThreadCpuTime() - before;
      best = Math.max(best, (double) LONGS * Long.BYTES / nanos);
    }
    return check == 0 ? best : Double.NaN;
  }

  /** Four sums side by side, so that the additions do not wait for each other. */
  private static long sum(long[] memory) {
    long a = 0;
    long b = 0;
    long c = 0;
    long d = 0;
    for (int i = 0; i < memory.length; i += 8) {
      a += memory[i] + memory[i + 1];
      b += memory[i + 2] + memory[i + 3];
      c += memory[i + 4] + memory[i + 5];
      d += memory[i + 6] + memory[i + 7];
    }
    return a + b + c + d;
  }
}
