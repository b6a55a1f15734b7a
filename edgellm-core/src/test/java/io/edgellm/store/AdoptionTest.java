package io.edgellm.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.edgellm.internal.io.Disk;
import io.edgellm.model.Artifact;
import io.edgellm.store.AdoptionListener.AdoptionEvent;
import io.edgellm.store.AdoptionOptions.Linking;
import io.edgellm.store.AdoptionReport.Way;
import io.edgellm.trust.ModelVerifier;
import io.edgellm.trust.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class AdoptionTest {
  private static final StoreOptions OPTIONS = StoreOptions.defaults().withReserveBytes(0);
  private static final long SEED = 11;

  private final Path directory;
  private final Publisher publisher;
  private final ModelVerifier verifier;
  private final TestRelease release;
  private final List<AdoptionEvent> events = new ArrayList<>();
  private ModelStore store;

  AdoptionTest(@TempDir Path directory) throws IOException {
    this.directory = directory.toRealPath();
    publisher = new Publisher(this.directory.resolve("scratch"));
    verifier = publisher.verifier();
    release = publisher.release("1.0.0");
    store = open(OPTIONS);
  }

  @AfterEach
  void close() {
    store.close();
  }

  private ModelStore open(StoreOptions options) {
    return ModelStore.open(directory.resolve("store"), options);
  }

  private void reopen(StoreOptions options) {
    store.close();
    store = open(options);
  }

  private AdoptionReport adopt(Path from) {
    return adopt(release, from, AdoptionOptions.defaults());
  }

  private AdoptionReport adopt(TestRelease wanted, Path from, AdoptionOptions options) {
    return store.adopt(wanted.manifest(), from, options, events::add);
  }

  private Path plain(Map<String, byte[]> files) throws IOException {
    Path model = directory.resolve("plain");
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      ForeignCaches.write(model.resolve(file.getKey()), file.getValue());
    }
    return model;
  }

  /** A release of one file of two and a half chunks. */
  private TestRelease large() throws IOException {
    byte[] bytes = new byte[Artifact.CHUNK_BYTES * 5 / 2];
    new Random(SEED).nextBytes(bytes);
    Map<String, byte[]> files = new TreeMap<>(Map.of("model.onnx", bytes));
    return publisher.sign(TestRelease.manifest(TestRelease.MODEL, "9.0.0", 0, files), files);
  }

  private Path blob(Artifact file) {
    return directory.resolve("store/.edgellm/blobs/sha256-" + file.sha256());
  }

  private void assertInstallable(AdoptionReport report) {
    assertThat(report.missing()).isEmpty();
    assertThat(report.takenBytes()).isEqualTo(release.manifest().totalBytes());
    store.install(release.papers(), verifier);
    assertThat(release.activateIn(store, verifier).current()).isEqualTo(release.version());
    assertThat(directory.resolve("store/.edgellm/staging")).isEmptyDirectory();
  }

  private static Object inode(Path file) throws IOException {
    return Files.getAttribute(file, "unix:ino");
  }

  @Test
  void takesAHuggingFaceCache() throws IOException {
    ForeignCaches.huggingFace(directory.resolve("hub"), release.contents());

    AdoptionReport report = adopt(directory.resolve("hub"));

    assertThat(report.taken()).extracting(AdoptionReport.Taken::way).containsOnly(Way.LINKED);
    assertThat(report.skipped()).isEmpty();
    assertInstallable(report);
  }

  @Test
  void takesAnOllamaFolder() throws IOException {
    assertInstallable(adopt(ForeignCaches.ollama(directory.resolve("o"), release.contents())));
  }

  @Test
  void takesATritonRepository() throws IOException {
    assertInstallable(adopt(ForeignCaches.triton(directory.resolve("t"), release.contents())));
  }

  @Test
  void takesAPlainDirectoryUnderOtherNames() throws IOException {
    Map<String, byte[]> renamed = new TreeMap<>();
    release.contents().forEach((name, bytes) -> renamed.put("x/" + name + ".bak", bytes));

    assertInstallable(adopt(plain(renamed)));
  }

  @Test
  void takesAnotherStoreWhileThatIsOpen() throws IOException {
    try (ModelStore other = ModelStore.open(directory.resolve("other"), OPTIONS)) {
      release.commitIn(other, verifier);
      try (Lease lease = other.lease(TestRelease.MODEL)) {
        assertInstallable(adopt(directory.resolve("other")));
        assertThat(lease.verify(verifier)).isInstanceOf(Verdict.Verified.class);
        assertThatThrownBy(() -> other.remove(TestRelease.MODEL, release.version()))
            .isInstanceOf(StoreException.class);
      }
    }
  }

  @Test
  void takesWhatThereIsAndNamesTheRest() throws IOException {
    Map<String, byte[]> some = new TreeMap<>(release.contents());
    some.remove("model.onnx");

    AdoptionReport report = adopt(plain(some));

    assertThat(report.taken()).hasSize(2);
    assertThat(report.missing()).extracting(Artifact::path).containsExactly("model.onnx");
    assertThat(report.missing()).isEqualTo(store.missing(release.manifest()));
  }

  @Test
  void takesAFileWithoutBytesFromNowhere() throws IOException {
    Map<String, byte[]> files = new TreeMap<>(Map.of("model.onnx", new byte[0]));
    TestRelease empty =
        publisher.sign(TestRelease.manifest(TestRelease.MODEL, "0.1.0", 0, files), files);

    AdoptionReport report = adopt(empty, directory, AdoptionOptions.defaults());

    assertThat(report.missing()).isEmpty();
    assertThat(store.install(empty.papers(), verifier).version()).isEqualTo(empty.version());
  }

  @Test
  void leavesInodePermissionsAndTimeOfALinkedFileAlone() throws IOException {
    Path model = plain(release.contents());
    Path file = model.resolve("model.onnx");
    Set<PosixFilePermission> permissions = PosixFilePermissions.fromString("rw-r-----");
    Files.setPosixFilePermissions(file, permissions);
    Object time = Files.getLastModifiedTime(file);

    AdoptionReport report = adopt(model);

    assertInstallable(report);
    Artifact artifact = release.manifest().file("model.onnx").orElseThrow();
    assertThat(inode(blob(artifact))).isEqualTo(inode(file));
    assertThat(Files.getPosixFilePermissions(file)).isEqualTo(permissions);
    assertThat(Files.getLastModifiedTime(file)).isEqualTo(time);
  }

  @Test
  void garbageCollectionSparesOldFilesThatWereLinkedUntilTheyAreInstalled() throws IOException {
    Path model = plain(release.contents());
    Path file = model.resolve("model.onnx");
    FileTime old = FileTime.from(Instant.now().minus(Duration.ofDays(30)));
    for (String name : release.contents().keySet()) {
      Files.setLastModifiedTime(model.resolve(name), old);
    }

    AdoptionReport report = adopt(model);
    store.keepFiles(release.manifest(), Instant.now().plus(Duration.ofDays(1)));
    try (ModelStore other = open(OPTIONS)) {
      assertThat(other.collectGarbage().removedBlobs()).isZero();
    }

    assertInstallable(report);
    assertThat(Files.getLastModifiedTime(file)).isEqualTo(old);
  }

  @ParameterizedTest
  @EnumSource(Linking.class)
  void takesTheFileWhoseDamagedCopyIsInTheStore(Linking linking) throws IOException {
    Path cut = blob(release.manifest().file("model.onnx").orElseThrow());
    Files.write(cut, new byte[3]);
    Path folder = blob(release.manifest().file("tokenizer.json").orElseThrow());
    ForeignCaches.write(folder.resolve("x"), new byte[3]);

    AdoptionReport report =
        adopt(release, plain(release.contents()), AdoptionOptions.defaults().withLinking(linking));

    assertInstallable(report);
  }

  @Test
  void keepsALinkedFileWhenTheOtherToolDeletesIt() throws IOException {
    Path model = plain(release.contents());
    AdoptionReport report = adopt(model);
    FileTree.delete(Disk.local(), model);

    assertInstallable(report);
  }

  @Test
  void noticesBeforeALoadThatTheOtherToolWroteIntoALinkedFile() throws IOException {
    Path model = plain(release.contents());
    assertInstallable(adopt(model));
    byte[] bytes = release.contentOf("model.onnx").clone();
    bytes[0] ^= 1;
    Files.write(model.resolve("model.onnx"), bytes);

    try (Lease lease = store.lease(TestRelease.MODEL)) {
      assertThat(lease.verify(verifier)).isInstanceOf(Verdict.Rejected.class);
    }
  }

  @Test
  void copiesWhereLinksAreNotWanted() throws IOException {
    Path model = plain(release.contents());

    AdoptionReport report =
        adopt(release, model, AdoptionOptions.defaults().withLinking(Linking.NEVER));

    assertThat(report.taken()).extracting(AdoptionReport.Taken::way).containsOnly(Way.COPIED);
    Artifact artifact = release.manifest().file("model.onnx").orElseThrow();
    assertThat(inode(blob(artifact))).isNotEqualTo(inode(model.resolve("model.onnx")));
    assertInstallable(report);
  }

  @Test
  void copiesWhatOthersMayWriteTo() throws IOException {
    Path model = plain(release.contents());
    Files.setPosixFilePermissions(
        model.resolve("model.onnx"), PosixFilePermissions.fromString("rw-rw-r--"));
    Files.setPosixFilePermissions(
        model.resolve("tokenizer.json"), PosixFilePermissions.fromString("rw-r--rw-"));

    AdoptionReport report = adopt(model);

    assertThat(report.taken())
        .filteredOn(t -> t.way() == Way.COPIED)
        .extracting(t -> t.file().path())
        .containsExactlyInAnyOrder("model.onnx", "tokenizer.json");
    assertInstallable(report);
  }

  @Test
  void copiesWhatBelongsToAnotherUser() throws Exception {
    Path model = plain(release.contents());
    Path file = model.resolve("model.onnx");
    assumeTrue(
        new ProcessBuilder("chown", "65534", file.toString()).start().waitFor() == 0,
        "Needs root and chown.");

    AdoptionReport report = adopt(model);

    assertThat(report.taken())
        .filteredOn(t -> t.way() == Way.COPIED)
        .extracting(t -> t.file().path())
        .containsExactly("model.onnx");
  }

  @Test
  void copiesFromAnotherFileSystem() throws IOException {
    Path memory = Path.of("/dev/shm");
    assumeTrue(
        Files.isWritable(memory)
            && !Files.getFileStore(memory).equals(Files.getFileStore(directory)),
        "Needs a second file system at /dev/shm.");
    Path stick = Files.createTempDirectory(memory, "stick-");
    try {
      ForeignCaches.ollama(stick, release.contents());
      AdoptionReport report = adopt(stick);
      assertThat(report.taken()).extracting(AdoptionReport.Taken::way).containsOnly(Way.COPIED);
      assertInstallable(report);
    } finally {
      FileTree.delete(Disk.local(), stick);
    }
  }

  @Test
  void linksOnADiskThatHasNoRoomForACopy() throws IOException {
    Path model = plain(release.contents());
    reopen(OPTIONS.withReserveBytes(Long.MAX_VALUE / 2));

    assertThatThrownBy(
            () -> adopt(release, model, AdoptionOptions.defaults().withLinking(Linking.NEVER)))
        .isInstanceOfSatisfying(
            StoreException.class,
            e -> assertThat(e.reason()).isEqualTo(StoreException.Reason.NO_SPACE));
    assertInstallable(adopt(model));
  }

  @Test
  void countsLinkedFilesInTheQuota() throws IOException {
    Path model = plain(release.contents());
    reopen(OPTIONS.withQuotaBytes(10));

    assertThatThrownBy(() -> adopt(model))
        .isInstanceOfSatisfying(
            StoreException.class,
            e -> assertThat(e.reason()).isEqualTo(StoreException.Reason.QUOTA));
    assertThat(directory.resolve("store/.edgellm/staging")).isEmptyDirectory();
  }

  @Test
  void aLinkedFileCountsOnceBesideTheDownloadsUnderWay() throws IOException {
    TestRelease large = large();
    Path model = plain(large.contents());
    Artifact other = TestRelease.artifact("other", new byte[100]);
    long quota = store.usage().totalBytes() + large.manifest().totalBytes() + other.sizeBytes();
    reopen(OPTIONS.withQuotaBytes(quota - 1));
    try (PartialBlob download = store.openPartial(other).orElseThrow()) {
      assertThat(download.path()).doesNotExist();
      assertThatThrownBy(() -> adopt(large, model, AdoptionOptions.defaults()))
          .isInstanceOfSatisfying(
              StoreException.class,
              e -> assertThat(e.reason()).isEqualTo(StoreException.Reason.QUOTA));
    }
    reopen(OPTIONS.withQuotaBytes(quota));
    try (PartialBlob download = store.openPartial(other).orElseThrow()) {
      assertThat(download.path()).doesNotExist();
      adopt(large, model, AdoptionOptions.defaults());
    }
    assertThat(store.missing(large.manifest())).isEmpty();
  }

  @Test
  void goesOnWithACopyWhereItEnded() throws IOException {
    TestRelease large = large();
    byte[] damaged = large.contentOf("model.onnx").clone();
    damaged[damaged.length - 1] ^= 1;
    AdoptionOptions copying = AdoptionOptions.defaults().withLinking(Linking.NEVER);

    adopt(large, plain(Map.of("model.onnx", damaged)), copying);
    assertThat(store.missing(large.manifest())).hasSize(1);
    events.clear();
    adopt(large, plain(Map.of("model.onnx", large.contentOf("model.onnx"))), copying);

    assertThat(store.missing(large.manifest())).isEmpty();
    assertThat(events).filteredOn(e -> e instanceof AdoptionEvent.Reading).hasSize(1);
  }

  @Test
  void tellsHowFarItIs() throws IOException {
    TestRelease large = large();

    adopt(large, plain(large.contents()), AdoptionOptions.defaults());

    long bytes = large.manifest().totalBytes();
    Path file = directory.resolve("plain/model.onnx");
    assertThat(events)
        .containsExactly(
            new AdoptionEvent.Searched(1, 1),
            new AdoptionEvent.Reading(file, 1 << 20, bytes),
            new AdoptionEvent.Reading(file, 2 << 20, bytes),
            new AdoptionEvent.Reading(file, bytes, bytes),
            new AdoptionEvent.Taken(large.manifest().files().get(0), file, Way.LINKED));
  }

  @Test
  void readsAFileOnceHoweverManyNamesItHas() throws IOException {
    TestRelease large = large();
    byte[] other = large.contentOf("model.onnx").clone();
    Arrays.fill(other, other.length - 10, other.length, (byte) 0);
    Path model = plain(Map.of("a", other));
    Files.createLink(model.resolve("b"), model.resolve("a"));
    Files.createLink(model.resolve("c"), model.resolve("a"));

    adopt(large, model, AdoptionOptions.defaults());

    assertThat(events).filteredOn(e -> e instanceof AdoptionEvent.Reading).hasSize(3);
  }

  @Test
  void doesNothingForAReleaseThatIsThere() throws IOException {
    Path model = plain(release.contents());
    adopt(model);
    events.clear();

    AdoptionReport report = adopt(model);

    assertThat(report.taken()).isEmpty();
    assertThat(report.missing()).isEmpty();
    assertThat(events).isEmpty();
  }
}
