package io.edgellm.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.edgellm.model.Artifact;
import io.edgellm.model.ModelId;
import io.edgellm.model.ModelVersion;
import io.edgellm.trust.ModelVerifier;
import io.edgellm.trust.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LeaseAndGarbageTest {
  private static final ModelVersion ONE = ModelVersion.parse("1.0.0");
  private static final ModelVersion TWO = ModelVersion.parse("2.0.0");
  private static final ModelVersion THREE = ModelVersion.parse("3.0.0");

  private final Path root;
  private final Publisher publisher;
  private final ModelVerifier verifier;
  private final ModelStore store;
  private Duration elapsed = Duration.ZERO;

  LeaseAndGarbageTest(@TempDir Path directory) {
    root = directory.resolve("store");
    publisher = new Publisher(directory.resolve("scratch"));
    verifier = publisher.verifier();
    store =
        ModelStore.open(
            root,
            StoreOptions.defaults()
                .withReserveBytes(0)
                .withClock(() -> Instant.now().plus(elapsed)));
  }

  @AfterEach
  void close() {
    store.close();
  }

  private void install(String version) throws IOException {
    publisher.release(version).installInto(store, verifier);
  }

  private void commit(String version) throws IOException {
    publisher.release(version).commitIn(store, verifier);
  }

  private GarbageReport collectAfterAMonth() {
    elapsed = Duration.ofDays(30);
    return store.collectGarbage();
  }

  private static void assertRefused(StoreException.Reason reason, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            StoreException.class, e -> assertThat(e.reason()).isEqualTo(reason));
  }

  @Test
  void aLeaseOfTheModelIsOfWhatIsActive() throws IOException {
    commit("1.0.0");
    install("2.0.0");
    try (Lease lease = store.lease(TestRelease.MODEL)) {
      assertThat(lease.version()).isEqualTo(ONE);
      assertThat(lease.directory().getFileName()).hasToString("1.0.0");
      assertThat(lease.verify(verifier)).isInstanceOf(Verdict.Verified.class);
    }
  }

  @Test
  void aLeaseStaysWithItsVersionOverASwitch() throws IOException {
    commit("1.0.0");
    try (Lease lease = store.lease(TestRelease.MODEL)) {
      commit("2.0.0");
      assertThat(lease.directory().resolve("model.onnx")).hasContent("graph of 1.0.0");
    }
  }

  @Test
  void thereIsNoLeaseWhereNothingIsActive() {
    assertRefused(StoreException.Reason.NOT_INSTALLED, () -> store.lease(TestRelease.MODEL));
    assertRefused(StoreException.Reason.NOT_INSTALLED, () -> store.lease(TestRelease.MODEL, ONE));
  }

  @Test
  void aLeaseSeesBytesThatChangedOnTheDisk() throws IOException {
    commit("1.0.0");
    try (Lease lease = store.lease(TestRelease.MODEL)) {
      Path file = lease.directory().resolve("model.onnx");
      Files.delete(file);
      Files.writeString(file, "GRAPH of 1.0.0");
      assertThat(lease.verify(verifier)).isInstanceOf(Verdict.Rejected.class);
    }
  }

  @Test
  void collectsWhatNobodyNeeds() throws IOException {
    commit("1.0.0");
    commit("2.0.0");
    commit("3.0.0");
    GarbageReport report = collectAfterAMonth();
    assertThat(report.removedVersions()).containsExactly("assistant 1.0.0");
    assertThat(report.removedBlobs()).as("its graph and its weights").isEqualTo(2);
    assertThat(report.freedBytes()).isPositive();
    assertThat(store.list()).extracting(StoredModel::version).containsExactly(TWO, THREE);
    assertThat(root.resolve(".edgellm/trash")).isEmptyDirectory();
  }

  @Test
  void sparesWhatIsYoung() throws IOException {
    commit("1.0.0");
    install("2.0.0");
    GarbageReport report = store.collectGarbage();
    assertThat(report.removedVersions()).isEmpty();
    assertThat(report.spared()).singleElement().asString().contains("younger");
  }

  @Test
  void sparesWhatIsPinnedUntilItIsUnpinned() throws IOException {
    commit("1.0.0");
    install("2.0.0");
    assertThat(store.pin(TestRelease.MODEL, TWO).pins()).containsExactly(TWO);
    assertThat(collectAfterAMonth().removedVersions()).isEmpty();
    assertRefused(StoreException.Reason.IN_USE, () -> store.remove(TestRelease.MODEL, TWO));
    store.unpin(TestRelease.MODEL, TWO);
    assertThat(collectAfterAMonth().removedVersions()).containsExactly("assistant 2.0.0");
  }

  @Test
  void pinsOnlyWhatIsInstalled() {
    assertRefused(StoreException.Reason.NOT_INSTALLED, () -> store.pin(TestRelease.MODEL, ONE));
  }

  @Test
  void sparesWhatIsLeasedUntilTheLastLeaseIsClosed() throws IOException {
    install("1.0.0");
    Lease first = store.lease(TestRelease.MODEL, ONE);
    Lease second = store.lease(TestRelease.MODEL, ONE);
    first.close();
    assertThat(collectAfterAMonth().spared()).singleElement().asString().contains("leased");
    assertRefused(StoreException.Reason.IN_USE, () -> store.remove(TestRelease.MODEL, ONE));
    second.close();
    assertThat(collectAfterAMonth().removedVersions()).containsExactly("assistant 1.0.0");
  }

  @Test
  void aLeaseOutlivesItsStore() throws IOException {
    install("1.0.0");
    Lease lease = store.lease(TestRelease.MODEL, ONE);
    try (ModelStore other = ModelStore.open(root, StoreOptions.defaults())) {
      store.close();
      assertRefused(StoreException.Reason.IN_USE, () -> other.remove(TestRelease.MODEL, ONE));
      lease.close();
      other.remove(TestRelease.MODEL, ONE);
    }
  }

  @Test
  void keepsFetchedFilesForAnInstallationToCome() throws IOException {
    TestRelease release = publisher.release("1.0.0");
    release.fetchInto(store);
    assertThat(store.collectGarbage().removedBlobs()).isZero();
    assertThat(collectAfterAMonth().removedBlobs()).isEqualTo(3);
  }

  @Test
  void sparesTheFilesOfAReleaseToComeUntilTheirTimeAndTheGrace() throws IOException {
    TestRelease release = publisher.release("1.0.0");
    release.fetchInto(store);
    Path keeps = root.resolve(".edgellm/keeps");
    store.keepFiles(release.manifest(), Instant.now().plus(Duration.ofDays(25)));
    store.keepFiles(release.manifest(), Instant.now().plus(Duration.ofDays(3)));
    assertThat(collectAfterAMonth().removedBlobs()).isZero();
    assertThat(keeps).isNotEmptyDirectory();
    elapsed = Duration.ofDays(33);
    assertThat(store.collectGarbage().removedBlobs()).isEqualTo(3);
    assertThat(keeps).isEmptyDirectory();
  }

  @Test
  void sparesUnfinishedDownloadsOfAReleaseToCome() throws IOException {
    TestRelease release = publisher.release("1.0.0");
    try (PartialBlob partial = store.openPartial(release.manifest().files().get(0)).orElseThrow()) {
      Files.writeString(partial.path(), "some");
    }
    store.keepFiles(release.manifest(), Instant.now().plus(Duration.ofDays(25)));
    assertThat(collectAfterAMonth().removedPartials()).isZero();
  }

  @Test
  void sparesTheFilesOfAReleaseWhileOneOfThemIsUnderWay() throws IOException {
    TestRelease release = publisher.release("1.0.0");
    store.keepFiles(release.manifest());
    release.fetchInto(store);
    Artifact last = release.manifest().files().get(0);
    Path blobs = root.resolve(".edgellm/blobs");
    Files.delete(blobs.resolve("sha256-" + last.sha256()));
    try (PartialBlob partial = store.openPartial(last).orElseThrow()) {
      Files.writeString(partial.path(), "some");
      Files.setLastModifiedTime(
          partial.path(), FileTime.from(Instant.now().plus(Duration.ofDays(29))));
      assertThat(collectAfterAMonth().removedBlobs()).isZero();
    }
  }

  @Test
  void aVersionEndsTheKeepOfItsFiles() throws IOException {
    TestRelease release = publisher.release("1.0.0");
    store.keepFiles(release.manifest(), Instant.now().plus(Duration.ofDays(99)));
    release.installInto(store, verifier);
    assertThat(root.resolve(".edgellm/keeps")).isEmptyDirectory();
    collectAfterAMonth();
    assertThat(root.resolve(".edgellm/blobs")).isEmptyDirectory();
  }

  @ParameterizedTest
  @EnumSource(Damage.class)
  void noDamageAmongTheKeepsStopsACollection(Damage damage, @TempDir Path outside)
      throws IOException {
    TestRelease release = publisher.release("1.0.0");
    release.fetchInto(store);
    store.keepFiles(release.manifest(), Instant.now().plus(Duration.ofDays(99)));
    Path keep = FileTree.children(root.resolve(".edgellm/keeps")).get(0);
    Files.createDirectory(keep.resolveSibling("foreign"));
    damage.of(keep, outside);
    boolean isThere = PlainFile.isThere(keep);

    GarbageReport report = collectAfterAMonth();

    assertThat(report.removedBlobs()).isEqualTo(3);
    assertThat(report.spared()).hasSize(isThere ? 1 : 0);
    assertThat(keep).doesNotExist();
    release.installInto(store, verifier);
  }

  @Test
  void whatStandsInThePlaceOfAKeepDoesNotPreventIt(@TempDir Path outside) throws IOException {
    TestRelease release = publisher.release("1.0.0");
    store.keepFiles(release.manifest());
    Path keep = FileTree.children(root.resolve(".edgellm/keeps")).get(0);
    Damage.PIPE.of(keep, outside);
    Files.createDirectories(keep.resolveSibling(keep.getFileName() + ".tmp"));
    assertThat(store.care().verify(CareListener.NONE).findings())
        .extracting(StoreFinding::kind)
        .containsOnly(StoreFinding.Kind.FOREIGN);
    store.keepFiles(release.manifest());
    assertThat(keep).isRegularFile();
    assertThat(store.care().verify(CareListener.NONE).isSound()).isTrue();
  }

  @Test
  void expiresDownloadsThatNobodyContinues() throws IOException {
    TestRelease release = publisher.release("1.0.0");
    PartialBlob partial = store.openPartial(release.manifest().files().get(0)).orElseThrow();
    Files.writeString(partial.path(), "some");
    assertThat(collectAfterAMonth().removedPartials()).as("it is being continued").isZero();
    partial.close();
    assertThat(collectAfterAMonth().removedPartials()).isEqualTo(1);
    assertThat(partial.path()).doesNotExist();
  }

  @Test
  void aDamagedStateSparesItsVersionsAndNoOthers() throws IOException {
    install("1.0.0");
    ModelId other = new ModelId("other");
    publisher.release(other, "1.0.0", 0).installInto(store, verifier);
    Files.writeString(root.resolve("assistant/state.json"), "{}");
    GarbageReport report = collectAfterAMonth();
    assertThat(report.removedVersions()).containsExactly("other 1.0.0");
    assertThat(store.list()).extracting(StoredModel::version).containsExactly(ONE);
  }

  @Test
  void measuresSharedFilesOnce() throws IOException {
    commit("1.0.0");
    StoreUsage one = store.usage();
    install("2.0.0");
    StoreUsage two = store.usage();
    assertThat(two.versions()).isEqualTo(2);
    assertThat(two.blobBytes() - one.blobBytes())
        .isEqualTo("graph of 2.0.0".length() + 50L * "weights of 2.0.0".length());
    assertThat(two.usableBytes()).isPositive();
  }
}
