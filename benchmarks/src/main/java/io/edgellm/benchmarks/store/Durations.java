package io.edgellm.benchmarks.store;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/** How long something took, each time it was done. */
final class Durations {
  private static final double NANOS_PER_MILLI = 1e6;

  /** Something that is measured. */
  interface Work {
    void run() throws Exception;
  }

  private final List<Long> nanos = new ArrayList<>();

  /** Does something once, and notes its time. */
  void measure(Work work) throws Exception {
    long begun = System.nanoTime();
    work.run();
    nanos.add(System.nanoTime() - begun);
  }

  int count() {
    return nanos.size();
  }

  /** Returns the time below which so many of a hundred stay, in milliseconds. */
  double percentile(double percent) {
    List<Long> sorted = new ArrayList<>(nanos);
    Collections.sort(sorted);
    int rank = (int) Math.ceil(percent / 100 * sorted.size());
    return sorted.get(Math.max(0, rank - 1)) / NANOS_PER_MILLI;
  }

  double median() {
    return percentile(50);
  }

  /** Returns median and 99th percentile for a table. */
  @Override
  public String toString() {
    return String.format(Locale.ROOT, "%.2f ms | %.2f ms", median(), percentile(99));
  }
}
