package io.edgellm.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.edgellm.model.ModelVersion;
import io.edgellm.trust.ModelVerifier;
import io.edgellm.trust.VerifiedModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ActivationTest {
  private static final ModelVersion ONE = ModelVersion.parse("1.0.0");
  private static final ModelVersion TWO = ModelVersion.parse("2.0.0");

  private final Path root;
  private final Publisher publisher;
  private final ModelVerifier verifier;
  private ModelStore store;

  ActivationTest(@TempDir Path directory) {
    root = directory.resolve("store");
    publisher = new Publisher(directory.resolve("scratch"));
    verifier = publisher.verifier();
    store = open();
  }

  private ModelStore open() {
    return ModelStore.open(root, StoreOptions.defaults().withReserveBytes(0));
  }

  @AfterEach
  void close() {
    store.close();
  }

  private ModelState state() {
    return store.state(TestRelease.MODEL);
  }

  private TestRelease install(String version, long rollbackIndex) throws IOException {
    TestRelease release = publisher.release(TestRelease.MODEL, version, rollbackIndex);
    release.installInto(store, verifier);
    return release;
  }

  private void commit(String version, long rollbackIndex) throws IOException {
    publisher.release(TestRelease.MODEL, version, rollbackIndex).commitIn(store, verifier);
  }

  private static void assertRefused(StoreException.Reason reason, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            StoreException.class, e -> assertThat(e.reason()).isEqualTo(reason));
  }

  @Test
  void putsTheFirstVersionOnTrialWithNothingToFallBackTo() throws IOException {
    ModelState state = install("1.0.0", 0).activateIn(store, verifier);
    assertThat(state.current()).isEqualTo(ONE);
    assertThat(state.previous()).isNull();
    assertThat(state.status()).isEqualTo(ModelState.Status.TRIAL);
    assertThat(state()).isEqualTo(state);
  }

  @Test
  void keepsTheLastHealthyVersionToFallBackTo() throws IOException {
    commit("1.0.0", 0);
    install("2.0.0", 0).activateIn(store, verifier);
    ModelState state = install("3.0.0", 0).activateIn(store, verifier);
    assertThat(state.previous()).as("2.0.0 was never proven").isEqualTo(ONE);
  }

  @Test
  void rollsBackToTheLastHealthyVersion() throws IOException {
    commit("1.0.0", 0);
    install("2.0.0", 0).activateIn(store, verifier);
    ModelState state = store.rollBack(TestRelease.MODEL);
    assertThat(state.current()).isEqualTo(ONE);
    assertThat(state.status()).isEqualTo(ModelState.Status.HEALTHY);
    assertThat(state.previous()).as("a failed version").isNull();
  }

  @Test
  void rollsBackAfterACommitToo() throws IOException {
    commit("1.0.0", 0);
    commit("2.0.0", 0);
    assertThat(store.rollBack(TestRelease.MODEL).current()).isEqualTo(ONE);
    assertRefused(StoreException.Reason.NO_PREVIOUS, () -> store.rollBack(TestRelease.MODEL));
  }

  @Test
  void refusesToRollBackTheFirstVersion() throws IOException {
    install("1.0.0", 0).activateIn(store, verifier);
    assertRefused(StoreException.Reason.NO_PREVIOUS, () -> store.rollBack(TestRelease.MODEL));
    assertThat(state().current()).isEqualTo(ONE);
  }

  @Test
  void deactivatesAFirstVersionThatFailed() throws IOException {
    TestRelease one = install("1.0.0", 0);
    one.activateIn(store, verifier);
    store.chargeAttempt(TestRelease.MODEL);
    ModelState state = store.deactivate(TestRelease.MODEL);
    assertThat(state.current()).isNull();
    assertThat(state.status()).isEqualTo(ModelState.Status.NONE);
    assertThat(root.resolve("assistant/current")).doesNotExist();
    store.close();
    store = open();
    assertThat(state()).isEqualTo(state);
    assertThat(one.activateIn(store, verifier).attempts()).isZero();
  }

  @Test
  void aModelWithoutAnActiveVersionHasNothingToDeactivate() throws IOException {
    ModelState before = state();
    assertThat(store.deactivate(TestRelease.MODEL)).isEqualTo(before);
  }

  @Test
  void deactivatingKeepsTheFallbackAndTheFloor() throws IOException {
    TestRelease one = publisher.release(TestRelease.MODEL, "1.0.0", 3);
    one.commitIn(store, verifier);
    install("2.0.0", 4).activateIn(store, verifier);
    ModelState state = store.deactivate(TestRelease.MODEL);
    assertThat(state.previous()).isEqualTo(ONE);
    assertThat(state.rollbackFloor()).isEqualTo(3);
    TestRelease old = install("0.9.0", 2);
    assertRefused(StoreException.Reason.BELOW_FLOOR, () -> old.activateIn(store, verifier));
    assertThat(store.rollBack(TestRelease.MODEL).current()).isEqualTo(ONE);
  }

  @Test
  void theFallbackNeedsNoSecondTrialAfterADeactivation() throws IOException {
    TestRelease one = publisher.release("1.0.0");
    one.commitIn(store, verifier);
    install("2.0.0", 0).activateIn(store, verifier);
    store.deactivate(TestRelease.MODEL);
    ModelState state = one.activateIn(store, verifier);
    assertThat(state.status()).isEqualTo(ModelState.Status.HEALTHY);
    assertThat(state.previous()).isNull();
  }

  @Test
  void whatWasDeactivatedCanBeRemoved() throws IOException {
    install("1.0.0", 0).activateIn(store, verifier);
    assertRefused(StoreException.Reason.IN_USE, () -> store.remove(TestRelease.MODEL, ONE));
    store.deactivate(TestRelease.MODEL);
    store.remove(TestRelease.MODEL, ONE);
    assertThat(store.list()).isEmpty();
  }

  @Test
  void aFailedVersionCanBeTriedAgain() throws IOException {
    commit("1.0.0", 0);
    TestRelease two = install("2.0.0", 0);
    two.activateIn(store, verifier);
    store.rollBack(TestRelease.MODEL);
    ModelState state = two.activateIn(store, verifier);
    assertThat(state.status()).isEqualTo(ModelState.Status.TRIAL);
    assertThat(state.previous()).isEqualTo(ONE);
  }

  @Test
  void activatingOnceMoreGivesNoAttemptsBack() throws IOException {
    TestRelease release = install("1.0.0", 0);
    release.activateIn(store, verifier);
    store.chargeAttempt(TestRelease.MODEL);
    store.chargeAttempt(TestRelease.MODEL);
    assertThat(release.activateIn(store, verifier).attempts()).isEqualTo(2);
  }

  @Test
  void activatingAHealthyVersionOnceMoreChangesNothing() throws IOException {
    TestRelease release = publisher.release("1.0.0");
    release.commitIn(store, verifier);
    ModelState before = state();
    assertThat(release.activateIn(store, verifier)).isEqualTo(before);
  }

  @Test
  void activatingTheFallbackDuringATrialIsARollback() throws IOException {
    TestRelease one = publisher.release("1.0.0");
    one.commitIn(store, verifier);
    install("2.0.0", 0).activateIn(store, verifier);
    ModelState state = one.activateIn(store, verifier);
    assertThat(state.status()).isEqualTo(ModelState.Status.HEALTHY);
    assertThat(state.previous()).isNull();
  }

  @Test
  void countsAttemptsDurably() throws IOException {
    install("1.0.0", 0).activateIn(store, verifier);
    store.chargeAttempt(TestRelease.MODEL);
    store.close();
    store = open();
    assertThat(state().attempts()).isEqualTo(1);
  }

  @Test
  void chargesNothingToAHealthyVersion() throws IOException {
    commit("1.0.0", 0);
    assertThat(store.chargeAttempt(TestRelease.MODEL).attempts()).isZero();
  }

  @Test
  void chargesNothingWhereNothingIsActive() {
    assertRefused(
        StoreException.Reason.NOT_INSTALLED, () -> store.chargeAttempt(TestRelease.MODEL));
  }

  @Test
  void marksOnlyTheActiveVersionHealthy() throws IOException {
    commit("1.0.0", 0);
    install("2.0.0", 0).activateIn(store, verifier);
    assertRefused(
        StoreException.Reason.NOT_CURRENT, () -> store.markHealthy(TestRelease.MODEL, ONE));
    assertThat(state().status()).isEqualTo(ModelState.Status.TRIAL);
  }

  @Test
  void raisesTheFloorOnlyWhenAVersionIsHealthy() throws IOException {
    install("1.0.0", 7).activateIn(store, verifier);
    assertThat(state().rollbackFloor()).isZero();
    assertThat(store.markHealthy(TestRelease.MODEL, ONE).rollbackFloor()).isEqualTo(7);
  }

  @Test
  void refusesAReleaseBelowTheFloor() throws IOException {
    commit("1.0.0", 7);
    TestRelease old = install("0.9.0", 6);
    assertRefused(StoreException.Reason.BELOW_FLOOR, () -> old.activateIn(store, verifier));
    assertThat(state().current()).isEqualTo(ONE);
  }

  @Test
  void doesNotRollBackBelowTheFloor() throws IOException {
    commit("1.0.0", 1);
    commit("2.0.0", 2);
    assertRefused(StoreException.Reason.BELOW_FLOOR, () -> store.rollBack(TestRelease.MODEL));
    assertThat(state().current()).isEqualTo(TWO);
  }

  @Test
  void refusesWhatWasVerifiedSomewhereElse(@TempDir Path elsewhere) throws IOException {
    TestRelease release = install("1.0.0", 0);
    Path installed = store.find(TestRelease.MODEL, ONE).orElseThrow().directory();
    copy(installed, elsewhere.resolve("copy"));
    VerifiedModel copy = verifier.verify(elsewhere.resolve("copy")).orElseThrow();
    assertThat(copy.manifest()).isEqualTo(release.manifest());
    assertRefused(StoreException.Reason.MISMATCH, () -> store.activate(copy));
  }

  private static void copy(Path from, Path to) throws IOException {
    try (var files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(from.relativize(file).toString()));
      }
    }
  }

  @Test
  void refusesAVersionThatWasRemovedSince() throws IOException {
    install("1.0.0", 0);
    VerifiedModel verified;
    try (Lease lease = store.lease(TestRelease.MODEL, ONE)) {
      verified = lease.verify(verifier).orElseThrow();
    }
    store.remove(TestRelease.MODEL, ONE);
    assertRefused(StoreException.Reason.NOT_INSTALLED, () -> store.activate(verified));
  }

  @Test
  void theLinkFollowsWhatIsActive() throws IOException {
    commit("1.0.0", 0);
    assertThat(link()).isEqualTo(Path.of("1.0.0"));
    install("2.0.0", 0).activateIn(store, verifier);
    assertThat(link()).isEqualTo(Path.of("2.0.0"));
    store.rollBack(TestRelease.MODEL);
    assertThat(link()).isEqualTo(Path.of("1.0.0"));
  }

  private Path link() throws IOException {
    return Files.readSymbolicLink(root.resolve("assistant/current"));
  }

  @Test
  void openingRepairsTheLink() throws IOException {
    commit("1.0.0", 0);
    store.close();
    Files.delete(root.resolve("assistant/current"));
    Files.createSymbolicLink(root.resolve("assistant/current"), Path.of("nowhere"));
    store = open();
    assertThat(link()).isEqualTo(Path.of("1.0.0"));
    assertThat(store.recovery().repairs()).hasSize(1);
  }

  @Test
  void aDirectoryInPlaceOfTheLinkChangesNothing() throws IOException {
    install("1.0.0", 0);
    Files.createDirectories(root.resolve("assistant/current/something"));
    commitInstalled(ONE);
    assertThat(state().current()).isEqualTo(ONE);
  }

  private void commitInstalled(ModelVersion version) {
    try (Lease lease = store.lease(TestRelease.MODEL, version)) {
      store.activate(lease.verify(verifier).orElseThrow());
    }
    store.markHealthy(TestRelease.MODEL, version);
  }

  @Test
  void doesNotRemoveWhatATrialWouldFallBackTo() throws IOException {
    commit("1.0.0", 0);
    install("2.0.0", 0).activateIn(store, verifier);
    assertRefused(StoreException.Reason.IN_USE, () -> store.remove(TestRelease.MODEL, ONE));
    store.markHealthy(TestRelease.MODEL, TWO);
    store.remove(TestRelease.MODEL, ONE);
    assertThat(state().previous()).isNull();
  }
}
