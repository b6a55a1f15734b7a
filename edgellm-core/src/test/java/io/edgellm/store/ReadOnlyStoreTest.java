package io.edgellm.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.edgellm.internal.io.FaultyDisk;
import io.edgellm.model.ModelId;
import io.edgellm.model.ModelVersion;
import io.edgellm.trust.ModelVerifier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReadOnlyStoreTest {
  private static final StoreOptions OPTIONS = StoreOptions.defaults().withReserveBytes(0);
  private static final ModelId MODEL = TestRelease.MODEL;
  private static final ModelVersion ONE = ModelVersion.parse("1.0.0");

  private final Path root;
  private final ModelVerifier verifier;
  private final TestRelease release;

  ReadOnlyStoreTest(@TempDir Path directory) throws IOException {
    root = directory.toRealPath().resolve("store");
    Publisher publisher = new Publisher(directory.resolve("scratch"));
    verifier = publisher.verifier();
    release = publisher.release("1.0.0");
    try (ModelStore store = ModelStore.open(root, OPTIONS)) {
      release.commitIn(store, verifier);
    }
  }

  private static void assertReadOnly(ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            StoreException.class,
            e -> assertThat(e.reason()).isEqualTo(StoreException.Reason.READ_ONLY));
  }

  private List<String> names() throws IOException {
    try (Stream<Path> paths = Files.walk(root)) {
      return List.copyOf(new TreeSet<>(paths.map(Path::toString).toList()));
    }
  }

  private void requireReadable(ModelStore store) {
    assertThat(store.list()).hasSize(1);
    assertThat(store.list(MODEL)).hasSize(1);
    assertThat(store.find(MODEL, ONE)).isPresent();
    assertThat(store.state(MODEL).current()).isEqualTo(ONE);
    assertThat(store.missing(release.manifest())).isEmpty();
    assertThat(store.readBlob(release.manifest().files().get(0).sha256()))
        .hasValueSatisfying(
            channel -> {
              try {
                channel.close();
              } catch (IOException e) {
                throw new IllegalStateException(e);
              }
            });
    assertThat(store.usage().versions()).isEqualTo(1);
    assertThat(store.care().verify(CareListener.NONE).isSound()).isTrue();
    assertThat(store.care().verify(MODEL, ONE, CareListener.NONE).isSound()).isTrue();
    assertThat(store.care().quarantined()).isEmpty();
  }

  @Test
  void readsWithoutWritingAnything() throws IOException {
    Files.delete(root.resolve(".edgellm/locks"));
    List<String> before = names();
    try (ModelStore store = ModelStore.openReadOnly(root, OPTIONS)) {
      assertThat(store.recovery().problems()).isEmpty();
      requireReadable(store);
    }
    assertThat(names()).isEqualTo(before);
  }

  @Test
  void refusesEveryChange() throws IOException {
    List<String> before = names();
    try (ModelStore store = ModelStore.openReadOnly(root, OPTIONS)) {
      assertReadOnly(() -> store.openPartial(release.manifest().files().get(0)));
      assertReadOnly(() -> store.requireSpace(release.manifest()));
      assertReadOnly(() -> store.install(release.papers(), verifier));
      assertReadOnly(() -> store.chargeAttempt(MODEL));
      assertReadOnly(() -> store.markHealthy(MODEL, ONE));
      assertReadOnly(() -> store.rollBack(MODEL));
      assertReadOnly(() -> store.deactivate(MODEL));
      assertReadOnly(() -> store.markFactory(MODEL, ONE));
      assertReadOnly(() -> store.resetToFactory(MODEL));
      assertReadOnly(() -> store.pin(MODEL, ONE));
      assertReadOnly(() -> store.unpin(MODEL, ONE));
      assertReadOnly(() -> store.remove(MODEL, ONE));
      assertReadOnly(() -> store.collectGarbage());
      assertReadOnly(() -> store.lease(MODEL));
      assertReadOnly(() -> store.lease(MODEL, ONE));
      assertReadOnly(() -> store.care().repair(CareListener.NONE));
      assertReadOnly(() -> store.care().repair(MODEL, ONE, CareListener.NONE));
      assertReadOnly(() -> store.care().repair(release.papers(), verifier));
    }
    assertThat(names()).isEqualTo(before);
  }

  @Test
  void seesWhatAnotherProcessChanges() {
    try (ModelStore watching = ModelStore.openReadOnly(root, OPTIONS);
        ModelStore store = ModelStore.open(root, OPTIONS)) {
      store.deactivate(MODEL);
      assertThat(watching.state(MODEL).current()).isNull();
      store.remove(MODEL, ONE);
      assertThat(watching.list()).isEmpty();
    }
  }

  @Test
  void tellsOfProblemsAndLeavesThem() throws IOException {
    Files.delete(root.resolve("assistant/1.0.0/release.json"));
    try (ModelStore store = ModelStore.openReadOnly(root, OPTIONS)) {
      assertThat(store.recovery().problems()).singleElement().asString().contains("assistant");
    }
  }

  @Test
  void refusesADirectoryThatIsNoStore(@TempDir Path other) {
    assertThatThrownBy(() -> ModelStore.openReadOnly(other, OPTIONS))
        .isInstanceOfSatisfying(
            StoreException.class,
            e -> assertThat(e.reason()).isEqualTo(StoreException.Reason.UNSUPPORTED_FORMAT));
    assertThat(other).isEmptyDirectory();
  }

  @Test
  void aDiskThatBecomesReadOnlyIsNamedAndReadOn() throws IOException {
    FaultyDisk disk = FaultyDisk.counting();
    try (ModelStore store = ModelStore.open(root, OPTIONS, disk)) {
      disk.becomeReadOnly();
      assertReadOnly(() -> store.pin(MODEL, ONE));
      assertReadOnly(() -> store.deactivate(MODEL));
      requireReadable(store);
      try (Lease lease = store.lease(MODEL)) {
        assertThat(lease.version()).isEqualTo(ONE);
      }
    }
  }
}
