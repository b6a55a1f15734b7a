package io.edgellm.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.edgellm.internal.io.Disk;
import io.edgellm.model.Artifact;
import io.edgellm.model.ReleaseManifest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PartialBlobTest {
  private static final byte[] BYTES = "some weights".getBytes(UTF_8);
  private static final Artifact FILE = TestRelease.artifact("model.onnx", BYTES);
  private static final ReleaseManifest MANIFEST =
      TestRelease.manifest(TestRelease.MODEL, "1.0.0", 0, Map.of("model.onnx", BYTES));

  @TempDir Path root;

  private ModelStore open() {
    return open(StoreOptions.defaults().withReserveBytes(0));
  }

  private ModelStore open(StoreOptions options) {
    return ModelStore.open(root, options, Disk.local());
  }

  private static void assertRefused(StoreException.Reason reason, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            StoreException.class, e -> assertThat(e.reason()).isEqualTo(reason));
  }

  @Test
  void takesInWhatHasTheRightBytes() throws IOException {
    try (ModelStore store = open();
        PartialBlob partial = store.openPartial(FILE).orElseThrow()) {
      Files.write(partial.path(), BYTES);
      partial.commit();
      assertThat(store.missing(MANIFEST)).isEmpty();
      assertThat(partial.path()).doesNotExist();
      assertThat(root.resolve(".edgellm/blobs/sha256-" + FILE.sha256())).hasBinaryContent(BYTES);
    }
  }

  @Test
  void refusesWrongBytesAndBeginsAnew() throws IOException {
    try (ModelStore store = open();
        PartialBlob partial = store.openPartial(FILE).orElseThrow()) {
      Files.write(partial.path(), "SOME weights".getBytes(UTF_8));
      assertRefused(StoreException.Reason.CORRUPT, partial::commit);
      assertThat(partial.path()).doesNotExist();
      assertThat(store.missing(MANIFEST)).containsExactly(FILE);
    }
  }

  @Test
  void refusesWhatIsTooShort() throws IOException {
    try (ModelStore store = open();
        PartialBlob partial = store.openPartial(FILE).orElseThrow()) {
      Files.write(partial.path(), "some".getBytes(UTF_8));
      assertRefused(StoreException.Reason.CORRUPT, partial::commit);
      assertThat(store.missing(MANIFEST)).containsExactly(FILE);
    }
  }

  @Test
  void refusesWhatNobodyHasWritten() {
    try (ModelStore store = open();
        PartialBlob partial = store.openPartial(FILE).orElseThrow()) {
      assertRefused(StoreException.Reason.CORRUPT, partial::commit);
    }
  }

  @Test
  void keepsTheBytesOfAnEarlierTry() throws IOException {
    try (ModelStore store = open()) {
      try (PartialBlob partial = store.openPartial(FILE).orElseThrow()) {
        Files.writeString(partial.path(), "some");
      }
      try (PartialBlob partial = store.openPartial(FILE).orElseThrow()) {
        assertThat(partial.path()).hasContent("some");
      }
    }
  }

  @Test
  void dropsAnEarlierTryThatIsTooLong() throws IOException {
    try (ModelStore store = open()) {
      try (PartialBlob partial = store.openPartial(FILE).orElseThrow()) {
        Files.writeString(partial.path(), "far more than some weights");
      }
      try (PartialBlob partial = store.openPartial(FILE).orElseThrow()) {
        assertThat(partial.path()).doesNotExist();
      }
    }
  }

  @Test
  void discardsTheBytes() throws IOException {
    try (ModelStore store = open();
        PartialBlob partial = store.openPartial(FILE).orElseThrow()) {
      Files.writeString(partial.path(), "some");
      partial.discard();
      assertThat(partial.path()).doesNotExist();
    }
  }

  @Test
  void letsOneCallerAtATimeFetchAFile() {
    try (ModelStore a = open();
        ModelStore b = open()) {
      PartialBlob first = a.openPartial(FILE).orElseThrow();
      assertRefused(StoreException.Reason.BUSY, () -> b.openPartial(FILE));
      first.close();
      b.openPartial(FILE).orElseThrow().close();
    }
  }

  @Test
  void hasNothingToFetchOnceTheFileIsThere() throws IOException {
    try (ModelStore store = open()) {
      try (PartialBlob partial = store.openPartial(FILE).orElseThrow()) {
        Files.write(partial.path(), BYTES);
        partial.commit();
      }
      assertThat(store.openPartial(FILE)).isEmpty();
      assertThat(store.openPartial(FILE)).as("the lock was given back").isEmpty();
    }
  }

  @Test
  void refusesWhatWouldTouchTheReserve() {
    try (ModelStore store = open(StoreOptions.defaults().withReserveBytes(1L << 60))) {
      assertRefused(StoreException.Reason.NO_SPACE, () -> store.openPartial(FILE));
      assertRefused(StoreException.Reason.NO_SPACE, () -> store.requireSpace(MANIFEST));
      assertThat(root.resolve(".edgellm/partial")).isEmptyDirectory();
    }
  }

  @Test
  void refusesWhatWouldExceedTheQuota() throws IOException {
    long used;
    try (ModelStore store = open()) {
      used = store.usage().totalBytes();
    }
    StoreOptions options = StoreOptions.defaults().withReserveBytes(0);
    try (ModelStore store = open(options.withQuotaBytes(used + BYTES.length - 1))) {
      assertRefused(StoreException.Reason.QUOTA, () -> store.openPartial(FILE));
      assertRefused(StoreException.Reason.QUOTA, () -> store.requireSpace(MANIFEST));
    }
    try (ModelStore store = open(options.withQuotaBytes(used + BYTES.length))) {
      store.requireSpace(MANIFEST);
      store.openPartial(FILE).orElseThrow().close();
    }
  }

  @Test
  void downloadsAtTheSameTimeShareTheQuota() throws IOException {
    long used;
    try (ModelStore store = open()) {
      used = store.usage().totalBytes();
    }
    Artifact other = TestRelease.artifact("other.onnx", "some others!".getBytes(UTF_8));
    long room = FILE.sizeBytes() + other.sizeBytes() - 1;
    StoreOptions options = StoreOptions.defaults().withReserveBytes(0).withQuotaBytes(used + room);
    try (ModelStore store = open(options)) {
      PartialBlob first = store.openPartial(FILE).orElseThrow();
      Files.writeString(first.path(), "some");
      assertRefused(StoreException.Reason.QUOTA, () -> store.openPartial(other));
      store.requireSpace(MANIFEST);
      first.discard();
      first.close();
      first.close();
      store.openPartial(other).orElseThrow().close();
    }
  }

  @Test
  void countsTheBytesOfAnEarlierTryOnce() throws IOException {
    long used;
    try (ModelStore store = open();
        PartialBlob partial = store.openPartial(FILE).orElseThrow()) {
      used = store.usage().totalBytes();
      Files.writeString(partial.path(), "some");
      assertThat(store.usage().partialBytes()).isEqualTo(4);
    }
    StoreOptions options = StoreOptions.defaults().withReserveBytes(0);
    try (ModelStore store = open(options.withQuotaBytes(used + BYTES.length))) {
      store.requireSpace(MANIFEST);
      store.openPartial(FILE).orElseThrow().close();
    }
  }
}
