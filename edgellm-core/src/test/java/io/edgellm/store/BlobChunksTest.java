package io.edgellm.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.edgellm.internal.io.Disk;
import io.edgellm.model.Artifact;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BlobChunksTest {
  private static final byte[] BYTES = new byte[3 * Artifact.CHUNK_BYTES + 1000];

  static {
    new Random(7).nextBytes(BYTES);
  }

  private static final Artifact FILE = TestRelease.artifact("weights.data", BYTES);

  @TempDir Path root;

  private ModelStore open() {
    return ModelStore.open(root, StoreOptions.defaults().withReserveBytes(0), Disk.local());
  }

  private static ByteBuffer chunk(BlobChunks chunks, int number) {
    return ByteBuffer.wrap(BYTES, (int) chunks.offset(number), chunks.length(number)).slice();
  }

  @Test
  void takesChunksInAnyOrder() throws IOException {
    try (ModelStore store = open();
        PartialBlob partial = store.openPartial(FILE).orElseThrow()) {
      BlobChunks chunks = partial.chunks();
      for (int number : new int[] {3, 0, 2, 1}) {
        assertThat(chunks.isComplete()).isFalse();
        assertThat(chunks.write(number, chunk(chunks, number))).isTrue();
      }
      assertThat(chunks.isComplete()).isTrue();
      assertThat(chunks.verifiedBytes()).isEqualTo(BYTES.length);
      assertThat(chunks.missing()).isEqualTo(new BitSet());
      partial.commit();
      try (FileChannel blob = store.readBlob(FILE.sha256()).orElseThrow()) {
        assertThat(blob.size()).isEqualTo(BYTES.length);
      }
    }
  }

  @Test
  void neverWritesAWrongChunk() throws IOException {
    try (ModelStore store = open();
        PartialBlob partial = store.openPartial(FILE).orElseThrow()) {
      BlobChunks chunks = partial.chunks();
      assertThat(chunks.write(0, chunk(chunks, 1))).isFalse();
      assertThat(chunks.write(0, chunk(chunks, 0).limit(5))).isFalse();
      assertThat(chunks.verified()).isEqualTo(new BitSet());
      assertThat(partial.path()).isEmptyFile();
    }
  }

  @Test
  void believesOnlyTheChunksThatHaveTheirDigest() throws IOException {
    try (ModelStore store = open()) {
      try (PartialBlob partial = store.openPartial(FILE).orElseThrow()) {
        byte[] damaged = BYTES.clone();
        damaged[Artifact.CHUNK_BYTES + 5] ^= 1;
        Files.write(partial.path(), damaged);
      }
      try (PartialBlob partial = store.openPartial(FILE).orElseThrow()) {
        assertThat(partial.chunks().missing()).isEqualTo(BitSet.valueOf(new long[] {2}));
        assertThat(partial.chunks().verifiedBytes()).isEqualTo(BYTES.length - Artifact.CHUNK_BYTES);
      }
    }
  }

  @Test
  void readsAChunkThatIsThere() throws IOException {
    try (ModelStore store = open();
        PartialBlob partial = store.openPartial(FILE).orElseThrow()) {
      BlobChunks chunks = partial.chunks();
      chunks.write(3, chunk(chunks, 3));
      assertThat(chunks.read(3).array())
          .isEqualTo(Arrays.copyOfRange(BYTES, 3 * Artifact.CHUNK_BYTES, BYTES.length));
      assertThatIllegalArgumentException().isThrownBy(() -> chunks.read(0));
    }
  }

  @Test
  void anInterruptOfOneThreadLeavesTheFileToTheOthers() throws Exception {
    try (ModelStore store = open();
        PartialBlob partial = store.openPartial(FILE).orElseThrow()) {
      BlobChunks chunks = partial.chunks();
      Thread interrupted =
          new Thread(
              () -> {
                Thread.currentThread().interrupt();
                assertThatThrownBy(() -> chunks.write(0, chunk(chunks, 0)))
                    .isInstanceOfSatisfying(
                        StoreException.class,
                        e -> assertThat(e.reason()).isEqualTo(StoreException.Reason.BUSY));
              });
      Throwable[] failure = new Throwable[1];
      interrupted.setUncaughtExceptionHandler((thread, e) -> failure[0] = e);
      interrupted.start();
      interrupted.join();
      assertThat(failure[0]).isNull();
      assertThat(chunks.write(1, chunk(chunks, 1))).isTrue();
    }
  }

  @Test
  void isClosedWithItsDownload() throws IOException {
    try (ModelStore store = open()) {
      BlobChunks chunks;
      try (PartialBlob partial = store.openPartial(FILE).orElseThrow()) {
        chunks = partial.chunks();
      }
      assertThatThrownBy(() -> chunks.write(0, chunk(chunks, 0)))
          .isInstanceOf(StoreException.class);
    }
  }

  @Test
  void keepsTheBeginningOfAChunkForTheNextTry() {
    try (ModelStore store = open()) {
      try (PartialBlob partial = store.openPartial(FILE).orElseThrow()) {
        BlobChunks chunks = partial.chunks();
        chunks.write(0, chunk(chunks, 0));
        chunks.keepBeginning(1, chunk(chunks, 1).limit(5));
        chunks.keepBeginning(1, chunk(chunks, 1).limit(9));
      }
      try (PartialBlob partial = store.openPartial(FILE).orElseThrow()) {
        BlobChunks chunks = partial.chunks();
        assertThat(chunks.verified()).isEqualTo(BitSet.valueOf(new long[] {1}));
        assertThat(chunks.beginning(1)).isEqualTo(chunk(chunks, 1).limit(9));
        assertThat(chunks.beginning(0).hasRemaining()).as("it is there").isFalse();
        assertThat(chunks.beginning(2).hasRemaining()).isFalse();
      }
    }
  }

  @Test
  void aBeginningIsNotKeptWhereItsEndCouldNotBeTold() {
    try (ModelStore store = open();
        PartialBlob partial = store.openPartial(FILE).orElseThrow()) {
      BlobChunks chunks = partial.chunks();
      chunks.write(2, chunk(chunks, 2));
      chunks.keepBeginning(0, chunk(chunks, 0).limit(5));
      assertThat(chunks.beginning(0).hasRemaining()).isFalse();
    }
  }

  @Test
  void aBeginningNeverFallsOverAChunkThatIsThere() {
    try (ModelStore store = open();
        PartialBlob partial = store.openPartial(FILE).orElseThrow()) {
      BlobChunks chunks = partial.chunks();
      chunks.write(0, chunk(chunks, 0));
      chunks.keepBeginning(0, ByteBuffer.allocate(100));
      assertThat(chunks.read(0)).isEqualTo(chunk(chunks, 0));
      assertThatIllegalArgumentException()
          .isThrownBy(() -> chunks.keepBeginning(3, chunk(chunks, 3)));
    }
  }
}
