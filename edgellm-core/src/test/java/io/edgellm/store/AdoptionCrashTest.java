package io.edgellm.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.edgellm.internal.io.Disk;
import io.edgellm.internal.io.FaultyDisk;
import io.edgellm.model.Sha256;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.IntFunction;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Ends an adoption at every single operation on the disk, and does it again. */
class AdoptionCrashTest {
  private static final StoreOptions OPTIONS = StoreOptions.defaults().withReserveBytes(0);

  private final Path directory;
  private final Publisher publisher;
  private final TestRelease release;
  private final Path foreign;

  AdoptionCrashTest(@TempDir Path directory) throws IOException {
    this.directory = directory;
    publisher = new Publisher(directory.resolve("scratch"));
    release = publisher.release("1.0.0");
    foreign = ForeignCaches.ollama(directory.resolve("foreign"), release.contents());
  }

  @ParameterizedTest
  @EnumSource(AdoptionOptions.Linking.class)
  void aPowerCutIsFollowedByTheSameCall(AdoptionOptions.Linking linking) throws IOException {
    goThrough(linking, n -> FaultyDisk.cutAt(n, FaultyDisk.When.AFTER));
  }

  @ParameterizedTest
  @EnumSource(AdoptionOptions.Linking.class)
  void aFailureOfTheDiskIsFollowedByTheSameCall(AdoptionOptions.Linking linking)
      throws IOException {
    goThrough(linking, n -> FaultyDisk.failing(n, FaultyDisk.When.BEFORE));
  }

  private void goThrough(AdoptionOptions.Linking linking, IntFunction<FaultyDisk> faults)
      throws IOException {
    FaultyDisk counting = FaultyDisk.counting();
    adopt(directory.resolve("undisturbed"), counting, linking);
    for (int n = 1; n <= counting.operations(); n++) {
      Path root = directory.resolve("store-" + n);
      try {
        adopt(root, faults.apply(n), linking);
      } catch (StoreException | FaultyDisk.PowerCut e) {
        // The next call sees what is there.
      }
      requireAdoptable(root, linking, "fault at operation " + n);
      FileTree.delete(Disk.local(), root);
    }
    assertThat(counting.operations()).isGreaterThan(10);
  }

  private AdoptionReport adopt(Path root, Disk disk, AdoptionOptions.Linking linking) {
    try (ModelStore store = ModelStore.open(root, OPTIONS, disk)) {
      return store.adopt(
          release.manifest(),
          foreign,
          AdoptionOptions.defaults().withLinking(linking),
          AdoptionListener.silent());
    }
  }

  private void requireAdoptable(Path root, AdoptionOptions.Linking linking, String where)
      throws IOException {
    assertThat(adopt(root, FaultyDisk.counting(), linking).missing()).as(where).isEmpty();
    try (ModelStore store = ModelStore.open(root, OPTIONS, FaultyDisk.counting())) {
      assertThat(store.recovery().problems()).as(where).isEmpty();
      store.install(release.papers(), publisher.verifier());
    }
    for (byte[] content : release.contents().values()) {
      assertThat(foreign.resolve("blobs/sha256-" + Sha256.of(content)))
          .as(where)
          .hasBinaryContent(content);
    }
  }
}
