package io.edgellm.transfer.s3;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.edgellm.model.Artifact;
import io.edgellm.transfer.ArtifactSource.BlobStream;
import io.edgellm.transfer.HttpReader;
import io.edgellm.transfer.MeteredSource;
import io.edgellm.transfer.RepositoryScene;
import io.edgellm.transfer.TransferException;
import io.edgellm.transfer.TransferException.Reason;
import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
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
    bucket = mock.upload("fleet", scene.repository());
  }

  @AfterAll
  static void stop() {
    if (mock != null) {
      mock.close();
    }
  }

  private static S3ArtifactSource source() {
    return S3ArtifactSource.signed(
        bucket, () -> S3Credentials.of("id", "secret"), InstantSource.system(), READER);
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
    mock.put("fleet", "note", file);
    try (S3ArtifactSource source = source()) {
      source.open("note", 0).close();
      try (BlobStream rest = source.open("note", 4)) {
        assertThat(rest.offsetBytes()).isEqualTo(4);
        assertThat(rest.bytes().readAllBytes()).asString(UTF_8).isEqualTo("first text");
      }
      mock.put("fleet", "note", Files.writeString(file, "another text"));
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
