package io.edgellm.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.edgellm.model.Artifact;
import io.edgellm.model.ModelVersion;
import io.edgellm.model.ReleaseManifest;
import io.edgellm.trust.ModelVerifier;
import io.edgellm.trust.SignedRelease;
import io.edgellm.trust.TrustException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InstallTest {
  private final Path root;
  private final Publisher publisher;
  private final ModelVerifier verifier;
  private final ModelStore store;

  InstallTest(@TempDir Path directory) {
    root = directory.resolve("store");
    publisher = new Publisher(directory.resolve("scratch"));
    verifier = publisher.verifier();
    store = ModelStore.open(root, StoreOptions.defaults().withReserveBytes(0));
  }

  @AfterEach
  void close() {
    store.close();
  }

  @Test
  void putsEveryFileUnderItsVersion() throws IOException {
    TestRelease release = publisher.release("1.0.0+int8");
    StoredModel model = release.installInto(store, verifier);
    assertThat(model.directory()).isEqualTo(root.toRealPath().resolve("assistant/1.0.0+int8"));
    assertThat(filesIn(model.directory()))
        .containsExactlyInAnyOrder(
            "model.onnx",
            "weights/block-0.data",
            "tokenizer.json",
            "release.json",
            "release.sig",
            "receipt.json");
    assertThat(model.directory().resolve("model.onnx")).hasContent("graph of 1.0.0+int8");
  }

  private static List<String> filesIn(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      return files
          .filter(Files::isRegularFile)
          .map(f -> directory.relativize(f).toString().replace('\\', '/'))
          .toList();
    }
  }

  @Test
  void activatesNothing() throws IOException {
    publisher.release("1.0.0").installInto(store, verifier);
    assertThat(store.state(TestRelease.MODEL).status()).isEqualTo(ModelState.Status.NONE);
  }

  @Test
  void findsAndListsWhatWasInstalled() throws IOException {
    publisher.release("1.10.0").installInto(store, verifier);
    StoredModel nine = publisher.release("1.9.0").installInto(store, verifier);
    assertThat(store.find(TestRelease.MODEL, ModelVersion.parse("1.9.0"))).contains(nine);
    assertThat(store.list())
        .extracting(m -> m.version().toString())
        .containsExactly("1.9.0", "1.10.0");
    assertThat(store.find(TestRelease.MODEL, ModelVersion.parse("2.0.0"))).isEmpty();
  }

  @Test
  void keepsOneCopyOfAFileThatTwoVersionsShare() throws IOException {
    StoredModel one = publisher.release("1.0.0").installInto(store, verifier);
    TestRelease second = publisher.release("2.0.0");
    assertThat(store.missing(second.manifest()))
        .extracting(Artifact::path)
        .doesNotContain("tokenizer.json");
    StoredModel two = second.installInto(store, verifier);
    assertThat(
            Files.isSameFile(
                one.directory().resolve("tokenizer.json"),
                two.directory().resolve("tokenizer.json")))
        .isTrue();
  }

  @Test
  void makesFilesReadOnly() throws IOException {
    StoredModel model = publisher.release("1.0.0").installInto(store, verifier);
    for (String file : filesIn(model.directory())) {
      assertThat(Files.getPosixFilePermissions(model.directory().resolve(file)))
          .allSatisfy(p -> assertThat(p.name()).doesNotEndWith("WRITE"));
    }
  }

  @Test
  void refusesAVersionThatIsInstalled() throws IOException {
    TestRelease release = publisher.release("1.0.0");
    release.installInto(store, verifier);
    assertRefused(release, StoreException.Reason.ALREADY_INSTALLED);
  }

  @Test
  void refusesWhatHasNotBeenFetched() throws IOException {
    assertRefused(publisher.release("1.0.0"), StoreException.Reason.BLOB_MISSING);
  }

  private void assertRefused(TestRelease release, StoreException.Reason reason) throws IOException {
    StoreException e =
        catchThrowableOfType(StoreException.class, () -> store.install(release.papers(), verifier));
    assertThat(e.reason()).isEqualTo(reason);
    assertNothingIsLeft();
  }

  private void assertNothingIsLeft() throws IOException {
    assertThat(root.resolve(".edgellm/staging")).isEmptyDirectory();
    assertThat(root.resolve(".edgellm/trash")).isEmptyDirectory();
  }

  @Test
  void refusesAManifestWhosePathsLeaveTheDirectory() throws IOException {
    TestRelease release = publisher.release("1.0.0");
    byte[] escaping =
        new String(release.json(), UTF_8).replace("tokenizer.json", "../../x.json").getBytes(UTF_8);
    assertThatThrownBy(
            () -> store.install(SignedRelease.of(escaping, release.signature()), verifier))
        .isInstanceOfSatisfying(
            TrustException.class,
            e -> assertThat(e.reason()).isEqualTo(TrustException.Reason.MALFORMED));
    assertNothingIsLeft();
  }

  @Test
  void refusesASignerThatThePolicyDoesNotKnow() throws IOException {
    TestRelease release = publisher.release("1.0.0");
    release.fetchInto(store);
    ModelVerifier stranger = new Publisher(root).verifier();
    assertThatThrownBy(() -> store.install(release.papers(), stranger))
        .isInstanceOf(TrustException.class);
    assertThat(store.list()).isEmpty();
    assertThat(store.missing(release.manifest())).isEmpty();
    assertNothingIsLeft();
  }

  @Test
  void refusesAManifestThatWasNotSigned() throws IOException {
    TestRelease release = publisher.release("1.0.0");
    release.fetchInto(store);
    ReleaseManifest other = TestRelease.manifest(TestRelease.MODEL, "1.0.1", 0, release.contents());
    assertThatThrownBy(
            () -> store.install(SignedRelease.of(other.toJson(), release.signature()), verifier))
        .isInstanceOf(TrustException.class);
    assertThat(store.list()).isEmpty();
  }

  @Test
  void refusesAVerdictAboutAnotherDirectory() throws IOException {
    StoredModel installed = publisher.release("1.0.0").installInto(store, verifier);
    TestRelease other = publisher.release("2.0.0");
    other.fetchInto(store);
    ModelVerifier misled = Publisher.answering(directory -> verifier.verify(installed.directory()));
    assertThatThrownBy(() -> store.install(other.papers(), misled))
        .isInstanceOfSatisfying(
            StoreException.class,
            e -> assertThat(e.reason()).isEqualTo(StoreException.Reason.MISMATCH));
    assertThat(store.list()).hasSize(1);
  }

  @Test
  void fetchesAFileAgainWhoseBytesChangedOnTheDisk() throws IOException {
    TestRelease release = publisher.release("1.0.0");
    release.fetchInto(store);
    Path blob = damage(release, "model.onnx", "GRAPH of 1.0.0");
    assertThatThrownBy(() -> store.install(release.papers(), verifier))
        .isInstanceOfSatisfying(
            TrustException.class,
            e -> assertThat(e.reason()).isEqualTo(TrustException.Reason.TAMPERED));
    assertThat(blob).doesNotExist();
    assertThat(release.installInto(store, verifier).directory().resolve("model.onnx"))
        .hasContent("graph of 1.0.0");
  }

  @Test
  void fetchesAFileAgainThatWasCutOff() throws IOException {
    TestRelease release = publisher.release("1.0.0");
    release.fetchInto(store);
    damage(release, "model.onnx", "graph");
    assertThat(store.missing(release.manifest()))
        .extracting(Artifact::path)
        .containsExactly("model.onnx");
    release.installInto(store, verifier);
    assertThat(store.list()).hasSize(1);
  }

  private Path damage(TestRelease release, String path, String bytes) throws IOException {
    Artifact file = release.manifest().file(path).orElseThrow();
    Path blob = root.resolve(".edgellm/blobs/sha256-" + file.sha256());
    Files.delete(blob);
    return Files.writeString(blob, bytes);
  }

  @Test
  void fetchesTwoPathsOfTheSameContentOnce() throws IOException {
    Map<String, byte[]> files =
        Map.of("a/model.onnx", "same".getBytes(UTF_8), "b/model.onnx", "same".getBytes(UTF_8));
    TestRelease release =
        publisher.sign(TestRelease.manifest(TestRelease.MODEL, "1.0.0", 0, files), files);
    assertThat(store.missing(release.manifest())).hasSize(1);
    StoredModel model = release.installInto(store, verifier);
    assertThat(model.directory().resolve("b/model.onnx")).hasContent("same");
  }

  @Test
  void installsAnEmptyFile() throws IOException {
    Map<String, byte[]> files =
        Map.of("model.onnx", "graph".getBytes(UTF_8), "README.md", new byte[0]);
    TestRelease release =
        publisher.sign(TestRelease.manifest(TestRelease.MODEL, "1.0.0", 0, files), files);
    assertThat(release.installInto(store, verifier).directory().resolve("README.md")).isEmptyFile();
  }

  @Test
  void aDamagedVersionIsNotedAndStandsInNobodysWay() throws IOException {
    StoredModel damaged = publisher.release("1.0.0").installInto(store, verifier);
    publisher.release("2.0.0").installInto(store, verifier);
    Files.delete(damaged.directory().resolve("release.json"));
    assertThat(store.list()).extracting(m -> m.version().toString()).containsExactly("2.0.0");
    assertThatThrownBy(() -> store.find(TestRelease.MODEL, damaged.version()))
        .isInstanceOfSatisfying(
            StoreException.class,
            e -> assertThat(e.reason()).isEqualTo(StoreException.Reason.CORRUPT));
    store.remove(TestRelease.MODEL, damaged.version());
    publisher.release("1.0.0").installInto(store, verifier);
    assertThat(store.list()).hasSize(2);
  }

  @Test
  void aClosedStoreSaysSo() {
    store.close();
    assertThatThrownBy(store::list)
        .isInstanceOfSatisfying(
            StoreException.class,
            e -> assertThat(e.reason()).isEqualTo(StoreException.Reason.CLOSED));
  }
}
