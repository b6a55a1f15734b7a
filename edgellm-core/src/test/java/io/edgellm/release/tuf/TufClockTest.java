package io.edgellm.release.tuf;

import static io.edgellm.release.tuf.TufPublisherTest.refused;
import static org.assertj.core.api.Assertions.assertThat;

import io.edgellm.internal.io.crash.DiskTree;
import io.edgellm.internal.io.crash.MemoryDirectory;
import io.edgellm.release.ReleaseException.Reason;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a publisher may not do whose clock is behind. */
final class TufClockTest {
  @TempDir(factory = MemoryDirectory.class)
  Path directory;

  private TufPlace place;

  @BeforeEach
  void prepare() {
    place = new TufPlace(directory).withLine();
  }

  @Test
  void refusesATimestampThatExpiresBeforeTheOneThatItReplaces() throws IOException {
    place.pass(Duration.ofDays(2));
    place.tuf.refresh().publish(place.online);
    DiskTree before = place.tree();
    place.pass(Duration.ofDays(-1));
    assertThat(refused(Reason.CLOCK, () -> place.tuf.refresh().publish(place.online)))
        .hasMessageContaining("'timestamp'")
        .hasMessageContaining("check the clock");
    assertThat(place.tree()).isEqualTo(before);
  }

  @Test
  void refusesASnapshotThatExpiresBeforeTheOneThatItReplaces() {
    place.pass(Duration.ofDays(-1));
    assertThat(refused(Reason.CLOCK, () -> place.publish("1.0.0")))
        .hasMessageContaining("'snapshot'");
  }

  @Test
  void aShorterValidityThatRootSignsIsNoMatterOfTheClock() {
    TufRole role = place.tuf.role("snapshot");
    TufRole shorter = new TufRole(role.keys(), role.threshold(), Duration.ofDays(7));
    place.tuf.rekey(Map.of("snapshot", shorter)).publish(place.rootA, place.rootB, place.online);
    place.pass(Duration.ofHours(1));
    place.publish("1.0.0");
    assertThat(place.versions(TufPlace.ASSISTANT)).containsExactly("1.0.0");
  }

  @Test
  void newKeysBeginAnew() {
    TufSigningKey next = TufSigningKey.generate(TufAlgorithm.ED25519);
    place.pass(Duration.ofHours(-1));
    place
        .tuf
        .rekey(
            Map.of(
                "snapshot", place.tuf.role("snapshot").withKeys(1, next.key()),
                "timestamp", place.tuf.role("timestamp").withKeys(1, next.key())))
        .publish(place.rootA, place.rootB, place.online, next);
    assertThat(place.tuf.role("timestamp").keys()).containsExactly(next.key());
  }
}
