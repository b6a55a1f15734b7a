package io.edgellm.transfer.s3;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.edgellm.model.Artifact;
import io.edgellm.model.Sha256;
import io.edgellm.publish.PushListener;
import io.edgellm.publish.PushReport;
import io.edgellm.publish.S3Target;
import io.edgellm.publish.WorkingCopy;
import io.edgellm.release.ReleaseException;
import io.edgellm.transfer.ArtifactSource.BlobStream;
import io.edgellm.transfer.HttpReader;
import io.edgellm.transfer.MeteredSource;
import io.edgellm.transfer.RepositoryScene;
import io.edgellm.transfer.TransferControl;
import io.edgellm.transfer.TransferException;
import io.edgellm.transfer.TransferException.Reason;
import io.edgellm.transfer.UploadBody;
import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The whole way of a release through a store that somebody else has written. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
final class S3MockTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final HttpReader READER = new HttpReader(HttpClient.newHttpClient(), PATIENCE);
  private static final String VERSION = "1.0.0+onnx-int4";

  @TempDir static Path shared;
  private static S3Mock mock;
  private static RepositoryScene scene;
  private static S3Bucket bucket;

  @BeforeAll
  static void publish() throws IOException, InterruptedException {
    mock = S3Mock.start();
    scene = new RepositoryScene(shared);
    scene.publish(VERSION);
    bucket = mock.bucket("fleet").withPrefix("edge");
    push();
  }

  private static PushReport push() {
    return push(scene, S3Target.of(bucket, S3MockTest::key, InstantSource.system(), READER));
  }

  private static PushReport push(RepositoryScene publisher, S3Target target) {
    return WorkingCopy.of(publisher.repository(), target).push(PushListener.silent());
  }

  private static S3Credentials key() {
    return S3Credentials.of("id", "secret");
  }

  @AfterAll
  static void stop() {
    if (mock != null) {
      mock.close();
    }
  }

  private static S3ArtifactSource source() {
    return S3ArtifactSource.signed(bucket, S3MockTest::key, InstantSource.system(), READER);
  }

  @Test
  void aDeviceLivesFromABucketAlone() throws IOException {
    try (S3ArtifactSource source = source();
        RepositoryScene.Device device = scene.device("whole", source)) {
      Path installed = device.deliver(VERSION).directory();
      assertThat(installed.resolve("model.onnx")).hasSize(RepositoryScene.MODEL_BYTES);
      assertThat(device.verify(VERSION).title()).isEqualTo("assistant " + VERSION);
      assertThat(device.papersOf(VERSION)).isEqualTo(2);
    }
    assertThat(push().isChanged()).isFalse();
  }

  @Test
  void ofTwoPublishersTheStoreLetsOneWin() throws IOException {
    S3Target target =
        S3Target.of(bucket.withPrefix("rivals"), S3MockTest::key, InstantSource.system(), READER);
    RepositoryScene one = new RepositoryScene(Files.createDirectory(shared.resolve("one")));
    push(one, target);
    RepositoryScene other = one.elsewhere(shared.resolve("other"));
    WorkingCopy.of(other.repository(), target).pull(PushListener.silent());
    one.publish("1.1.0");
    other.publish("1.2.0");
    push(other, target);
    assertThat(catchThrowableOfType(ReleaseException.class, () -> push(one, target)))
        .hasMessageContaining("pull, and publish again");
  }

  @Test
  void aLargeObjectIsMadeOfPartsThatTheStoreTellsOf() throws IOException {
    S3Objects objects = new S3Objects(bucket, S3MockTest::key, InstantSource.system(), READER);
    TransferControl control = new TransferControl();
    Path file = Files.write(shared.resolve("large"), new byte[(5 << 20) + 3]);
    Map<String, String> noted = S3Objects.noting(Sha256.of(file));
    String upload = objects.begin("large", noted, control);
    objects.part("large", upload, 1, UploadBody.of(file, 0, 5 << 20), control);
    assertThat(objects.uploads("lar")).extracting(S3Objects.OpenUpload::id).contains(upload);
    objects.part("large", upload, 2, UploadBody.of(file, 5 << 20, 3), control);
    List<S3Objects.Part> parts = objects.parts("large", upload);
    assertThat(parts).extracting(S3Objects.Part::sizeBytes).containsExactly(5L << 20, 3L);
    assertThat(objects.complete("large", upload, parts, control)).isTrue();
    assertThat(objects.head("large").orElseThrow().sha256()).hasValue(Sha256.of(file));
    assertThat(objects.part("large", upload, 1, UploadBody.of(new byte[0]), control)).isEmpty();
  }

  @Test
  void whatIsCutInTheMiddleGoesOnAfterARestartWithNoByteTwice() throws IOException {
    MeteredSource cut = new MeteredSource(source(), Artifact.CHUNK_BYTES);
    try (RepositoryScene.Device device = scene.device("cut", cut)) {
      assertThat(catchThrowableOfType(TransferException.class, () -> device.deliver(VERSION)))
          .hasMessageContaining("the line is cut");
    }
    MeteredSource rest = new MeteredSource(source(), Long.MAX_VALUE);
    try (RepositoryScene.Device device = scene.device("cut", rest)) {
      long releaseBytes = device.deliver(VERSION).manifest().totalBytes();
      assertThat(cut.receivedBytes()).isGreaterThanOrEqualTo(Artifact.CHUNK_BYTES);
      assertThat(cut.receivedBytes() + rest.receivedBytes()).isEqualTo(releaseBytes);
      assertThat(device.verify(VERSION).title()).isEqualTo("assistant " + VERSION);
    }
  }

  @Test
  void anObjectThatWasReplacedIsReadFromItsBeginning() throws Exception {
    Path file = Files.writeString(shared.resolve("first"), "the first text");
    mock.put("fleet", "edge/note", file);
    try (S3ArtifactSource source = source()) {
      source.open("note", 0).close();
      try (BlobStream rest = source.open("note", 4)) {
        assertThat(rest.offsetBytes()).isEqualTo(4);
        assertThat(rest.bytes().readAllBytes()).asString(UTF_8).isEqualTo("first text");
      }
      mock.put("fleet", "edge/note", Files.writeString(file, "another text"));
      try (BlobStream whole = source.open("note", 4)) {
        assertThat(whole.offsetBytes()).isZero();
        assertThat(whole.bytes().readAllBytes()).asString(UTF_8).isEqualTo("another text");
      }
    }
  }

  @Test
  void whatIsNotThereIsNotFoundAndWhatIsTooShortIsRefused() {
    try (S3ArtifactSource source = source();
        S3ArtifactSource nowhere =
            S3ArtifactSource.anonymous(S3Bucket.at(mock.endpoint(), "no-such-bucket"), READER)) {
      assertThat(refusal(source, "absent", 0).reason()).isEqualTo(Reason.NOT_FOUND);
      assertThat(refusal(nowhere, "absent", 0)).hasMessageContaining("NoSuchBucket");
      assertThat(refusal(source, "metadata/timestamp.json", 1 << 20))
          .hasMessageContaining("InvalidRange");
    }
  }

  private static TransferException refusal(S3ArtifactSource source, String path, long offset) {
    return catchThrowableOfType(TransferException.class, () -> source.open(path, offset));
  }
}
