package io.edgellm.peer;

import static org.assertj.core.api.Assertions.assertThat;

import io.edgellm.model.Artifact;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class DamageReportsTest {
  private final Artifact first = TestBlob.of(TestBlob.bytes(10, 1)).artifact();
  private final Artifact second = TestBlob.of(TestBlob.bytes(10, 2)).artifact();

  @Test
  void aHostThatThrowsHearsOfTheNextFileAllTheSame() throws Exception {
    BlockingQueue<Artifact> heard = new LinkedBlockingQueue<>();
    DamageReports reports =
        new DamageReports(
            file -> {
              heard.add(file);
              throw new IllegalStateException("the host");
            });

    reports.add(first);
    assertThat(heard.take()).isEqualTo(first);
    reports.add(second);
    assertThat(heard.take()).isEqualTo(second);
  }

  @Test
  void aHostThatTakesItsTimeHoldsNobodyUpAndHearsOfAFileOnce() throws Exception {
    BlockingQueue<Artifact> heard = new LinkedBlockingQueue<>();
    CountDownLatch slow = new CountDownLatch(1);
    DamageReports reports =
        new DamageReports(
            file -> {
              heard.add(file);
              try {
                slow.await();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });

    reports.add(first);
    assertThat(heard.take()).isEqualTo(first);
    reports.add(second);
    reports.add(second);
    slow.countDown();

    assertThat(heard.take()).isEqualTo(second);
    assertThat(heard).isEmpty();
  }
}
