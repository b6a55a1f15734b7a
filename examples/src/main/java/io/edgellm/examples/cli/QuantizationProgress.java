package io.edgellm.examples.cli;

import io.edgellm.inference.quantize.QuantizationListener;
import java.time.Duration;
import java.util.Locale;
import java.util.function.LongSupplier;

/** Tells how a quantization goes: bytes of the source, rate and the time that is left. */
final class QuantizationProgress implements QuantizationListener {
  private final Console console;
  private final LongSupplier nanoTime;
  private final Pace pace;
  private final long begin;

  /**
   * @param console where to tell it
   * @param nanoTime as {@link System#nanoTime}
   */
  QuantizationProgress(Console console, LongSupplier nanoTime) {
    this.console = console;
    this.nanoTime = nanoTime;
    this.pace = new Pace(nanoTime);
    this.begin = nanoTime.getAsLong();
  }

  @Override
  public void onTensor(Progress progress) {
    onBytes(progress.sourceBytesDone(), progress.sourceBytesTotal());
  }

  @Override
  public void onBytes(long done, long total) {
    boolean last = done == total;
    if (total > 0 && (last || pace.isDue())) {
      console.progress(line(done, total), last);
    }
  }

  private String line(long done, long total) {
    Duration elapsed = Duration.ofNanos(Math.max(1, nanoTime.getAsLong() - begin));
    double rate = done * 1e9 / elapsed.toNanos();
    String line =
        String.format(
            Locale.ROOT,
            "%3d%%  %s of %s  %s/s",
            100 * done / total,
            Format.bytes(done),
            Format.bytes(total),
            Format.bytes((long) rate));
    long secondsLeft = rate == 0 ? 0 : (long) ((total - done) / rate);
    return secondsLeft == 0
        ? line
        : line + "  " + Format.duration(Duration.ofSeconds(secondsLeft)) + " left";
  }
}
