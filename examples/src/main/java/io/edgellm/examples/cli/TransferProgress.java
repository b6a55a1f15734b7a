package io.edgellm.examples.cli;

import io.edgellm.transfer.DeliveryStatus;
import io.edgellm.transfer.Hold;
import io.edgellm.transfer.TransferListener;
import java.util.Locale;

/** Tells how an installation goes: bytes, rate and the time that is left. */
final class TransferProgress implements TransferListener {
  private final Console console;
  private long arrivedBytes;
  private boolean complete;

  /**
   * @param console where to tell it
   */
  TransferProgress(Console console) {
    this.console = console;
  }

  @Override
  public void onEvent(TransferEvent event) {
    if (event instanceof TransferEvent.Planned planned) {
      console.note(
          planned.manifest().title()
              + ": "
              + planned.missing().size()
              + " of "
              + planned.manifest().files().size()
              + " files to fetch, "
              + Format.bytes(planned.missingBytes()));
    } else if (event instanceof TransferEvent.Status status) {
      draw(status.delivery());
    } else if (event instanceof TransferEvent.Waiting waiting) {
      console.note("waiting with " + waiting.what() + ": " + reason(waiting.hold()));
    } else if (event instanceof TransferEvent.Retry retry) {
      console.note("try " + retry.attempt() + " failed: " + retry.failure().getMessage());
    } else if (event instanceof TransferEvent.Verifying verifying) {
      console.note("verifying " + verifying.manifest().title());
    }
  }

  private static String reason(Hold hold) {
    if (hold instanceof Hold.OutsideWindow window) {
      return "the next maintenance window opens at " + window.until();
    }
    return hold instanceof Hold.Metered ? "the link is metered" : "paused";
  }

  /** Returns how many bytes of the release have arrived, earlier calls included. */
  long arrivedBytes() {
    return arrivedBytes;
  }

  private void draw(DeliveryStatus delivery) {
    arrivedBytes = delivery.doneBytes();
    if (delivery.totalBytes() == 0 || complete) {
      return;
    }
    complete = delivery.doneBytes() == delivery.totalBytes();
    console.progress(line(delivery), complete);
  }

  private static String line(DeliveryStatus delivery) {
    String line =
        String.format(
            Locale.ROOT,
            "%3d%%  %s of %s",
            100 * delivery.doneBytes() / delivery.totalBytes(),
            Format.bytes(delivery.doneBytes()),
            Format.bytes(delivery.totalBytes()));
    if (delivery.bytesPerSecond() == 0) {
      return line;
    }
    return line
        + "  "
        + Format.bytes((long) delivery.bytesPerSecond())
        + "/s"
        + delivery
            .timeLeft()
            .filter(time -> !time.isZero())
            .map(time -> "  " + Format.duration(time) + " left")
            .orElse("");
  }
}
