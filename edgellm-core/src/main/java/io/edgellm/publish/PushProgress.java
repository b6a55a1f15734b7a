package io.edgellm.publish;

import io.edgellm.publish.PushListener.PushEvent;
import io.edgellm.publish.PushStatus.Phase;
import io.edgellm.transfer.RateMeter;
import io.edgellm.transfer.TransferException;
import java.util.function.LongSupplier;

/** Counts what goes, and tells of it no more often than people can follow. Thread-safe. */
final class PushProgress {
  private static final long INTERVAL_NANOS = 250_000_000;

  private final PushListener listener;
  private final LongSupplier nanoTime;
  private final RateMeter rate;
  private Phase phase = Phase.COMPARING;
  private String what = "";
  private long doneBytes;
  private long totalBytes;
  private long toldNanos;

  PushProgress(PushListener listener, LongSupplier nanoTime) {
    this.listener = listener;
    this.nanoTime = nanoTime;
    this.rate = new RateMeter(nanoTime.getAsLong());
  }

  synchronized void planned(PushEvent.Planned plan) {
    totalBytes = plan.bytes();
    listener.onEvent(plan);
  }

  synchronized void enter(Phase next, String path) {
    boolean changed = next != phase;
    phase = next;
    what = path;
    if (changed) {
      rate.begin(nanoTime.getAsLong());
    }
    tell();
  }

  /**
   * Counts bytes of files.
   *
   * @param bytes how many more have gone; less than none if they have to go again
   */
  synchronized void sent(long bytes) {
    doneBytes += bytes;
    long now = nanoTime.getAsLong();
    if (bytes > 0) {
      rate.add(bytes, now);
    }
    if (now - toldNanos >= INTERVAL_NANOS || doneBytes == totalBytes) {
      tell();
    }
  }

  /** Counts bytes that turn out to be there. */
  synchronized void found(long bytes) {
    doneBytes += bytes;
    rate.begin(nanoTime.getAsLong());
  }

  synchronized void failed(String path, int attempt, TransferException failure) {
    listener.onEvent(new PushEvent.Retry(path, attempt, failure));
  }

  private void tell() {
    toldNanos = nanoTime.getAsLong();
    listener.onEvent(
        new PushEvent.Status(
            new PushStatus(phase, what, doneBytes, totalBytes, rate.bytesPerSecond())));
  }
}
