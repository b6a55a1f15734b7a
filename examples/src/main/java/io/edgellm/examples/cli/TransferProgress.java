package io.edgellm.examples.cli;

import io.edgellm.model.Artifact;
import io.edgellm.transfer.TransferListener;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongSupplier;

/** Tells how an installation goes: bytes, rate and the time that is left. */
final class TransferProgress implements TransferListener {
  private static final long REDRAW_NANOS = 100_000_000L;

  private final Console console;
  private final LongSupplier nanoTime;
  private final Map<Artifact, Long> done = new HashMap<>();
  private long begin;
  private long beginBytes = -1;
  private long lastDraw;
  private long totalBytes;

  /**
   * @param console where to tell it
   * @param nanoTime as {@link System#nanoTime}
   */
  TransferProgress(Console console, LongSupplier nanoTime) {
    this.console = console;
    this.nanoTime = nanoTime;
  }

  @Override
  public void onEvent(TransferEvent event) {
    if (event instanceof TransferEvent.Planned planned) {
      begin = nanoTime.getAsLong();
      totalBytes = planned.missingBytes();
      console.note(
          planned.manifest().title()
              + ": "
              + planned.missing().size()
              + " of "
              + planned.manifest().files().size()
              + " files to fetch, "
              + bytes(totalBytes));
    } else if (event instanceof TransferEvent.Progress progress) {
      done.put(progress.artifact(), progress.doneBytes());
      draw();
    } else if (event instanceof TransferEvent.Retry retry) {
      console.note("try " + retry.attempt() + " failed: " + retry.failure().getMessage());
    } else if (event instanceof TransferEvent.Verifying verifying) {
      console.note("verifying " + verifying.manifest().title());
    }
  }

  /** Returns how many bytes of the release have arrived, earlier calls included. */
  long arrivedBytes() {
    return done.values().stream().mapToLong(Long::longValue).sum();
  }

  private void draw() {
    long now = nanoTime.getAsLong();
    long arrived = arrivedBytes();
    if (beginBytes < 0) {
      // What an earlier call has left says nothing about the rate.
      beginBytes = arrived;
      begin = now;
    }
    boolean last = arrived >= totalBytes;
    if (!last && now - lastDraw < REDRAW_NANOS) {
      return;
    }
    lastDraw = now;
    console.progress(line(arrived, now), last);
  }

  private String line(long arrived, long now) {
    double seconds = (now - begin) / 1e9;
    double rate = seconds > 0 ? (arrived - beginBytes) / seconds : 0;
    String line =
        String.format(
            Locale.ROOT,
            "%3d%%  %s of %s",
            totalBytes == 0 ? 100 : 100 * arrived / totalBytes,
            bytes(arrived),
            bytes(totalBytes));
    if (rate <= 0) {
      return line;
    }
    Duration left = Duration.ofSeconds((long) Math.ceil((totalBytes - arrived) / rate));
    return line
        + "  "
        + bytes((long) rate)
        + "/s"
        + (left.isZero() ? "" : "  " + Format.duration(left) + " left");
  }

  private static String bytes(long count) {
    return Format.bytes(count);
  }
}
