package io.edgellm.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.edgellm.model.ModelId;
import io.edgellm.model.ModelVersion;
import io.edgellm.trust.ModelVerifier;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FactoryVersionTest {
  private static final ModelId MODEL = TestRelease.MODEL;
  private static final ModelVersion SHIPPED = ModelVersion.parse("1.0.0");

  private final Path root;
  private final Publisher publisher;
  private final ModelVerifier verifier;
  private ModelStore store;
  private int keptHealthy;

  FactoryVersionTest(@TempDir Path directory) throws IOException {
    root = directory.resolve("store");
    publisher = new Publisher(directory.resolve("scratch"));
    verifier = publisher.verifier();
    store = open();
    commit("1.0.0", 1);
    store.markFactory(MODEL, SHIPPED);
  }

  private ModelStore open() {
    return ModelStore.open(
        root,
        StoreOptions.defaults()
            .withReserveBytes(0)
            .withKeptHealthy(keptHealthy)
            .withClock(() -> Instant.now().plus(Duration.ofDays(300))));
  }

  @AfterEach
  void close() {
    store.close();
  }

  private TestRelease commit(String version, long rollbackIndex) throws IOException {
    TestRelease release = publisher.release(MODEL, version, rollbackIndex);
    release.commitIn(store, verifier);
    return release;
  }

  private static void assertRefused(StoreException.Reason reason, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            StoreException.class, e -> assertThat(e.reason()).isEqualTo(reason));
  }

  @Test
  void isNeitherCollectedNorRemoved() throws IOException {
    commit("2.0.0", 1);
    commit("3.0.0", 1);
    commit("4.0.0", 1);
    assertThat(store.collectGarbage().removedVersions()).containsExactly("assistant 2.0.0");
    assertThat(store.find(MODEL, SHIPPED)).isPresent();
    assertRefused(StoreException.Reason.IN_USE, () -> store.remove(MODEL, SHIPPED));
  }

  @Test
  void isStillMarkedWhenTheStoreIsOpenedAgain() {
    store.close();
    store = open();
    assertThat(store.state(MODEL).factory()).isEqualTo(SHIPPED);
  }

  @Test
  void isWhatARollBackGoesToWhereNothingElseWasHealthy() throws IOException {
    store.deactivate(MODEL);
    TestRelease two = publisher.release(MODEL, "2.0.0", 1);
    two.installInto(store, verifier);
    two.activateIn(store, verifier);
    assertThat(store.state(MODEL).previous()).isNull();
    ModelState back = store.rollBack(MODEL);
    assertThat(back.current()).isEqualTo(SHIPPED);
    assertThat(back.status()).isEqualTo(ModelState.Status.HEALTHY);
    assertRefused(StoreException.Reason.NO_PREVIOUS, () -> store.rollBack(MODEL));
  }

  @Test
  void theLastHealthyVersionComesFirst() throws IOException {
    commit("2.0.0", 1);
    TestRelease three = publisher.release(MODEL, "3.0.0", 1);
    three.installInto(store, verifier);
    three.activateIn(store, verifier);
    assertThat(store.rollBack(MODEL).current()).hasToString("2.0.0");
    assertThat(store.rollBack(MODEL).current()).isEqualTo(SHIPPED);
  }

  @Test
  void aRollBackStopsAtTheFloorAndAResetDoesNot() throws IOException {
    commit("2.0.0", 5);
    commit("3.0.0", 5);
    store.rollBack(MODEL);
    assertRefused(StoreException.Reason.BELOW_FLOOR, () -> store.rollBack(MODEL));
    ModelState reset = store.resetToFactory(MODEL);
    assertThat(reset.current()).isEqualTo(SHIPPED);
    assertThat(reset.status()).isEqualTo(ModelState.Status.HEALTHY);
    assertThat(reset.rollbackFloor()).as("stays").isEqualTo(5);
    assertThat(store.resetToFactory(MODEL)).isEqualTo(reset);
    try (Lease lease = store.lease(MODEL)) {
      assertThat(store.activate(lease.verify(verifier).orElseThrow())).isEqualTo(reset);
    }
    TestRelease old = publisher.release(MODEL, "1.5.0", 4);
    old.installInto(store, verifier);
    assertRefused(StoreException.Reason.BELOW_FLOOR, () -> old.activateIn(store, verifier));
  }

  @Test
  void aTrialThatFailsAfterAResetGoesBackToIt() throws IOException {
    commit("2.0.0", 5);
    store.resetToFactory(MODEL);
    TestRelease three = publisher.release(MODEL, "3.0.0", 5);
    three.installInto(store, verifier);
    three.activateIn(store, verifier);
    ModelState back = store.rollBack(MODEL);
    assertThat(back.current()).isEqualTo(SHIPPED);
    assertThat(back.status()).isEqualTo(ModelState.Status.HEALTHY);
    assertThat(back.rollbackFloor()).isEqualTo(5);
    three.activateIn(store, verifier);
    store.markHealthy(MODEL, three.version());
    assertRefused(StoreException.Reason.BELOW_FLOOR, () -> store.rollBack(MODEL));
    store.deactivate(MODEL);
    TestRelease four = publisher.release(MODEL, "4.0.0", 5);
    four.installInto(store, verifier);
    four.activateIn(store, verifier);
    assertRefused(StoreException.Reason.BELOW_FLOOR, () -> store.rollBack(MODEL));
  }

  @Test
  void anotherVersionMayBeMarkedInItsPlace() throws IOException {
    commit("2.0.0", 1);
    commit("3.0.0", 1);
    assertThat(store.markFactory(MODEL, ModelVersion.parse("2.0.0")).factory())
        .hasToString("2.0.0");
    store.remove(MODEL, SHIPPED);
  }

  @Test
  void onlyWhatIsInstalledCanBeMarked() {
    assertRefused(
        StoreException.Reason.NOT_INSTALLED,
        () -> store.markFactory(MODEL, ModelVersion.parse("9.0.0")));
    assertRefused(
        StoreException.Reason.NO_PREVIOUS, () -> store.resetToFactory(new ModelId("other")));
  }

  @Test
  void theLastHealthyVersionsAreKeptAsFarAsTheOptionsSay() throws IOException {
    commit("2.0.0", 1);
    commit("3.0.0", 1);
    commit("4.0.0", 1);
    commit("5.0.0", 1);
    commit("6.0.0", 1);
    publisher.release("7.0.0").installInto(store, verifier);
    store.close();
    keptHealthy = 2;
    store = open();
    assertThat(store.collectGarbage().removedVersions())
        .as("6 is active, 5 the fallback, 4 and 3 are kept, 1 was shipped, 7 was never proven")
        .containsExactly("assistant 2.0.0", "assistant 7.0.0");
  }

  @Test
  void aVersionThatWasRolledBackIsNotKeptAsProven() throws IOException {
    commit("2.0.0", 1);
    store.rollBack(MODEL);
    store.close();
    keptHealthy = 5;
    store = open();
    assertThat(store.collectGarbage().removedVersions()).containsExactly("assistant 2.0.0");
  }
}
