package io.edgellm.trust.tuf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.edgellm.internal.io.Disk;
import io.edgellm.internal.io.FaultyDisk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TufPowerCutTest {
  @TempDir Path dir;
  private final TestRepository repository = new TestRepository();

  /** A cache at version 1, and a repository that went on, with a new root and a new key. */
  @BeforeEach
  void update() {
    repository.client(dir.resolve("template")).refresh();
    repository.rotate("timestamp");
    repository.publish("root", "targets", "snapshot", "timestamp");
  }

  @Test
  void refreshesAfterAPowerCutAtAnyPointAndDoesNotGoBack() throws IOException {
    int operations = operationsOfAnUpdate();
    assertThat(operations).isGreaterThan(20);
    for (FaultyDisk.When when : FaultyDisk.When.values()) {
      for (int n = 1; n <= operations; n++) {
        Path cache = cacheAtVersion1(when + "-" + n);
        FaultyDisk cut = FaultyDisk.cutAt(n, when);
        assertThat(catchThrowable(() -> refresh(cut, cache)))
            .isInstanceOf(FaultyDisk.PowerCut.class);

        assertThat(refresh(FaultyDisk.counting(), cache).snapshot())
            .as("cut " + when + " operation " + n)
            .isEqualTo(2);
      }
    }
  }

  @Test
  void reportsAFullDiskAndRefreshesOnceThereIsRoom() throws IOException {
    int operations = operationsOfAnUpdate();
    for (int n = 1; n <= operations; n++) {
      Path cache = cacheAtVersion1("full-" + n);
      FaultyDisk full = FaultyDisk.failing(n, FaultyDisk.When.BEFORE);

      Throwable failure = catchThrowable(() -> refresh(full, cache));

      assertThat(failure)
          .as("operation " + n)
          .isInstanceOfSatisfying(
              TufException.class, e -> assertThat(e.reason()).isEqualTo(TufException.Reason.IO));
      assertThat(refresh(FaultyDisk.counting(), cache).timestamp()).isEqualTo(2);
    }
  }

  private int operationsOfAnUpdate() throws IOException {
    Path cache = cacheAtVersion1("counted");
    FaultyDisk counting = FaultyDisk.counting();
    refresh(counting, cache);
    return counting.operations();
  }

  private Path cacheAtVersion1(String name) throws IOException {
    Path copy = Files.createDirectories(dir.resolve(name));
    Files.createDirectory(copy.resolve("root_history"));
    try (Stream<Path> files = Files.list(dir.resolve("template"))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Files.copy(file, copy.resolve(file.getFileName()));
      }
    }
    return copy;
  }

  private TufVersions refresh(Disk disk, Path cache) {
    return new TufClient(
            repository.file("1.root.json"),
            repository,
            TufStore.at(disk, cache),
            TufLimits.defaults(),
            repository)
        .refresh();
  }
}
