package io.edgellm.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.edgellm.internal.io.FaultyDisk;
import io.edgellm.model.Artifact;
import io.edgellm.model.ModelVersion;
import io.edgellm.trust.ModelVerifier;
import io.edgellm.trust.TrustException;
import io.edgellm.trust.Verdict;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoreCareTest {
  private static final ModelVersion ONE = ModelVersion.parse("1.0.0");
  private static final String WEIGHTS = "assistant/1.0.0/weights/block-0.data";

  private final Path directory;
  private final Path root;
  private final Publisher publisher;
  private final ModelVerifier verifier;
  private final TestRelease release;
  private Duration elapsed = Duration.ZERO;
  private ModelStore store;

  StoreCareTest(@TempDir Path directory) throws IOException {
    this.directory = directory.toRealPath();
    root = this.directory.resolve("store");
    publisher = new Publisher(directory.resolve("scratch"));
    verifier = publisher.verifier();
    release = publisher.release("1.0.0");
    store = open(FaultyDisk.counting());
    release.commitIn(store, verifier);
  }

  private ModelStore open(FaultyDisk disk) {
    return ModelStore.open(
        root,
        StoreOptions.defaults()
            .withReserveBytes(0)
            .withClock(() -> Instant.parse("2026-05-01T00:00:00Z").plus(elapsed)),
        disk);
  }

  @AfterEach
  void close() {
    store.close();
  }

  private VerifyReport verify() {
    return store.care().verify(CareListener.NONE);
  }

  private RepairReport repair() {
    return store.care().repair(CareListener.NONE);
  }

  private Path at(String path) {
    return root.resolve(path);
  }

  private Path blob(String file) {
    return blob(artifact(file));
  }

  private Path blob(Artifact artifact) {
    return at(".edgellm/blobs/sha256-" + artifact.sha256());
  }

  private Artifact artifact(String file) {
    return release.manifest().files().stream()
        .filter(f -> f.path().equals(file))
        .findFirst()
        .orElseThrow();
  }

  private static void overwrite(Path file, byte[] bytes) throws IOException {
    assertThat(file.toFile().setWritable(true)).isTrue();
    Files.write(file, bytes);
  }

  private static void flip(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length / 2] ^= 1;
    overwrite(file, bytes);
  }

  private void requireFound(String path, StoreFinding.Kind kind) {
    assertThat(verify().findings())
        .anySatisfy(
            f -> {
              assertThat(f.path()).isEqualTo(path);
              assertThat(f.kind()).isEqualTo(kind);
            });
    assertThat(verify().isSound()).isFalse();
  }

  private void requireServable() {
    assertThat(verify().findings()).isEmpty();
    try (Lease lease = store.lease(TestRelease.MODEL)) {
      assertThat(lease.verify(verifier)).isInstanceOf(Verdict.Verified.class);
    }
  }

  @Test
  void aStoreThatNothingHappenedToIsSound() {
    VerifyReport report = verify();
    assertThat(report.findings()).isEmpty();
    assertThat(report.isSound()).isTrue();
    assertThat(report.readBytes())
        .as("each file is read under one of its names")
        .isEqualTo(release.manifest().files().stream().mapToLong(Artifact::sizeBytes).sum());
  }

  @Test
  void tellsWhatIsWrongWithAFile() throws IOException {
    Path weights = at(WEIGHTS);
    flip(weights);
    requireFound(WEIGHTS, StoreFinding.Kind.WRONG_DIGEST);
    requireFound(
        root.relativize(blob("weights/block-0.data")).toString(), StoreFinding.Kind.WRONG_DIGEST);
    overwrite(weights, new byte[3]);
    requireFound(WEIGHTS, StoreFinding.Kind.WRONG_SIZE);
    Files.delete(weights);
    requireFound(WEIGHTS, StoreFinding.Kind.MISSING);
    Files.createDirectory(weights);
    requireFound(WEIGHTS, StoreFinding.Kind.NOT_A_FILE);
    Files.delete(weights);
    Files.createSymbolicLink(weights, Files.writeString(directory.resolve("outside"), "weights"));
    requireFound(WEIGHTS, StoreFinding.Kind.LINK);
  }

  @Test
  void tellsOfADirectoryThatIsALinkToElsewhere() throws IOException {
    Path outside = directory.resolve("outside");
    Files.move(at("assistant/1.0.0/weights"), outside);
    Files.createSymbolicLink(at("assistant/1.0.0/weights"), outside);
    requireFound(WEIGHTS, StoreFinding.Kind.LINK);
  }

  @Test
  void tellsOfPapersAndRecordsAndForeignFiles() throws IOException {
    flip(at("assistant/1.0.0/release.json"));
    requireFound("assistant/1.0.0/release.json", StoreFinding.Kind.BAD_PAPERS);
    flip(at("assistant/state.json"));
    requireFound("assistant/state.json", StoreFinding.Kind.BAD_STATE);
    Files.writeString(at(".edgellm/blobs/notes.txt"), "mine");
    requireFound(".edgellm/blobs/notes.txt", StoreFinding.Kind.FOREIGN);
  }

  @Test
  void aFileBesideTheModelsIsToldAndDoesNoHarm() throws IOException {
    Files.createDirectory(at("lost+found"));
    Files.writeString(at("assistant/README"), "mine");
    VerifyReport report = verify();
    assertThat(report.findings())
        .extracting(StoreFinding::kind)
        .containsOnly(StoreFinding.Kind.STRAY)
        .hasSize(2);
    assertThat(report.isSound()).isTrue();
    assertThat(repair().quarantined()).isEmpty();
  }

  @Test
  void verifyingChangesNothing() throws IOException {
    flip(at(WEIGHTS));
    Files.writeString(at("assistant/1.0.0/notes.txt"), "mine");
    Map<String, String> before = snapshot();
    verify();
    store.care().verify(TestRelease.MODEL, ONE, CareListener.NONE);
    assertThat(snapshot()).isEqualTo(before);
  }

  private Map<String, String> snapshot() throws IOException {
    Map<String, String> all = new TreeMap<>();
    try (Stream<Path> paths = Files.walk(root)) {
      for (Path path : paths.filter(p -> !p.endsWith("locks")).toList()) {
        boolean file = Files.isRegularFile(path);
        all.put(
            root.relativize(path) + " " + Files.getLastModifiedTime(path),
            file ? new String(Files.readAllBytes(path), UTF_8) : "");
      }
    }
    return all;
  }

  @Test
  void aListenerEndsAVerificationWithWhatWasFound() {
    List<String> read = new ArrayList<>();
    VerifyReport report =
        store
            .care()
            .verify(
                (path, bytes) -> {
                  read.add(path);
                  return read.size() < 3;
                });
    assertThat(report.complete()).isFalse();
    assertThat(report.isSound()).isFalse();
    assertThat(read).hasSize(3);
  }

  @Test
  void anInterruptEndsAVerification() {
    Thread.currentThread().interrupt();
    VerifyReport report = store.care().verify(TestRelease.MODEL, ONE, CareListener.NONE);
    assertThat(Thread.interrupted()).as("the interrupt stays").isTrue();
    assertThat(report.complete()).isFalse();
  }

  @Test
  void linksALostFileOfAVersionFromTheStore() throws IOException {
    Files.delete(at(WEIGHTS));
    RepairReport report = repair();
    assertThat(report.healed()).containsExactly(WEIGHTS);
    assertThat(report.isSound()).isTrue();
    assertThat(Files.isSameFile(at(WEIGHTS), blob("weights/block-0.data"))).isTrue();
    requireServable();
  }

  @Test
  void makesALostDirectoryAnew() throws IOException {
    Files.delete(at(WEIGHTS));
    Files.delete(at("assistant/1.0.0/weights"));
    Files.writeString(at("assistant/1.0.0/weights"), "a file in its place");
    assertThat(repair().isSound()).isTrue();
    requireServable();
  }

  @Test
  void linksALostFileOfTheStoreFromAVersion() throws IOException {
    Files.delete(blob("weights/block-0.data"));
    assertThat(store.missing(release.manifest())).hasSize(1);
    assertThat(repair().isSound()).isTrue();
    assertThat(store.missing(release.manifest())).isEmpty();
    requireServable();
  }

  @Test
  void aBitThatFlippedUnderAllNamesOfAFileMustBeFetchedAndIsThenHealedInPlace() throws IOException {
    flip(at(WEIGHTS));
    RepairReport first = repair();
    Artifact lost = artifact("weights/block-0.data");
    assertThat(first.toFetch()).containsExactly(lost);
    assertThat(first.isSound()).isFalse();
    assertThat(store.missing(release.manifest())).containsExactly(lost);
    assertThat(store.state(TestRelease.MODEL).current()).isEqualTo(ONE);
    assertThat(at(WEIGHTS)).as("stays until there is a better one").exists();

    release.fetchInto(store);
    RepairReport second = repair();
    assertThat(second.healed()).containsExactly(WEIGHTS);
    assertThat(second.isSound()).isTrue();
    requireServable();
  }

  @Test
  void whatIsDamagedIsKeptAndNoted() throws IOException {
    flip(at(WEIGHTS));
    byte[] damaged = Files.readAllBytes(at(WEIGHTS));
    repair();
    assertThat(store.care().quarantined())
        .singleElement()
        .satisfies(
            q -> {
              assertThat(q.from())
                  .isEqualTo(root.relativize(blob("weights/block-0.data")).toString());
              assertThat(q.why()).isEqualTo("wrong_digest");
              assertThat(q.at()).isEqualTo(Instant.parse("2026-05-01T00:00:00Z"));
              assertThat(q.bytes()).isEqualTo(damaged.length);
              assertThat(q.content()).hasBinaryContent(damaged);
            });
    assertThat(store.usage().quarantineBytes()).isGreaterThan(damaged.length);
  }

  @Test
  void theQuarantineExpiresByItsRetentionAndCanBeEmptiedBefore() throws IOException {
    flip(at(WEIGHTS));
    repair();
    elapsed = Duration.ofDays(29);
    assertThat(store.collectGarbage().expiredQuarantined()).isZero();
    elapsed = Duration.ofDays(31);
    assertThat(store.collectGarbage().expiredQuarantined()).isEqualTo(1);
    assertThat(at(".edgellm/quarantine")).isEmptyDirectory();

    Files.writeString(at("assistant/1.0.0/notes.txt"), "mine");
    repair();
    store.care().discard(store.care().quarantined().get(0));
    assertThat(at(".edgellm/quarantine")).isEmptyDirectory();
  }

  @Test
  void whoHasADamagedFileOpenKeepsItWhileItIsReplaced() throws IOException {
    Files.delete(at(WEIGHTS));
    Files.writeString(at(WEIGHTS), "wrong");
    try (Lease lease = store.lease(TestRelease.MODEL);
        FileChannel open = FileChannel.open(lease.directory().resolve("weights/block-0.data"))) {
      assertThat(repair().healed()).containsExactly(WEIGHTS);
      ByteBuffer read = ByteBuffer.allocate(5);
      assertThat(open.read(read)).isEqualTo(5);
      assertThat(new String(read.array(), UTF_8)).isEqualTo("wrong");
    }
    requireServable();
  }

  @Test
  void aForeignFileInAVersionIsMovedAwaySoThatItVerifiesAgain() throws IOException {
    Files.createDirectories(at("assistant/1.0.0/weights/more"));
    Files.writeString(at("assistant/1.0.0/weights/more/extra.data"), "mine");
    requireFound("assistant/1.0.0/weights/more", StoreFinding.Kind.FOREIGN);
    assertThat(repair().isSound()).isTrue();
    requireServable();
    assertThat(store.care().quarantined().get(0).content().resolve("extra.data"))
        .hasContent("mine");
  }

  @Test
  void healsFromTheCopyOfAnotherVersion() throws IOException {
    store.close();
    store = open(FaultyDisk.without(FaultyDisk.Kind.HARD_LINK));
    publisher.release("2.0.0").installInto(store, verifier);
    Path tokenizer = at("assistant/1.0.0/tokenizer.json");
    flip(tokenizer);
    assertThat(blob("tokenizer.json")).hasSameBinaryContentAs(tokenizer);
    RepairReport report = store.care().repair(TestRelease.MODEL, ONE, CareListener.NONE);
    assertThat(report.toFetch()).isEmpty();
    assertThat(report.isSound()).isTrue();
    requireServable();
  }

  @Test
  void worksWithoutHardLinks() throws IOException {
    store.close();
    store = open(FaultyDisk.without(FaultyDisk.Kind.HARD_LINK));
    TestRelease two = publisher.release("2.0.0");
    two.commitIn(store, verifier);
    flip(at("assistant/2.0.0/model.onnx"));
    RepairReport report = repair();
    assertThat(report.healed()).containsExactly("assistant/2.0.0/model.onnx");
    assertThat(report.isSound()).isTrue();
    assertThat(store.care().quarantined()).hasSize(1);
    requireServable();
  }

  @Test
  void worksWithoutSymbolicLinks() throws IOException {
    store.close();
    store = open(FaultyDisk.without(FaultyDisk.Kind.SYMBOLIC_LINK));
    publisher.release("2.0.0").commitIn(store, verifier);
    assertThat(store.rollBack(TestRelease.MODEL).current()).isEqualTo(ONE);
    Files.delete(at(WEIGHTS));
    assertThat(repair().isSound()).isTrue();
    requireServable();
  }

  @Test
  void damagedPapersAreReplacedByThoseOfTheRelease() throws IOException {
    for (String paper : List.of("release.json", "release.sig", "receipt.json")) {
      flip(at("assistant/1.0.0/" + paper));
      assertThat(store.care().repair(release.papers(), verifier).isSound()).as(paper).isTrue();
      requireServable();
    }
    Files.delete(at("assistant/1.0.0/release.sig"));
    Files.delete(at(WEIGHTS));
    RepairReport report = store.care().repair(release.papers(), verifier);
    assertThat(report.healed()).containsExactlyInAnyOrder(WEIGHTS, "assistant/1.0.0/release.sig");
    requireServable();
    assertThat(at(".edgellm/staging")).isEmptyDirectory();
  }

  @Test
  void papersThatTheVerifierRejectsReplaceNothing() throws IOException {
    flip(at("assistant/1.0.0/release.sig"));
    byte[] damaged = Files.readAllBytes(at("assistant/1.0.0/release.sig"));
    TestRelease forged = new Publisher(directory.resolve("forger")).release("1.0.0");
    assertThatThrownBy(() -> store.care().repair(forged.papers(), verifier))
        .isInstanceOf(TrustException.class);
    assertThat(at("assistant/1.0.0/release.sig")).hasBinaryContent(damaged);
  }

  @Test
  void aVersionThatIsNotThereIsToBeInstalled() {
    ModelVersion two = ModelVersion.parse("2.0.0");
    assertThatThrownBy(() -> store.care().repair(TestRelease.MODEL, two, CareListener.NONE))
        .isInstanceOfSatisfying(
            StoreException.class,
            e -> assertThat(e.reason()).isEqualTo(StoreException.Reason.NOT_INSTALLED));
  }

  @Test
  void anInstallationThatFindsAChangedFileKeepsIt() throws IOException {
    TestRelease two = publisher.release("2.0.0");
    two.fetchInto(store);
    Path graph = blob(two.manifest().files().get(0));
    flip(graph);
    assertThatThrownBy(() -> store.install(two.papers(), verifier))
        .isInstanceOf(TrustException.class);
    assertThat(store.missing(two.manifest())).containsExactly(two.manifest().files().get(0));
    assertThat(store.care().quarantined()).hasSize(1);
  }

  @Test
  void aDownloadReplacesATruncatedFileAndKeepsIt() throws IOException {
    overwrite(at(WEIGHTS), new byte[7]);
    assertThat(store.missing(release.manifest())).hasSize(1);
    release.fetchInto(store);
    assertThat(store.care().quarantined()).hasSize(1);
    assertThat(repair().isSound()).isTrue();
    requireServable();
  }

  @Test
  void healsWithinAQuotaOfWhatWasThere() throws IOException {
    flip(at(WEIGHTS));
    Artifact weights = artifact("weights/block-0.data");
    long quota = store.usage().totalBytes() + 500;
    assertThat(weights.sizeBytes()).isGreaterThan(500);
    store.close();
    store =
        ModelStore.open(
            root,
            StoreOptions.defaults().withReserveBytes(0).withQuotaBytes(quota),
            FaultyDisk.counting());
    assertThat(repair().toFetch()).containsExactly(weights);
    store.requireSpace(release.manifest());
    assertThat(store.care().quarantined()).as("asking deletes nothing").hasSize(1);
    release.fetchInto(store);
    assertThat(store.care().quarantined()).as("made room").isEmpty();
    assertThat(repair().isSound()).isTrue();
    requireServable();
  }
}
