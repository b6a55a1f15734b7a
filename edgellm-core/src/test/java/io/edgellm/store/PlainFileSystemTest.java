package io.edgellm.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.edgellm.internal.io.mount.FileSystemKind;
import io.edgellm.internal.io.mount.MountPlace;
import io.edgellm.trust.ModelVerifier;
import io.edgellm.trust.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A store on exFAT: no hard links, no symbolic links, no permissions, and no case of names. */
class PlainFileSystemTest {
  private static final StoreOptions OPTIONS =
      StoreOptions.defaults()
          .withReserveBytes(0)
          .withClock(() -> Instant.now().plus(Duration.ofDays(30)));

  private @Nullable MountPlace place;
  private @Nullable Path root;
  private @Nullable Publisher publisher;

  @BeforeEach
  void mount() throws IOException {
    Optional<String> obstacle = FileSystemKind.EXFAT.obstacle();
    assumeTrue(obstacle.isEmpty(), () -> obstacle.orElse(""));
    MountPlace taken = MountPlace.take();
    place = taken;
    root = FileSystemKind.EXFAT.mountIn(taken).resolve("models");
    publisher = new Publisher(taken.resolve("scratch"));
  }

  @AfterEach
  void leave() throws IOException {
    if (place != null) {
      place.close();
    }
  }

  private Path root() {
    return Objects.requireNonNull(root);
  }

  private Publisher publisher() {
    return Objects.requireNonNull(publisher);
  }

  private void requireServed(ModelStore store, TestRelease release) {
    ModelVerifier verifier = publisher().verifier();
    try (Lease lease = store.lease(release.manifest().model())) {
      assertThat(lease.version()).isEqualTo(release.version());
      assertThat(lease.verify(verifier)).isInstanceOf(Verdict.Verified.class);
    }
  }

  @Test
  void aWholeLifeNeedsNoLinksOfAnyKind() throws IOException {
    ModelVerifier verifier = publisher().verifier();
    TestRelease one = publisher().release("1.0.0");
    TestRelease two = publisher().release("2.0.0");
    TestRelease three = publisher().release("3.0.0");
    try (ModelStore store = ModelStore.open(root(), OPTIONS)) {
      one.commitIn(store, verifier);
      two.commitIn(store, verifier);
      three.installInto(store, verifier);
      three.activateIn(store, verifier);
      store.rollBack(TestRelease.MODEL);
      requireServed(store, two);
      store.pin(TestRelease.MODEL, one.version());
      assertThat(store.collectGarbage().removedVersions()).containsExactly("assistant 3.0.0");
    }
    try (ModelStore store = ModelStore.open(root(), OPTIONS)) {
      assertThat(store.recovery().problems()).isEmpty();
      assertThat(store.list()).hasSize(2);
      requireServed(store, two);
      store.unpin(TestRelease.MODEL, one.version());
      store.remove(TestRelease.MODEL, one.version());
      assertThat(store.list()).hasSize(1);
    }
    assertThat(root().resolve("assistant/current")).as("the link for people").doesNotExist();
  }

  @Test
  void everyCopyIsCountedSinceItTakesItsPlace() throws IOException {
    TestRelease one = publisher().release("1.0.0");
    try (ModelStore store = ModelStore.open(root(), OPTIONS)) {
      one.installInto(store, publisher().verifier());
      assertThat(store.usage().totalBytes()).isGreaterThan(2 * one.manifest().totalBytes());
    }
  }

  @Test
  void aDirectoryOfThatNameInAnotherCaseStandsInTheWayByName() throws IOException {
    TestRelease one = publisher().release("1.0.0-rc.1");
    try (ModelStore store = ModelStore.open(root(), OPTIONS)) {
      Files.createDirectories(root().resolve("ASSISTANT/1.0.0-RC.1"));
      one.fetchInto(store);
      assertThatThrownBy(() -> store.install(one.papers(), publisher().verifier()))
          .isInstanceOfSatisfying(
              StoreException.class,
              e -> assertThat(e.reason()).isEqualTo(StoreException.Reason.ALREADY_INSTALLED));
    }
  }
}
