package io.edgellm.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.edgellm.model.Artifact;
import io.edgellm.transfer.DeliveryStatus.Phase;
import io.edgellm.transfer.TransferListener.TransferEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class DeliveryProgressTest {
  private static final Artifact FILE = SampleBlob.artifact(new byte[3_000_000]);
  private static final Artifact OTHER = SampleBlob.artifact(new byte[1_000_000]);

  private final List<TransferEvent> events = new ArrayList<>();
  private long now = Long.MAX_VALUE - 1_000_000;
  private final DeliveryProgress progress =
      new DeliveryProgress("assistant 1.0.0", events::add, () -> now);

  private void arrive(Artifact file, long doneBytes, Duration after) {
    now += after.toNanos();
    progress.onEvent(new TransferEvent.Progress(file, doneBytes, 0));
  }

  private DeliveryStatus last() {
    return events.stream()
        .filter(TransferEvent.Status.class::isInstance)
        .map(e -> ((TransferEvent.Status) e).delivery())
        .reduce((first, second) -> second)
        .orElseThrow();
  }

  @Test
  void addsTheFilesUp() {
    progress.expect(FILE);
    progress.expect(OTHER);
    progress.enter(Phase.FETCHING);
    arrive(FILE, 0, Duration.ZERO);
    arrive(FILE, 3_000_000, Duration.ofSeconds(1));
    arrive(OTHER, 500_000, Duration.ofSeconds(1));
    assertThat(last().doneBytes()).isEqualTo(3_500_000);
    assertThat(last().totalBytes()).isEqualTo(4_000_000);
    assertThat(last().phase()).isEqualTo(Phase.FETCHING);
    assertThat(last().title()).isEqualTo("assistant 1.0.0");
  }

  @Test
  void whatWasThereAlreadySaysNothingOfTheRate() {
    progress.expect(FILE);
    arrive(FILE, 2_000_000, Duration.ofSeconds(1));
    assertThat(last().bytesPerSecond()).isZero();
    assertThat(last().timeLeft()).isEmpty();
    arrive(FILE, 2_100_000, Duration.ofSeconds(1));
    assertThat(last().bytesPerSecond()).isEqualTo(100_000);
    assertThat(last().timeLeft()).contains(Duration.ofSeconds(9));
  }

  @Test
  void aWaitSaysNothingOfTheRate() {
    progress.expect(FILE);
    progress.enter(Phase.FETCHING);
    arrive(FILE, 0, Duration.ZERO);
    arrive(FILE, 100_000, Duration.ofSeconds(1));
    progress.onEvent(new TransferEvent.Waiting("model.onnx", new Hold.Paused()));
    assertThat(last().phase()).isEqualTo(Phase.WAITING);
    now += Duration.ofHours(10).toNanos();
    progress.onEvent(new TransferEvent.Receiving(FILE, "a mirror", 100_000));
    assertThat(last().phase()).isEqualTo(Phase.FETCHING);
    assertThat(last().sender()).isEqualTo("a mirror");
    arrive(FILE, 200_000, Duration.ofSeconds(1));
    assertThat(last().bytesPerSecond()).isCloseTo(100_000, within(1.0));
  }

  @Test
  void theRateFollowsAChangeWithinSomeSeconds() {
    progress.expect(FILE);
    arrive(FILE, 0, Duration.ZERO);
    long done = 0;
    for (int second = 0; second < 20; second++) {
      done += 10_000;
      arrive(FILE, done, Duration.ofSeconds(1));
    }
    for (int second = 0; second < 15; second++) {
      done += 100_000;
      arrive(FILE, done, Duration.ofSeconds(1));
    }
    assertThat(last().bytesPerSecond()).isBetween(90_000.0, 100_000.0);
  }

  @Test
  void tellsAtMostFourTimesInASecondAndTheEndInAnyCase() {
    progress.expect(FILE);
    for (int i = 0; i < 1000; i++) {
      arrive(FILE, i * 1000L, Duration.ofMillis(1));
    }
    arrive(FILE, 3_000_000, Duration.ZERO);
    assertThat(events.stream().filter(TransferEvent.Progress.class::isInstance).count())
        .isBetween(4L, 6L);
    assertThat(last().doneBytes()).isEqualTo(3_000_000);
  }

  @Test
  void aFileThatNeedNotComeAnyMoreIsLeftOut() {
    progress.expect(FILE);
    progress.expect(OTHER);
    progress.expectNoMore(FILE);
    arrive(OTHER, 1_000_000, Duration.ofSeconds(1));
    assertThat(last().totalBytes()).isEqualTo(1_000_000);
    assertThat(last().timeLeft()).isEmpty();
  }
}
