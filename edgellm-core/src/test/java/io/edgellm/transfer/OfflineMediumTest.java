package io.edgellm.transfer;

import static io.edgellm.model.Artifact.CHUNK_BYTES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.edgellm.model.Artifact;
import io.edgellm.store.ModelStore;
import io.edgellm.store.PartialBlob;
import io.edgellm.store.StoreOptions;
import io.edgellm.transfer.ArtifactSource.BlobStream;
import io.edgellm.transfer.TransferException.Reason;
import io.edgellm.transfer.TransferListener.TransferEvent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class OfflineMediumTest {
  private static final byte[] BLOB = SampleBlob.bytes(2 * CHUNK_BYTES + 5, 9);
  private static final Artifact ARTIFACT = SampleBlob.artifact(BLOB);

  @TempDir Path dir;
  private Path stick;
  private Path blob;
  private ArtifactSource source;

  @BeforeEach
  void plugIn() throws IOException {
    stick = dir.resolve("stick");
    blob = Files.createDirectories(stick.resolve("blobs/sha256")).resolve(ARTIFACT.sha256().hex());
    Files.write(blob, BLOB);
    Files.writeString(dir.resolve("secret"), "not for the stick");
    source = new DirectoryArtifactSource(stick);
  }

  private TransferException refusal(String path) {
    return catchThrowableOfType(TransferException.class, () -> source.open(path, 0));
  }

  @Test
  void aPartOfAFileIsNoMore() throws IOException {
    try (BlobStream part = source.open(ARTIFACT.sha256(), 10, 5)) {
      assertThat(part.offsetBytes()).isEqualTo(10);
      assertThat(part.bytes().readAllBytes()).isEqualTo(Arrays.copyOfRange(BLOB, 10, 15));
    }
  }

  @Test
  void aLinkThatLeadsOutIsRefusedAndOneThatStaysInsideIsFollowed() throws IOException {
    Files.createSymbolicLink(stick.resolve("out"), dir.resolve("secret"));
    Files.createSymbolicLink(stick.resolve("up"), Path.of(".."));
    Files.createSymbolicLink(stick.resolve("in"), blob);
    assertThat(refusal("out").reason()).isEqualTo(Reason.REFUSED);
    assertThat(refusal("up/secret").reason()).isEqualTo(Reason.REFUSED);
    assertThatThrownBy(() -> source.document("out", 100)).isInstanceOf(TransferException.class);
    assertThat(source.document("in", BLOB.length)).isEqualTo(BLOB);
  }

  @Test
  void aLinkToNowhereIsNotFoundAndACircleCannotBeRead() throws IOException {
    Files.createSymbolicLink(stick.resolve("nowhere"), dir.resolve("absent"));
    Files.createSymbolicLink(stick.resolve("circle"), stick.resolve("circle"));
    assertThat(refusal("nowhere").reason()).isEqualTo(Reason.NOT_FOUND);
    assertThat(refusal("circle").reason()).isEqualTo(Reason.IO);
  }

  @Test
  void whatIsNoFileIsRefusedBeforeItIsOpened() throws IOException, InterruptedException {
    assertThat(refusal("blobs").reason()).isEqualTo(Reason.REFUSED);
    Path mkfifo = Path.of("/usr/bin/mkfifo");
    assumeTrue(Files.isExecutable(mkfifo), "There is no mkfifo on this machine.");
    assertThat(new ProcessBuilder(mkfifo.toString(), stick + "/pipe").start().waitFor()).isZero();
    assertThat(refusal("pipe").reason()).isEqualTo(Reason.REFUSED);
  }

  @Test
  void aMediumThatIsPulledOutIsWaitedForAndGoneOnWith() throws IOException {
    VirtualClock clock = new VirtualClock(Instant.EPOCH);
    Path away = dir.resolve("pocket");
    clock.at(Duration.ofSeconds(3), () -> move(away, stick));
    try (ModelStore store = ModelStore.open(dir.resolve("store"), StoreOptions.defaults());
        PartialBlob partial = store.openPartial(ARTIFACT).orElseThrow()) {
      move(stick, away);
      TransferException gone =
          catchThrowableOfType(TransferException.class, () -> source.open(ARTIFACT.sha256(), 0));
      assertThat(gone.reason()).isEqualTo(Reason.UNREACHABLE);
      assertThat(gone).hasMessageContaining(stick.toString()).hasMessageContaining("medium");
      new BlobDownload(
              source,
              TransferOptions.defaults()
                  .withAttempts(100)
                  .withPauses(Duration.ofSeconds(1), Duration.ofSeconds(1)),
              TransferLimits.none(),
              new SplittableRandom(1),
              clock)
          .fetch(partial.chunks(), OfflineMediumTest::ignore);
      partial.commit();
    }
  }

  private static void ignore(TransferEvent event) {}

  private static void move(Path from, Path to) {
    try {
      Files.move(from, to);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void aFileThatCannotBeReadIsNamedWithThePlace() throws IOException {
    Path memory = Path.of("/proc/self/mem");
    assumeTrue(Files.isReadable(memory), "This machine has no file that breaks when it is read.");
    ArtifactSource broken = new DirectoryArtifactSource(Path.of("/proc/self"));
    try (BlobStream stream = broken.open("mem", 1)) {
      TransferException e =
          catchThrowableOfType(TransferException.class, () -> stream.bytes().read());
      assertThat(e.reason()).isEqualTo(Reason.IO);
      assertThat(e)
          .hasMessageContaining("mem' cannot be read at byte 1")
          .hasMessageContaining("medium");
    }
  }

  @Test
  void aStreamThatItsReaderClosesIsNotTheMediumsFault() throws IOException {
    BlobStream stream = source.open(ARTIFACT.sha256(), 0);
    stream.close();
    assertThatThrownBy(() -> stream.bytes().read()).isInstanceOf(ClosedChannelException.class);
  }

  @Test
  void aFileAmongManyIsFoundByItsName() throws IOException {
    for (int i = 0; i < 2_000; i++) {
      Files.createFile(blob.resolveSibling("other-" + i));
    }
    try (BlobStream stream = source.open(ARTIFACT.sha256(), BLOB.length - 1)) {
      assertThat(stream.bytes().readAllBytes()).hasSize(1);
    }
  }
}
