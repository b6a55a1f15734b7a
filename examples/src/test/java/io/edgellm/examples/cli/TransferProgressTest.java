package io.edgellm.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.edgellm.transfer.DeliveryStatus;
import io.edgellm.transfer.DeliveryStatus.Phase;
import io.edgellm.transfer.Hold;
import io.edgellm.transfer.TransferListener.TransferEvent;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Instant;
import org.junit.jupiter.api.Test;

final class TransferProgressTest {
  private static final int SIZE = 4_000_000;

  private final StringWriter said = new StringWriter();
  private final TransferProgress progress =
      new TransferProgress(new Console(new PrintWriter(said), new PrintWriter(said), true));

  private String saidAt(long doneBytes, double bytesPerSecond) {
    return saidOf(
        new TransferEvent.Status(
            new DeliveryStatus(
                "assistant 1.0.0", Phase.FETCHING, doneBytes, SIZE, bytesPerSecond, "somebody")));
  }

  private String saidOf(TransferEvent event) {
    said.getBuffer().setLength(0);
    progress.onEvent(event);
    return said.toString().strip();
  }

  @Test
  void tellsBytesRateAndTheTimeThatIsLeft() {
    assertThat(saidAt(1_000_000, 500_000))
        .isEqualTo("25%  1.00 MB of 4.00 MB  500.0 kB/s  6 s left");
    assertThat(saidAt(SIZE, 1_000_000)).isEqualTo("100%  4.00 MB of 4.00 MB  1.00 MB/s");
  }

  @Test
  void saysNothingOfARateThatIsNotKnownYet() {
    assertThat(saidAt(3_000_000, 0)).isEqualTo("75%  3.00 MB of 4.00 MB");
  }

  @Test
  void drawsTheEndOnce() {
    assertThat(saidAt(SIZE, 1)).isNotEmpty();
    assertThat(saidAt(SIZE, 1)).isEmpty();
    assertThat(progress.arrivedBytes()).isEqualTo(SIZE);
  }

  @Test
  void saysWhatHoldsItUp() {
    Hold shut = new Hold.OutsideWindow(Instant.parse("2030-01-01T01:00:00Z"));
    assertThat(saidOf(new TransferEvent.Waiting("model.onnx", shut)))
        .isEqualTo(
            "waiting with model.onnx: the next maintenance window opens at 2030-01-01T01:00:00Z");
  }
}
