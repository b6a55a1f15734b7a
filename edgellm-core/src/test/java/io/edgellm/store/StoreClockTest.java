package io.edgellm.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.edgellm.model.ModelVersion;
import io.edgellm.trust.ModelVerifier;
import io.edgellm.trust.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A device without a battery for its clock wakes up at any time. */
class StoreClockTest {
  private static final Instant EPOCH = Instant.EPOCH;
  private static final Instant YEAR_9999 = Instant.parse("9999-12-31T23:59:59Z");

  private final Path root;
  private final Publisher publisher;
  private final ModelVerifier verifier;
  private final ModelStore store;
  private Instant now = Instant.now();

  StoreClockTest(@TempDir Path directory) {
    root = directory.resolve("store");
    publisher = new Publisher(directory.resolve("scratch"));
    verifier = publisher.verifier();
    store = ModelStore.open(root, StoreOptions.defaults().withReserveBytes(0).withClock(() -> now));
  }

  @AfterEach
  void close() {
    store.close();
  }

  @Test
  void everyCallWorksAtAnyTime() throws IOException {
    int major = 0;
    for (Instant time : List.of(EPOCH, YEAR_9999, Instant.MAX, Instant.MIN, Instant.now())) {
      now = time;
      major += 2;
      publisher.release(major + ".0.0").commitIn(store, verifier);
      publisher.release(major + 1 + ".0.0").commitIn(store, verifier);
      store.rollBack(TestRelease.MODEL);
      Files.writeString(root.resolve("assistant/" + major + ".0.0/foreign"), "something foreign");
      assertThat(store.care().repair(CareListener.NONE).isSound()).as("%s", time).isTrue();
      store.collectGarbage();
      store.usage();
      assertThat(store.state(TestRelease.MODEL).current()).hasToString(major + ".0.0");
      try (Lease lease = store.lease(TestRelease.MODEL)) {
        assertThat(lease.verify(verifier)).isInstanceOf(Verdict.Verified.class);
      }
    }
  }

  @Test
  void aClockThatFellBackMakesNothingOld() throws IOException {
    publisher.release("1.0.0").installInto(store, verifier);
    TestRelease fetched = publisher.release("2.0.0");
    fetched.fetchInto(store);
    now = EPOCH;
    GarbageReport report = store.collectGarbage();
    assertThat(report.removedVersions()).isEmpty();
    assertThat(report.removedBlobs()).isZero();
  }

  @Test
  void aClockThatRanAheadCostsOnlyWhatNobodyNeeds() throws IOException {
    publisher.release("1.0.0").commitIn(store, verifier);
    publisher.release("2.0.0").commitIn(store, verifier);
    publisher.release("3.0.0").installInto(store, verifier);
    store.pin(TestRelease.MODEL, ModelVersion.parse("3.0.0"));
    publisher.release("4.0.0").installInto(store, verifier);
    now = YEAR_9999;
    assertThat(store.collectGarbage().removedVersions()).containsExactly("assistant 4.0.0");
    now = Instant.now().minus(Duration.ofDays(1));
    assertThat(store.list(TestRelease.MODEL)).hasSize(3);
  }
}
