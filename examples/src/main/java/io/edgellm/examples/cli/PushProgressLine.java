package io.edgellm.examples.cli;

import io.edgellm.publish.PushListener;
import io.edgellm.publish.PushStatus;
import java.util.Locale;

/** Tells how a push or a pull goes: bytes, rate, the time that is left, and what was there. */
final class PushProgressLine implements PushListener {
  private final Console console;

  PushProgressLine(Console console) {
    this.console = console;
  }

  @Override
  public void onEvent(PushEvent event) {
    if (event instanceof PushEvent.Planned planned) {
      console.note(
          "new releases: "
              + planned.releases()
              + "; to send: "
              + planned.blobs()
              + " files, "
              + Format.bytes(planned.bytes())
              + "; already there: "
              + Format.bytes(planned.skippedBytes()));
    } else if (event instanceof PushEvent.Retry retry) {
      console.note("try " + retry.attempt() + " failed: " + retry.failure().getMessage());
    } else if (event instanceof PushEvent.Status status) {
      draw(status.status());
    }
  }

  private void draw(PushStatus status) {
    if (status.phase() == PushStatus.Phase.BLOBS && status.totalBytes() > 0) {
      console.progress(line(status), status.doneBytes() == status.totalBytes());
    }
  }

  private static String line(PushStatus status) {
    String line =
        String.format(
            Locale.ROOT,
            "%3d%%  %s of %s",
            100 * status.doneBytes() / status.totalBytes(),
            Format.bytes(status.doneBytes()),
            Format.bytes(status.totalBytes()));
    if (status.bytesPerSecond() == 0) {
      return line;
    }
    return line
        + "  "
        + Format.bytes((long) status.bytesPerSecond())
        + "/s"
        + status
            .timeLeft()
            .filter(time -> !time.isZero())
            .map(time -> "  " + Format.duration(time) + " left")
            .orElse("");
  }
}
