package io.edgellm.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.edgellm.internal.io.Disk;
import io.edgellm.internal.io.FaultyDisk;
import io.edgellm.internal.io.crash.MemoryDirectory;
import io.edgellm.model.Artifact;
import io.edgellm.model.Sha256;
import io.edgellm.trust.ModelVerifier;
import io.edgellm.trust.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Ends the program before every single operation of a repair, opens the store again, and repairs
 * on: what is active stays so, everything is healed in the end, and what was damaged is kept.
 */
class RepairCrashTest {
  private static final StoreOptions OPTIONS =
      StoreOptions.defaults()
          .withReserveBytes(0)
          .withClock(() -> Instant.parse("2026-05-01T00:00:00Z"));

  private final Path directory;
  private final ModelVerifier verifier;
  private final TestRelease release;

  RepairCrashTest(@TempDir(factory = MemoryDirectory.class) Path directory) throws IOException {
    this.directory = directory.toRealPath();
    Publisher publisher = new Publisher(directory.resolve("scratch"));
    verifier = publisher.verifier();
    release = publisher.release("1.0.0");
  }

  @Test
  void aPowerCutDuringARepairIsGoneOnFrom() throws IOException {
    goThrough("cut", 1, n -> FaultyDisk.cutAt(n, FaultyDisk.When.BEFORE), FaultyDisk.without());
  }

  @Test
  void aFailureOfTheDiskDuringARepairIsGoneOnFrom() throws IOException {
    goThrough(
        "failure", 3, n -> FaultyDisk.failing(n, FaultyDisk.When.BEFORE), FaultyDisk.without());
  }

  @Test
  void soItIsWithoutHardLinks() throws IOException {
    goThrough(
        "copies",
        2,
        n -> FaultyDisk.cutAt(n, FaultyDisk.When.AFTER, FaultyDisk.Kind.HARD_LINK),
        FaultyDisk.without(FaultyDisk.Kind.HARD_LINK));
  }

  /** Runs the repair with a fault at every {@code stride}-th operation in turn. */
  private void goThrough(
      String name, int stride, IntFunction<FaultyDisk> faults, FaultyDisk counting)
      throws IOException {
    Path undisturbed = damaged(name);
    repair(undisturbed, counting);
    for (int n = 1; n <= counting.operations(); n += stride) {
      Path root = damaged(name + "-" + n);
      Sha256 evidence = Sha256.of(root.resolve("assistant/1.0.0/model.onnx"));
      try {
        repair(root, faults.apply(n));
      } catch (StoreException | FaultyDisk.PowerCut e) {
        // The next one to open the store sees what is there.
      }
      requireHealed(root, evidence, name + " at operation " + n);
    }
    assertThat(counting.operations()).isGreaterThan(40);
  }

  /** One file lost, one damaged under all its names, one in one place, and a foreign one. */
  private Path damaged(String name) throws IOException {
    Path root = directory.resolve(name);
    try (ModelStore store = ModelStore.open(root, OPTIONS, FaultyDisk.without())) {
      release.commitIn(store, verifier);
    }
    Path version = root.resolve("assistant/1.0.0");
    Files.delete(version.resolve("weights/block-0.data"));
    overwrite(version.resolve("model.onnx"), "other bytes");
    Files.delete(version.resolve("tokenizer.json"));
    Files.writeString(version.resolve("tokenizer.json"), "no vocabulary");
    overwrite(root.resolve("assistant/state.json"), "no state");
    Files.writeString(version.resolve("foreign"), "foreign");
    return root;
  }

  private static void overwrite(Path file, String text) throws IOException {
    assertThat(file.toFile().setWritable(true)).isTrue();
    Files.writeString(file, text);
  }

  private void repair(Path root, Disk disk) throws IOException {
    try (ModelStore store = ModelStore.open(root, OPTIONS, disk)) {
      List<Artifact> lost = store.care().repair(CareListener.NONE).toFetch();
      assertThat(lost).hasSize(1);
      release.fetchInto(store);
      store.care().repair(CareListener.NONE);
    }
  }

  private void requireHealed(Path root, Sha256 evidence, String where) throws IOException {
    try (ModelStore store = ModelStore.open(root, OPTIONS, FaultyDisk.without())) {
      assertThat(store.recovery().problems()).as(where).isEmpty();
      assertThat(store.state(TestRelease.MODEL).current()).as(where).isEqualTo(release.version());
      store.care().repair(CareListener.NONE);
      release.fetchInto(store);
      RepairReport last = store.care().repair(CareListener.NONE);
      assertThat(last.remaining()).as(where).isEmpty();
      try (Lease lease = store.lease(TestRelease.MODEL)) {
        assertThat(lease.verify(verifier)).as(where).isInstanceOf(Verdict.Verified.class);
      }
      requireKept(store, evidence, where);
    }
  }

  private static void requireKept(ModelStore store, Sha256 evidence, String where)
      throws IOException {
    boolean kept = false;
    for (Quarantined thing : store.care().quarantined()) {
      kept |= Sha256.of(thing.content()).equals(evidence);
    }
    assertThat(kept).as(where).isTrue();
  }
}
