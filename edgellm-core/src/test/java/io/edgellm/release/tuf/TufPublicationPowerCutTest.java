package io.edgellm.release.tuf;

import static io.edgellm.release.tuf.TufPlace.ASSISTANT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.edgellm.internal.io.FaultyDisk;
import io.edgellm.internal.io.crash.CrashState;
import io.edgellm.internal.io.crash.CrashStates;
import io.edgellm.internal.io.crash.DiskLog;
import io.edgellm.internal.io.crash.MemoryDirectory;
import io.edgellm.internal.io.crash.PersistenceModel;
import io.edgellm.internal.io.crash.RecordingDisk;
import io.edgellm.release.ReleaseException;
import io.edgellm.trust.SignedRelease;
import io.edgellm.trust.tuf.TufClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Readers see the old or the new repository, whatever happens while it is written. */
final class TufPublicationPowerCutTest {
  private static final long SEED = 20260301;

  @TempDir(factory = MemoryDirectory.class)
  Path directory;

  private TufPlace place;
  private SignedRelease release;

  @BeforeEach
  void prepare() {
    place = new TufPlace(directory).withLine();
    place.publish("1.0.0");
    release = place.release(ASSISTANT, "1.1.0");
  }

  private void add(TufPublisher tuf) {
    tuf.add(release).publish(place.line, place.online);
  }

  @Test
  void everyStateAfterAPowerCutIsTheOldOrTheNewRepository() throws IOException {
    RecordingDisk disk =
        new RecordingDisk(FaultyDisk.counting(), place.repository, place.tree(), path -> false);
    disk.acknowledge(0);
    add(place.publisher(disk));
    disk.acknowledge(1);
    DiskLog log = disk.log();
    int states = 0;
    int old = 0;
    for (CrashState state : new CrashStates(log, PersistenceModel.noOrder(), SEED).all()) {
      states++;
      old += requireOldOrNew(state) ? 1 : 0;
    }
    assertThat(old).isPositive().isLessThan(states);
    System.out.printf(
        "%d operations, %d states after a power cut, %d of them old, seed %d%n",
        log.size(), states, old, SEED);
  }

  /** Returns whether it is the old one. */
  private boolean requireOldOrNew(CrashState state) throws IOException {
    Path disk = Files.createTempDirectory(directory, "disk");
    state.tree().writeTo(disk);
    TufPlace after = place.with(disk);
    TufClient device = after.device(1);
    List<String> versions = after.versions(device, ASSISTANT);
    assertThat(versions).as("%s, seed %d", state, SEED).startsWith("1.0.0").hasSizeBetween(1, 2);
    if (state.acknowledged() == 2) {
      assertThat(versions).as("%s, seed %d", state, SEED).hasSize(2);
    }
    if (versions.size() == 1) {
      add(after.tuf);
    } else {
      after.tuf.refresh().publish(place.online);
    }
    assertThat(after.versions(device, ASSISTANT)).containsExactly("1.0.0", "1.1.0");
    return versions.size() == 1;
  }

  @Test
  void anErrorOfTheDiskLeavesTheOldOrTheNewRepository() throws IOException {
    FaultyDisk counting = FaultyDisk.counting();
    add(place.copy().publisher(counting));
    List<Integer> refused = new ArrayList<>();
    for (int n = 1; n <= counting.operations(); n++) {
      TufPlace copy = place.copy();
      TufPublisher full = copy.publisher(FaultyDisk.failing(n, FaultyDisk.When.BEFORE));
      Throwable failure = catchThrowable(() -> add(full));
      assertThat(failure)
          .as("operation %d", n)
          .isInstanceOfSatisfying(
              ReleaseException.class,
              e -> assertThat(e.reason()).isEqualTo(ReleaseException.Reason.IO));
      if (copy.versions(ASSISTANT).size() == 1) {
        refused.add(n);
        add(copy.tuf);
        assertThat(copy.versions(ASSISTANT)).containsExactly("1.0.0", "1.1.0");
      }
    }
    assertThat(refused.size()).isGreaterThan(10);
  }

  @Test
  void aCreationThatWasCutOffIsRepeated() throws IOException {
    FaultyDisk counting = FaultyDisk.counting();
    create(place.with(directory.resolve("counted")).publisher(counting));
    for (int n = 1; n < counting.operations(); n++) {
      TufPlace other = place.with(Files.createTempDirectory(directory, "created"));
      TufPublisher cut = other.publisher(FaultyDisk.cutAt(n, FaultyDisk.When.BEFORE));
      assertThat(catchThrowable(() -> create(cut))).isInstanceOf(FaultyDisk.PowerCut.class);
      if (Files.notExists(other.repository.resolve("metadata/1.root.json"))) {
        create(other.tuf);
      }
      assertThat(other.device(1).refresh().root()).as("operation %d", n).isEqualTo(1);
    }
  }

  private void create(TufPublisher tuf) {
    tuf.create(place.plan()).publish(place.rootA, place.rootB, place.targets, place.online);
  }
}
