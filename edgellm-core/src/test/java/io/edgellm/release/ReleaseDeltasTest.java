package io.edgellm.release;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.edgellm.delta.DeltaDecoder;
import io.edgellm.delta.DeltaException;
import io.edgellm.delta.DeltaListener;
import io.edgellm.model.Delta;
import io.edgellm.model.ReleaseManifest;
import io.edgellm.model.Sha256;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A release with deltas from an earlier one, in a repository. */
class ReleaseDeltasTest {
  private static final String WEIGHTS = "model.onnx.data";

  @TempDir Path temp;
  private final ReleaseSigner signer = ReleaseSigner.generate();
  private Path repository = Path.of("");
  private Path oldDirectory = Path.of("");
  private Path newDirectory = Path.of("");

  @BeforeEach
  void makeTwoReleases() throws IOException {
    repository = temp.resolve("repository");
    oldDirectory = SampleRelease.copyModel(temp);
    newDirectory = SampleRelease.copyModel(temp);
    byte[] weights = Files.readAllBytes(newDirectory.resolve(WEIGHTS));
    for (int i = 100_000; i < 200_000; i += 50) {
      weights[i] ^= 1;
    }
    Files.write(newDirectory.resolve(WEIGHTS), weights);
  }

  @Test
  void makesADeltaForTheFileThatChangedAndForNoOther() throws IOException {
    List<Delta> deltas = make(List.of(inDirectory(oldDirectory, "1.0.0")));
    assertThat(deltas).hasSize(1);
    assertThat(deltas.get(0).base()).isEqualTo(Sha256.of(oldDirectory.resolve(WEIGHTS)));
    assertThat(deltas.get(0).target()).isEqualTo(Sha256.of(newDirectory.resolve(WEIGHTS)));
    assertThat(deltas.get(0).file().sizeBytes()).isLessThan(3000);
  }

  @Test
  void makesTheNewFileFromTheBlobsAlone() throws IOException {
    publish(oldDirectory, "1.0.0", List.of());
    ReleaseFiles old =
        ReleaseFiles.published(
            SampleRelease.describe(oldDirectory, "assistant", "1.0.0").build(), repository);
    Delta delta = make(List.of(old)).get(0);
    publish(newDirectory, "1.1.0", List.of(delta));
    assertThat(applied(delta)).isEqualTo(Files.readAllBytes(newDirectory.resolve(WEIGHTS)));
  }

  private byte[] applied(Delta delta) throws IOException {
    ByteArrayOutputStream made = new ByteArrayOutputStream();
    try (FileChannel file = FileChannel.open(blob(delta.file().sha256()));
        FileChannel base = FileChannel.open(blob(delta.base()))) {
      DeltaDecoder decoder = DeltaDecoder.open(delta, file, base);
      BitSet all = new BitSet();
      all.set(0, decoder.segments());
      decoder.decode(
          all,
          (chunk, bytes) -> {
            byte[] copy = new byte[bytes.remaining()];
            bytes.get(copy);
            made.writeBytes(copy);
            return true;
          });
    }
    return made.toByteArray();
  }

  @Test
  void refusesToPublishADeltaThatIsNotABlob() throws IOException {
    Delta delta = make(List.of(inDirectory(oldDirectory, "1.0.0"))).get(0);
    Files.delete(blob(delta.file().sha256()));
    assertThatThrownBy(() -> publish(newDirectory, "1.1.0", List.of(delta)))
        .isInstanceOfSatisfying(
            ReleaseException.class,
            e -> assertThat(e.reason()).isEqualTo(ReleaseException.Reason.MISSING));
    assertThat(repository.resolve("models/assistant/1.1.0")).doesNotExist();
  }

  @Test
  void refusesToPublishADeltaThatIsDamaged() throws IOException {
    Delta delta = make(List.of(inDirectory(oldDirectory, "1.0.0"))).get(0);
    Files.write(blob(delta.file().sha256()), new byte[5]);
    assertThatThrownBy(() -> publish(newDirectory, "1.1.0", List.of(delta)))
        .isInstanceOf(ReleaseException.class);
  }

  @Test
  void makesNothingForTheSameFilesAgain() {
    assertThat(
            make(List.of(inDirectory(oldDirectory, "1.0.0"), inDirectory(oldDirectory, "1.0.1"))))
        .hasSize(1);
    assertThat(make(List.of(inDirectory(newDirectory, "1.0.0")))).isEmpty();
  }

  @Test
  void leavesOutADeltaThatIsNotWorthwhile() throws IOException {
    byte[] noise = new byte[(int) Files.size(oldDirectory.resolve(WEIGHTS))];
    new java.util.Random(1).nextBytes(noise);
    Files.write(newDirectory.resolve(WEIGHTS), noise);
    assertThat(make(List.of(inDirectory(oldDirectory, "1.0.0")))).isEmpty();
  }

  @Test
  void findsAFileThatWasRenamedByItsRole() throws IOException {
    Files.move(oldDirectory.resolve(WEIGHTS), oldDirectory.resolve("weights.onnx.data"));
    assertThat(make(List.of(inDirectory(oldDirectory, "1.0.0")))).hasSize(1);
  }

  @Test
  void refusesAFileThatIsNotTheOneOfItsManifest() throws IOException {
    ReleaseFiles old = inDirectory(oldDirectory, "1.0.0");
    byte[] weights = Files.readAllBytes(oldDirectory.resolve(WEIGHTS));
    weights[0] ^= 1;
    Files.write(oldDirectory.resolve(WEIGHTS), weights);
    assertThatThrownBy(() -> make(List.of(old)))
        .isInstanceOfSatisfying(
            ReleaseException.class,
            e -> assertThat(e.reason()).isEqualTo(ReleaseException.Reason.CHANGED));
  }

  @Test
  void leavesNothingBehindWhenItIsCancelled() throws IOException {
    assertThatThrownBy(
            () ->
                new ReleaseDeltas(repository, TensorAligner.none())
                    .make(
                        inDirectory(newDirectory, "1.1.0"),
                        List.of(inDirectory(oldDirectory, "1.0.0")),
                        DeltaListener.silent(),
                        () -> true))
        .isInstanceOf(DeltaException.class);
    try (var blobs = Files.list(BlobWriter.directoryIn(repository))) {
      assertThat(blobs).isEmpty();
    }
  }

  private List<Delta> make(List<ReleaseFiles> bases) {
    return new ReleaseDeltas(repository, TensorAligner.none())
        .make(inDirectory(newDirectory, "1.1.0"), bases, DeltaListener.silent(), () -> false);
  }

  private static ReleaseFiles inDirectory(Path directory, String version) {
    return ReleaseFiles.inDirectory(
        SampleRelease.describe(directory, "assistant", version).build(), directory);
  }

  private void publish(Path directory, String version, List<Delta> deltas) {
    ReleaseBuilder builder = SampleRelease.describe(directory, "assistant", version);
    deltas.forEach(builder::delta);
    ReleaseManifest manifest = builder.build();
    new ReleasePublisher(repository)
        .publish(signer.sign(manifest), directory, PublishListener.silent());
  }

  private Path blob(Sha256 digest) {
    return BlobWriter.directoryIn(repository).resolve(digest.hex());
  }
}
