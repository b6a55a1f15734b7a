package io.edgellm.release.tuf;

import static io.edgellm.release.tuf.TufPlace.ASSISTANT;
import static io.edgellm.release.tuf.TufPublisherTest.refused;
import static org.assertj.core.api.Assertions.assertThat;

import io.edgellm.internal.io.crash.MemoryDirectory;
import io.edgellm.model.ModelVersion;
import io.edgellm.release.ReleaseException.Reason;
import io.edgellm.trust.SignedRelease;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which versions a rollback index is compared with, where there is metadata. */
final class TufRollbackOrderTest {
  @TempDir(factory = MemoryDirectory.class)
  Path directory;

  private TufPlace place;

  @BeforeEach
  void prepare() {
    place = new TufPlace(directory).withLine();
    publish("1.0.0", 0);
  }

  private SignedRelease write(String version, long rollbackIndex) {
    return place.release(ASSISTANT, version, version, rollbackIndex);
  }

  private void publish(String version, long rollbackIndex) {
    place.tuf.add(write(version, rollbackIndex)).publish(place.line, place.online);
  }

  @Test
  void whatLiesInTheDirectoryAndIsNotListedDoesNotCount() {
    write("0.9.0", Long.MAX_VALUE);
    publish("1.1.0", 1);
    assertThat(place.versions(ASSISTANT)).containsExactlyInAnyOrder("1.0.0", "1.1.0");
  }

  @Test
  void aWithdrawnVersionDoesNotCount() {
    publish("1.1.0", 500);
    place.tuf.withdraw(ASSISTANT, ModelVersion.parse("1.1.0")).publish(place.line, place.online);
    publish("1.2.0", 1);
    assertThat(place.versions(ASSISTANT)).containsExactlyInAnyOrder("1.0.0", "1.2.0");
  }

  @Test
  void refusesAnIndexThatGoesDown() {
    publish("1.1.0", 3);
    assertThat(refused(Reason.ROLLBACK_INDEX, () -> publish("1.2.0", 2)))
        .hasMessageContaining("the lower version 1.1.0 is 3");
  }

  @Test
  void refusesAnIndexThatGoesUpBelowAHigherVersion() {
    publish("1.1.0", 3);
    assertThat(refused(Reason.ROLLBACK_INDEX, () -> publish("1.0.5", 9)))
        .hasMessageContaining("the higher version 1.1.0 is 3");
  }

  @Test
  void refusesAnIndexFarAboveAll() {
    publish("1.1.0", 1_000_000);
    assertThat(refused(Reason.ROLLBACK_INDEX, () -> publish("1.2.0", 2_000_001)))
        .hasMessageContaining("the highest of the line is 1000000");
    refused(Reason.ROLLBACK_INDEX, () -> publish("1.3.0", Long.MAX_VALUE));
  }
}
