package io.edgellm.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.edgellm.internal.io.FaultyDisk;
import io.edgellm.model.Artifact;
import io.edgellm.model.ModelId;
import io.edgellm.trust.ModelVerifier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoreUsageTest {
  private static final ModelId OTHER = new ModelId("translator");
  private static final Artifact FILE =
      TestRelease.artifact("weights.data", "some weights".getBytes(UTF_8));
  private static final StoreOptions OPTIONS = StoreOptions.defaults().withReserveBytes(0);

  private final Path directory;
  private final Path root;
  private final Publisher publisher;
  private final ModelVerifier verifier;

  StoreUsageTest(@TempDir Path directory) {
    this.directory = directory;
    root = directory.resolve("store");
    publisher = new Publisher(directory.resolve("scratch"));
    verifier = publisher.verifier();
  }

  private static long artifactBytes(TestRelease release, String path) {
    return release.contentOf(path).length;
  }

  private static StoreUsage.Model model(ModelStore store, ModelId model) {
    return store.usage().models().stream()
        .filter(m -> m.model().equals(model))
        .findFirst()
        .orElseThrow();
  }

  private static void assertRefused(StoreException.Reason reason, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            StoreException.class, e -> assertThat(e.reason()).isEqualTo(reason));
  }

  @Test
  void tellsWhatIsSharedAndWhatBecomesFree() throws IOException {
    try (ModelStore store = ModelStore.open(root, OPTIONS)) {
      TestRelease one = publisher.release("1.0.0");
      one.installInto(store, verifier);
      publisher.release("2.0.0").installInto(store, verifier);
      publisher.release(OTHER, "1.0.0", 0).installInto(store, verifier);
      long tokenizer = artifactBytes(one, "tokenizer.json");
      long own = artifactBytes(one, "model.onnx") + artifactBytes(one, "weights/block-0.data");
      StoreUsage.Model assistant = model(store, TestRelease.MODEL);
      assertThat(assistant.versions()).hasSize(2);
      StoreUsage.Version first = assistant.versions().get(0);
      assertThat(first.version()).isEqualTo(one.version());
      assertThat(first.sharedBytes())
          .as("the other model's 1.0.0 is the same")
          .isEqualTo(tokenizer + own);
      assertThat(first.exclusiveBytes()).as("papers").isPositive();
      assertThat(assistant.versions().get(1).sharedBytes()).isEqualTo(tokenizer);
      assertThat(assistant.exclusiveBytes())
          .isEqualTo(first.exclusiveBytes() + assistant.versions().get(1).exclusiveBytes());
      assertThat(store.usage().versions()).isEqualTo(3);
    }
  }

  @Test
  void removingAVersionFreesItsExclusiveBytes() throws IOException {
    for (FaultyDisk disk :
        new FaultyDisk[] {FaultyDisk.counting(), FaultyDisk.without(FaultyDisk.Kind.HARD_LINK)}) {
      Path store = Files.createTempDirectory(directory, "store-");
      StoreOptions later = OPTIONS.withClock(() -> Instant.parse("2100-01-01T00:00:00Z"));
      try (ModelStore opened = ModelStore.open(store, later, disk)) {
        TestRelease one = publisher.release("1.0.0");
        one.installInto(opened, verifier);
        publisher.release("2.0.0").commitIn(opened, verifier);
        long before = opened.usage().totalBytes();
        long exclusive = model(opened, TestRelease.MODEL).versions().get(0).exclusiveBytes();
        opened.remove(TestRelease.MODEL, one.version());
        opened.collectGarbage();
        assertThat(before - opened.usage().totalBytes()).isEqualTo(exclusive);
      }
    }
  }

  @Test
  void listsUnfinishedDownloadsWithTheirAge() throws IOException {
    Instant then = Instant.parse("2026-03-01T00:00:00Z");
    try (ModelStore store = ModelStore.open(root, OPTIONS)) {
      try (PartialBlob partial = store.openPartial(FILE).orElseThrow()) {
        Files.writeString(partial.path(), "some");
        Files.setLastModifiedTime(partial.path(), FileTime.from(then));
      }
      assertThat(store.usage().downloads())
          .containsExactly(new StoreUsage.Download(FILE.sha256(), 4, then));
    }
  }

  @Test
  void whatIsPromisedInOneStoreIsTakenInAnother() throws IOException {
    long used;
    try (ModelStore store = ModelStore.open(root, OPTIONS)) {
      used = store.usage().totalBytes();
    }
    Artifact other = TestRelease.artifact("other.onnx", "some others!".getBytes(UTF_8));
    StoreOptions limited = OPTIONS.withQuotaBytes(used + FILE.sizeBytes() + other.sizeBytes() - 1);
    try (ModelStore one = ModelStore.open(root, limited);
        ModelStore two = ModelStore.open(root, limited)) {
      try (PartialBlob partial = one.openPartial(FILE).orElseThrow()) {
        assertThat(two.usage().promisedBytes()).isEqualTo(FILE.sizeBytes());
        assertRefused(StoreException.Reason.QUOTA, () -> two.openPartial(other));
        Files.writeString(partial.path(), "some");
        assertThat(two.usage().promisedBytes()).isEqualTo(FILE.sizeBytes() - 4);
      }
      assertThat(two.usage().promisedBytes()).isZero();
      Files.delete(root.resolve(".edgellm/partial/sha256-" + FILE.sha256() + ".part"));
      two.openPartial(other).orElseThrow().close();
    }
  }

  @Test
  void aPromiseEndsWithTheProcessThatMadeIt() throws IOException {
    TestRelease release = publisher.release("1.0.0");
    Path manifest = Files.write(directory.resolve("release.json"), release.json());
    try (ModelStore store = ModelStore.open(root, OPTIONS);
        StoreProcess process = StoreProcess.start("fetch", root.toString(), manifest.toString())) {
      assertThat(process.readLine()).isEqualTo("ready");
      long promised = release.manifest().files().get(0).sizeBytes();
      assertThat(store.usage().promisedBytes()).isEqualTo(promised);
      StoreOptions limited =
          OPTIONS.withQuotaBytes(store.usage().totalBytes() + promised + FILE.sizeBytes() - 1);
      try (ModelStore small = ModelStore.open(root, limited)) {
        assertRefused(StoreException.Reason.QUOTA, () -> small.openPartial(FILE));
        process.kill();
        assertThat(small.usage().promisedBytes()).isZero();
        small.openPartial(FILE).orElseThrow().close();
        assertThat(root.resolve(".edgellm/promises")).isEmptyDirectory();
      }
    }
  }
}
