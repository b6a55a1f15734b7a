package io.edgellm.transfer;

import static io.edgellm.model.Artifact.CHUNK_BYTES;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.edgellm.model.Artifact;
import io.edgellm.store.ModelStore;
import io.edgellm.store.PartialBlob;
import io.edgellm.store.StoreOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class NginxTest {
  // What a server that compresses would rather not send as it is.
  private static final byte[] BLOB = "a".repeat(4 * CHUNK_BYTES + 123).getBytes(US_ASCII);
  private static final Artifact ARTIFACT = SampleBlob.artifact(BLOB);

  @TempDir Path dir;
  private Path root;

  @BeforeEach
  void publish() throws IOException {
    root = dir.resolve("repository");
    Path blobs = Files.createDirectories(root.resolve("blobs/sha256"));
    Files.write(blobs.resolve(ARTIFACT.sha256().hex()), BLOB);
    Files.writeString(root.resolve("index.json"), "{}".repeat(1000));
  }

  private NginxServer nginx(String more) throws IOException, InterruptedException {
    return new NginxServer(Files.createDirectories(dir.resolve("nginx")), root, more);
  }

  private void fetch(ArtifactSource source, int... wanted) {
    try (ModelStore store = ModelStore.open(dir.resolve("store"), StoreOptions.defaults());
        PartialBlob partial = store.openPartial(ARTIFACT).orElseThrow()) {
      BlobDownload download =
          new BlobDownload(source, TransferOptions.defaults(), new SplittableRandom(1));
      BitSet chunks = new BitSet();
      for (int chunk : wanted) {
        chunks.set(chunk);
      }
      download.fetch(partial.chunks(), chunks, event -> {});
      if (partial.chunks().isComplete()) {
        partial.commit();
      }
    }
  }

  @Test
  void rangesOfMissingChunksComeAsTheyAreAndNoByteTwice() throws Exception {
    try (NginxServer server = nginx("")) {
      HttpArtifactSource source = HttpArtifactSource.at(server.uri());
      fetch(source, 1, 3);
      fetch(source, 0, 1, 2, 3, 4);
      assertThat(server.log())
          .containsExactly(
              "206 bytes=1048576-2097151 1048576",
              "206 bytes=3145728-4194303 1048576",
              "206 bytes=0-1048575 1048576",
              "206 bytes=2097152-3145727 1048576",
              "206 bytes=4194304- 123");
    }
  }

  @Test
  void aServerWithoutRangesAndWithALimitServesTheSame() throws Exception {
    try (NginxServer server = nginx("max_ranges 0; limit_rate 40m;")) {
      HttpArtifactSource source = HttpArtifactSource.at(server.uri());
      fetch(source, 1);
      fetch(source, 0, 1, 2, 3, 4);
      assertThat(server.log()).allSatisfy(line -> assertThat(line).startsWith("200 "));
    }
  }

  @Test
  void aDocumentIsNotCompressedForWhoeverDoesNotAskForIt() throws Exception {
    try (NginxServer server = nginx("")) {
      assertThat(HttpArtifactSource.at(server.uri()).document("index.json", 2000)).hasSize(2000);
      assertThat(server.log()).containsExactly("200 - 2000");
    }
  }
}
