package io.edgellm.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.edgellm.internal.io.Disk;
import io.edgellm.internal.io.FaultyDisk;
import io.edgellm.model.ModelVersion;
import io.edgellm.trust.ModelVerifier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Ends the program before every single operation on the disk (which is also after the one before
 * it) in the life of three versions, opens the store again and looks at what is there.
 */
class CrashTest {
  private static final StoreOptions OPTIONS =
      StoreOptions.defaults()
          .withReserveBytes(0)
          .withClock(() -> Instant.now().plus(Duration.ofDays(30)));

  private interface Step {
    void run(ModelStore store) throws IOException;
  }

  private final Path directory;
  private final ModelVerifier verifier;
  private final TestRelease four;
  private final List<TestRelease> releases;
  private final List<Step> life;

  CrashTest(@TempDir Path directory) throws IOException {
    this.directory = directory;
    Publisher publisher = new Publisher(directory.resolve("scratch"));
    verifier = publisher.verifier();
    TestRelease one = publisher.release(TestRelease.MODEL, "1.0.0", 1);
    TestRelease two = publisher.release(TestRelease.MODEL, "2.0.0", 2);
    TestRelease three = publisher.release(TestRelease.MODEL, "3.0.0", 2);
    four = publisher.release(TestRelease.MODEL, "4.0.0", 2);
    releases = List.of(one, two, three);
    life =
        List.of(
            s -> one.installInto(s, verifier),
            s -> one.activateIn(s, verifier),
            s -> s.chargeAttempt(TestRelease.MODEL),
            s -> s.markHealthy(TestRelease.MODEL, one.version()),
            s -> two.installInto(s, verifier),
            s -> two.activateIn(s, verifier),
            s -> s.markHealthy(TestRelease.MODEL, two.version()),
            s -> three.installInto(s, verifier),
            s -> three.activateIn(s, verifier),
            s -> s.rollBack(TestRelease.MODEL),
            s -> s.deactivate(TestRelease.MODEL),
            s -> two.activateIn(s, verifier),
            s -> s.collectGarbage());
  }

  @Test
  void aPowerCutLeavesOneSideOfEveryStep() throws IOException {
    goThrough(1, n -> FaultyDisk.cutAt(n, FaultyDisk.When.BEFORE));
  }

  @Test
  void aFailureOfTheDiskLeavesOneSideOfEveryStep() throws IOException {
    goThrough(3, n -> FaultyDisk.failing(n, FaultyDisk.When.BEFORE));
  }

  /** Runs the life with a fault at every {@code stride}-th operation in turn. */
  private void goThrough(int stride, IntFunction<FaultyDisk> faults) throws IOException {
    FaultyDisk counting = FaultyDisk.counting();
    Path undisturbed = directory.resolve("undisturbed");
    List<ModelState> states = new ArrayList<>();
    live(undisturbed, counting, states);
    for (int n = 1; n <= counting.operations(); n += stride) {
      Path root = directory.resolve("store-" + n);
      int completed = live(root, faults.apply(n), new ArrayList<>());
      requireConsistent(root, states, completed, "fault at operation " + n);
    }
    assertThat(counting.operations()).isGreaterThan(150);
  }

  /** Goes through the steps until one fails; returns how many were completed. */
  private int live(Path root, Disk disk, List<ModelState> states) throws IOException {
    int completed = 0;
    try (ModelStore store = ModelStore.open(root, OPTIONS, disk)) {
      states.add(store.state(TestRelease.MODEL));
      for (Step step : life) {
        step.run(store);
        completed++;
        states.add(store.state(TestRelease.MODEL));
      }
    } catch (StoreException | FaultyDisk.PowerCut e) {
      // The next one to open the store sees what is there.
    }
    return completed;
  }

  private void requireConsistent(Path root, List<ModelState> states, int completed, String where)
      throws IOException {
    try (ModelStore store = ModelStore.open(root, OPTIONS, FaultyDisk.counting())) {
      assertThat(store.recovery().problems()).as(where).isEmpty();
      ModelState state = store.state(TestRelease.MODEL);
      assertThat(state)
          .as(where)
          .isIn(states.get(completed), states.get(Math.min(completed + 1, life.size())));
      assertThat(intactVersions(store, root, where)).as(where).containsAll(needed(state));
      requireLink(root, state, where);
      assertThat(root.resolve(".edgellm/staging")).as(where).isEmptyDirectory();
      assertThat(root.resolve(".edgellm/trash")).as(where).isEmptyDirectory();
      four.fetchInto(store);
    }
  }

  private static List<ModelVersion> needed(ModelState state) {
    return Stream.of(state.current(), state.previous()).filter(Objects::nonNull).toList();
  }

  /** Compares every version that has a directory with what was published. */
  private List<ModelVersion> intactVersions(ModelStore store, Path root, String where)
      throws IOException {
    List<ModelVersion> versions = new ArrayList<>();
    for (Path child : FileTree.children(root.resolve("assistant"))) {
      if (Files.isDirectory(child, LinkOption.NOFOLLOW_LINKS)) {
        ModelVersion version = ModelVersion.parse(child.getFileName().toString());
        requireIntact(store.find(TestRelease.MODEL, version).orElseThrow(), where);
        versions.add(version);
      }
    }
    return versions;
  }

  private void requireIntact(StoredModel stored, String where) throws IOException {
    TestRelease release =
        releases.stream()
            .filter(r -> r.version().equals(stored.version()))
            .findFirst()
            .orElseThrow();
    Path at = stored.directory();
    assertThat(at.resolve("release.json")).as(where).hasBinaryContent(release.json());
    assertThat(at.resolve("release.sig")).as(where).hasBinaryContent(release.signature());
    for (Map.Entry<String, byte[]> file : release.contents().entrySet()) {
      assertThat(at.resolve(file.getKey())).as(where).hasBinaryContent(file.getValue());
    }
  }

  private static void requireLink(Path root, ModelState state, String where) throws IOException {
    Path link = root.resolve("assistant/current");
    if (state.current() == null) {
      assertThat(link).as(where).doesNotExist();
    } else {
      assertThat(Files.readSymbolicLink(link))
          .as(where)
          .isEqualTo(Path.of(state.current().toString()));
    }
  }
}
