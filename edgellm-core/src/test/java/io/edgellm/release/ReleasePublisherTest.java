package io.edgellm.release;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.edgellm.internal.io.ProcessLocks;
import io.edgellm.model.Artifact;
import io.edgellm.model.ModelVersion;
import io.edgellm.model.ReleaseManifest;
import io.edgellm.model.Sha256;
import io.edgellm.trust.PolicyModelVerifier;
import io.edgellm.trust.SignedRelease;
import io.edgellm.trust.TrustPolicy;
import io.edgellm.trust.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ReleasePublisherTest {
  private final ReleaseSigner signer = ReleaseSigner.generate();

  @TempDir Path temporary;
  private Path model;
  private Path repository;
  private ReleasePublisher publisher;

  @BeforeEach
  void prepare() throws IOException {
    model = SampleRelease.copyModel(temporary);
    repository = temporary.resolve("repository");
    publisher = new ReleasePublisher(repository);
  }

  private SignedRelease sign(String version) {
    return signer.sign(SampleRelease.describe(model, "assistant", version).build());
  }

  private PublishedRelease publish(SignedRelease release) {
    return publisher.publish(release, model, PublishListener.silent());
  }

  private ReleaseIndex index() throws IOException {
    return ReleaseIndex.fromJson(
        Files.readAllBytes(repository.resolve("models/assistant/index.json")));
  }

  @Test
  void laysOutARepositoryThatAStaticServerCanServe() throws IOException {
    SignedRelease release = sign("1.0.0+onnx-int8");
    publish(release);

    Path version = repository.resolve("models/assistant/1.0.0+onnx-int8");
    assertThat(version.resolve("release.json")).hasBinaryContent(release.manifestJson());
    assertThat(version.resolve("release.sig")).hasBinaryContent(release.signature());
    for (Artifact file : release.manifest().files()) {
      Path blob = repository.resolve("blobs/sha256").resolve(file.sha256().hex());
      assertThat(Sha256.of(blob)).isEqualTo(file.sha256());
    }
    assertThat(index().releases())
        .containsExactly(
            new ReleaseIndex.Entry(
                release.manifest().version(), Sha256.of(release.manifestJson())));
  }

  @Test
  void whatItPublishesVerifiesOnADevice() throws IOException {
    publish(sign("1.0.0"));

    Path device = Files.createDirectory(temporary.resolve("device"));
    Path version = repository.resolve("models/assistant/1.0.0");
    for (String name : List.of("release.json", "release.sig")) {
      Files.copy(version.resolve(name), device.resolve(name));
    }
    ReleaseManifest manifest =
        ReleaseManifest.fromJson(Files.readAllBytes(device.resolve("release.json")));
    for (Artifact file : manifest.files()) {
      Files.copy(
          repository.resolve("blobs/sha256").resolve(file.sha256().hex()),
          device.resolve(file.path()));
    }
    TrustPolicy policy =
        TrustPolicy.builder()
            .signer("ci", signer.publicKey(), "assistant")
            .signatureAlone()
            .build();
    assertThat(PolicyModelVerifier.of(policy).verify(device)).isInstanceOf(Verdict.Verified.class);
  }

  @Test
  void writesEachContentOnce() throws IOException {
    publish(sign("1.0.0"));
    Files.writeString(model.resolve("chat_template.jinja"), "another template");
    PublishedRelease second = publish(sign("1.1.0"));

    assertThat(second.writtenBytes()).isEqualTo("another template".length());
    assertThat(second.reusedBytes()).isGreaterThan(5_000_000);
    assertThat(index().releases()).hasSize(2);
    assertThat(index().latest().orElseThrow().version()).isEqualTo(ModelVersion.parse("1.1.0"));
  }

  @Test
  void publishingTheSameReleaseAgainChangesNothing() throws IOException {
    SignedRelease release = sign("1.0.0");
    publish(release);
    assertThat(publish(release).writtenBytes()).isZero();
    assertThat(index().releases()).hasSize(1);
  }

  @Test
  void refusesAPublishedVersionWithOtherBytes() throws IOException {
    publish(sign("1.0.0"));
    Files.writeString(model.resolve("chat_template.jinja"), "another template");
    SignedRelease other = sign("1.0.0");
    assertThatThrownBy(() -> publish(other))
        .isInstanceOfSatisfying(
            ReleaseException.class,
            e -> assertThat(e.reason()).isEqualTo(ReleaseException.Reason.EXISTS));
  }

  private SignedRelease sign(String version, long rollbackIndex) {
    return signer.sign(
        SampleRelease.describe(model, "assistant", version).rollbackIndex(rollbackIndex).build());
  }

  @Test
  void refusesARollbackIndexThatGoesDown() throws IOException {
    publish(sign("1.0.0", 1));
    publish(sign("1.1.0+onnx-int8", 3));
    SignedRelease lower = sign("1.2.0", 2);
    assertThatThrownBy(() -> publish(lower))
        .isInstanceOfSatisfying(
            ReleaseException.class,
            e -> {
              assertThat(e.reason()).isEqualTo(ReleaseException.Reason.ROLLBACK_INDEX);
              assertThat(e.getMessage()).contains("1.2.0", "is 2", "1.1.0+onnx-int8", "is 3");
            });
    assertThat(repository.resolve("models/assistant/1.2.0")).doesNotExist();
    assertThat(index().releases()).hasSize(2);
  }

  @Test
  void aLowerVersionMayHaveALowerRollbackIndex() throws IOException {
    publish(sign("2.0.0", 3));
    publish(sign("1.9.1", 2));
    publish(sign("2.0.0+onnx-int8", 2));
    publish(sign("2.1.0", 3));
    assertThat(index().releases()).hasSize(4);
  }

  @Test
  void refusesAFileThatChangedAfterItWasSigned() throws IOException {
    SignedRelease release = sign("1.0.0");
    Files.writeString(model.resolve("tokenizer.json"), "{}");
    assertThatThrownBy(() -> publish(release))
        .isInstanceOfSatisfying(
            ReleaseException.class,
            e -> assertThat(e.reason()).isEqualTo(ReleaseException.Reason.CHANGED));
    assertThat(repository.resolve("models")).doesNotExist();
  }

  private void assertChanged(SignedRelease release, String file) {
    assertThatThrownBy(() -> publish(release))
        .isInstanceOfSatisfying(
            ReleaseException.class,
            e -> {
              assertThat(e.reason()).isEqualTo(ReleaseException.Reason.CHANGED);
              assertThat(e.subject()).contains(file);
            });
  }

  @Test
  void refusesAChangedFileWhoseContentIsThereAlready() throws IOException {
    publish(sign("1.0.0"));
    SignedRelease next = sign("1.1.0");
    Files.writeString(model.resolve("tokenizer.json"), "{}");
    assertChanged(next, "tokenizer.json");
    assertThat(repository.resolve("models/assistant/1.1.0")).doesNotExist();
  }

  @Test
  void refusesADeletedFileWhoseContentIsThereAlready() throws IOException {
    publish(sign("1.0.0"));
    SignedRelease next = sign("1.1.0");
    Files.delete(model.resolve("tokenizer.json"));
    assertChanged(next, "tokenizer.json");
    assertThat(repository.resolve("models/assistant/1.1.0")).doesNotExist();
  }

  @Test
  void publishingAgainHealsADamagedBlob() throws IOException {
    SignedRelease release = sign("1.0.0");
    publish(release);
    Artifact file = release.manifest().file("tokenizer.json").orElseThrow();
    Path blob = repository.resolve("blobs/sha256").resolve(file.sha256().hex());
    byte[] bytes = Files.readAllBytes(blob);
    bytes[bytes.length / 2] ^= 1;
    Files.write(blob, bytes);

    assertThat(publish(release).writtenBytes()).isEqualTo(file.sizeBytes());
    assertThat(Sha256.of(blob)).isEqualTo(file.sha256());
  }

  @Test
  void tellsHowFarItIsWhenEverythingIsThere() {
    SignedRelease release = sign("1.0.0");
    publish(release);
    List<Long> done = new ArrayList<>();
    publisher.publish(release, model, (artifact, doneBytes, totalBytes) -> done.add(doneBytes));
    assertThat(done).isSorted().endsWith(release.manifest().totalBytes());
    assertThat(done.size()).isGreaterThan(release.manifest().files().size());
  }

  @Test
  void finishesAPublicationThatWasCutOff() throws IOException {
    SignedRelease release = sign("1.0.0");
    Path blobs = Files.createDirectories(repository.resolve("blobs/sha256"));
    String weights = release.manifest().file("model.onnx.data").orElseThrow().sha256().hex();
    Files.writeString(blobs.resolve(weights + ".tmp"), "half of it");
    Path staging = Files.createDirectories(repository.resolve("models/assistant/.1.0.0.tmp"));
    Files.writeString(staging.resolve("release.json"), "half of it");

    publish(release);

    assertThat(repository.resolve("models/assistant/1.0.0/release.json"))
        .hasBinaryContent(release.manifestJson());
    assertThat(staging).doesNotExist();
    assertThat(names(blobs)).noneMatch(n -> n.endsWith(".tmp"));
  }

  @Test
  void refusesASecondPublisherAtTheSameTime() throws IOException {
    SignedRelease release = sign("1.0.0");
    Files.createDirectories(repository);
    try (ProcessLocks locks = ProcessLocks.open(repository.resolve(".publish.lock"))) {
      ProcessLocks.Held held = locks.tryExclusive("publish").orElseThrow();
      assertThatThrownBy(() -> publish(release))
          .isInstanceOfSatisfying(
              ReleaseException.class,
              e -> assertThat(e.reason()).isEqualTo(ReleaseException.Reason.BUSY));
      held.close();
    }
  }

  @Test
  void tellsHowFarItIs() {
    SignedRelease release = sign("1.0.0");
    List<Long> done = new ArrayList<>();
    publisher.publish(
        release,
        model,
        (artifact, doneBytes, totalBytes) -> {
          assertThat(totalBytes).isEqualTo(release.manifest().totalBytes());
          done.add(doneBytes);
        });
    assertThat(done).isSorted().endsWith(release.manifest().totalBytes());
    assertThat(done.size()).isGreaterThan(release.manifest().files().size());
  }

  private static List<String> names(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(f -> f.getFileName().toString()).toList();
    }
  }
}
