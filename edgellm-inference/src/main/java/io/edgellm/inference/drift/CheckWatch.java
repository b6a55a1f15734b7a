package io.edgellm.inference.drift;

import io.edgellm.inference.drift.DriftException.Reason;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/** Keeps the time of a check: how far it is, and whether it has to end. */
final class CheckWatch implements DriftListener {
  private final CheckSettings settings;
  private final LongSupplier nanoTime;
  private final CheckListener listener;
  private final BooleanSupplier cancelled;
  private final long started;
  private long begun;
  private long[] workUpTo = {};

  CheckWatch(
      CheckSettings settings,
      LongSupplier nanoTime,
      CheckListener listener,
      BooleanSupplier cancelled) {
    this.settings = settings;
    this.nanoTime = nanoTime;
    this.listener = listener;
    this.cancelled = cancelled;
    this.started = nanoTime.getAsLong();
  }

  /** Begins the comparison. */
  void begin(DriftMaterial material) {
    begun = nanoTime.getAsLong();
    workUpTo = new long[material.passages().size() + material.probes().size() + 1];
    int i = 0;
    for (Passage passage : material.passages()) {
      workUpTo[i + 1] = workUpTo[i++] + passage.length();
    }
    for (Probe probe : material.probes()) {
      // The answer is decoded, and the right one is run once more.
      workUpTo[i + 1] = workUpTo[i++] + 2L * (probe.prompt().length + probe.answer().length);
    }
  }

  @Override
  public void onProgress(int done, int total) {
    double share = (double) workUpTo[done] / workUpTo[total];
    Duration elapsed = Duration.ofNanos(nanoTime.getAsLong() - begun);
    listener.onProgress(new CheckProgress(done, total, share, elapsed));
  }

  /** Says whether the caller asked to stop; after the deadline, an exception says so. */
  boolean isCancelled() {
    requireTime();
    return cancelled.getAsBoolean();
  }

  /** Ends a check that has to end. */
  void requireGoingOn() {
    if (isCancelled()) {
      throw new DriftException(Reason.CANCELLED, "The comparison was cancelled.", null);
    }
  }

  private void requireTime() {
    Duration deadline = settings.deadline();
    if (deadline != null && nanoTime.getAsLong() - started > deadline.toNanos()) {
      throw new DriftException(
          Reason.DEADLINE,
          "The comparison took longer than "
              + deadline
              + ": take less material, or a later deadline.",
          null);
    }
  }
}
