package io.edgellm.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.edgellm.internal.io.Disk;
import io.edgellm.internal.io.mount.MountPlace;
import io.edgellm.internal.io.mount.SmallDisk;
import io.edgellm.model.Artifact;
import io.edgellm.model.ModelId;
import io.edgellm.trust.ModelVerifier;
import io.edgellm.trust.Verdict;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Goes the whole way of an update on a small file system again and again, each time with room for a
 * little more, until there is room for all of it: so each of its steps is the one for which there
 * is none. What is refused must be refused by name, nothing may be lost, and as soon as there is
 * room the update goes on where it was.
 */
class SmallDiskTest {
  private static final StoreOptions OPTIONS =
      StoreOptions.defaults().withReserveBytes(0).withGrace(Duration.ZERO);
  private static final ModelId OTHER = new ModelId("translator");

  private interface Step {
    void run(ModelStore store) throws IOException;
  }

  private @Nullable MountPlace place;

  @AfterEach
  void leave() throws IOException {
    if (place != null) {
      place.close();
    }
  }

  @ParameterizedTest
  @EnumSource
  void aDiskThatIsFullAtAnyStepLosesNothing(SmallDisk.Kind kind) throws IOException {
    Optional<String> obstacle = kind.obstacle();
    assumeTrue(obstacle.isEmpty(), () -> obstacle.orElse(""));
    place = MountPlace.take();
    SmallDisk disk = SmallDisk.in(place, kind);
    int refusals = 0;
    boolean refused = true;
    for (int room = 0; refused; room++) {
      refused = new Update(disk, kind + ", room for " + room).runWithRoomFor(room);
      refusals += refused ? 1 : 0;
    }
    assertThat(refusals).as("%s", kind).isGreaterThan(3);
    System.out.printf("%s: no room at %d places of an update, nothing lost%n", kind, refusals);
  }

  /** A new version of a model that has an old one, beside another model. */
  private final class Update {
    private final SmallDisk disk;
    private final String where;
    private final Path root;
    private final ModelVerifier verifier;
    private final TestRelease one;
    private final TestRelease two;
    private final TestRelease other;
    private final List<Step> steps = new ArrayList<>();

    Update(SmallDisk disk, String where) throws IOException {
      this.disk = disk;
      this.where = where;
      root = disk.directory().resolve("models");
      Publisher publisher =
          new Publisher(Objects.requireNonNull(place).resolve("scratch").resolve(where));
      verifier = publisher.verifier();
      one = publisher.release("1.0.0");
      two = publisher.release("2.0.0");
      other = publisher.release(OTHER, "1.0.0", 0);
      for (Artifact file : two.manifest().files()) {
        steps.add(store -> fetch(store, file));
      }
      steps.add(store -> store.install(two.papers(), verifier));
      steps.add(store -> two.activateIn(store, verifier));
      steps.add(store -> store.chargeAttempt(TestRelease.MODEL));
      steps.add(store -> store.markHealthy(TestRelease.MODEL, two.version()));
      steps.add(store -> store.pin(TestRelease.MODEL, one.version()));
      steps.add(store -> store.rollBack(TestRelease.MODEL));
      steps.add(store -> store.collectGarbage());
    }

    private void fetch(ModelStore store, Artifact file) {
      Optional<PartialBlob> opened = store.openPartial(file);
      if (opened.isPresent()) {
        try (PartialBlob partial = opened.get()) {
          try (BlobChunks chunks = partial.chunks()) {
            for (int i = 0; i < chunks.count(); i++) {
              int from = (int) chunks.offset(i);
              byte[] bytes =
                  Arrays.copyOfRange(two.contentOf(file.path()), from, from + chunks.length(i));
              assertThat(chunks.write(i, ByteBuffer.wrap(bytes))).isTrue();
            }
          }
          partial.commit();
        }
      }
    }

    /** Returns whether it was refused somewhere. */
    boolean runWithRoomFor(int room) throws IOException {
      boolean refused = false;
      try (ModelStore store = ModelStore.open(root, OPTIONS)) {
        one.commitIn(store, verifier);
        other.commitIn(store, verifier);
        disk.fillBut(room);
        for (Step step : steps) {
          if (!succeeds(step, store)) {
            refused = true;
            requireServed(store);
            disk.freeBallast();
            step.run(store);
          }
        }
        disk.freeBallast();
        requireServed(store);
        assertThat(store.state(TestRelease.MODEL).current()).as(where).isEqualTo(one.version());
        assertThat(store.list(TestRelease.MODEL)).as(where).hasSize(1);
      }
      assertThat(invariants().look(root, Disk.local()).faults()).as(where).isEmpty();
      FileTree.delete(Disk.local(), root);
      return refused;
    }

    private StoreInvariants invariants() {
      return new StoreInvariants(root.resolve("unused"), OPTIONS, List.of(one, two, other));
    }

    private boolean succeeds(Step step, ModelStore store) throws IOException {
      ModelState before = store.state(TestRelease.MODEL);
      try {
        step.run(store);
        return true;
      } catch (StoreException e) {
        assertThat(e.reason()).as(where).isEqualTo(StoreException.Reason.NO_SPACE);
        assertThat(store.state(TestRelease.MODEL)).as(where).isEqualTo(before);
        return false;
      }
    }

    private void requireServed(ModelStore store) {
      for (ModelId model : List.of(TestRelease.MODEL, OTHER)) {
        try (Lease lease = store.lease(model)) {
          assertThat(lease.verify(verifier)).as(where).isInstanceOf(Verdict.Verified.class);
        }
      }
    }
  }
}
