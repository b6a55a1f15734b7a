package io.edgellm.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.edgellm.internal.io.mount.MountPlace;
import io.edgellm.internal.io.mount.WornDisk;
import io.edgellm.trust.ModelVerifier;
import io.edgellm.trust.Verdict;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** A store under which the file system becomes read-only. */
class WornDiskTest {
  private static final StoreOptions OPTIONS = StoreOptions.defaults().withReserveBytes(0);

  private static void assertReadOnly(ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            StoreException.class,
            e -> assertThat(e.reason()).isEqualTo(StoreException.Reason.READ_ONLY));
  }

  private static void requireServed(ModelStore store, TestRelease release, ModelVerifier verifier) {
    assertThat(store.state(TestRelease.MODEL).current()).isEqualTo(release.version());
    try (Lease lease = store.lease(TestRelease.MODEL)) {
      assertThat(lease.verify(verifier)).isInstanceOf(Verdict.Verified.class);
    }
  }

  @Test
  void whatIsActiveIsServedOnAndEveryChangeIsRefusedByName() throws IOException {
    Optional<String> obstacle = WornDisk.obstacle();
    assumeTrue(obstacle.isEmpty(), () -> obstacle.orElse(""));
    try (MountPlace place = MountPlace.take()) {
      WornDisk disk = WornDisk.in(place);
      Path root = disk.directory().resolve("models");
      Publisher publisher = new Publisher(place.resolve("scratch"));
      ModelVerifier verifier = publisher.verifier();
      TestRelease one = publisher.release("1.0.0");
      TestRelease two = publisher.release("2.0.0");
      TestRelease three = publisher.release("3.0.0");
      try (ModelStore store = ModelStore.open(root, OPTIONS)) {
        one.commitIn(store, verifier);
        two.installInto(store, verifier);
        three.fetchInto(store);
        disk.wearOut();
        requireServed(store, one, verifier);
        assertThat(store.list()).hasSize(2);
        assertReadOnly(() -> store.install(three.papers(), verifier));
        assertReadOnly(() -> two.activateIn(store, verifier));
        assertReadOnly(() -> store.pin(TestRelease.MODEL, one.version()));
        assertReadOnly(() -> store.remove(TestRelease.MODEL, two.version()));
        assertReadOnly(() -> store.deactivate(TestRelease.MODEL));
        requireServed(store, one, verifier);
      }
      disk.repair();
      try (ModelStore store = ModelStore.open(root, OPTIONS)) {
        assertThat(store.recovery().problems()).isEmpty();
        requireServed(store, one, verifier);
        store.install(three.papers(), verifier);
        three.activateIn(store, verifier);
        requireServed(store, three, verifier);
      }
    }
  }
}
