package io.edgellm.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.edgellm.publish.BucketServer.Fault;
import io.edgellm.release.ReleaseException;
import io.edgellm.transfer.HttpReader;
import io.edgellm.transfer.RepositoryScene;
import io.edgellm.transfer.TransferControl;
import io.edgellm.transfer.TransferException;
import io.edgellm.transfer.TransferException.Reason;
import io.edgellm.transfer.TransferOptions;
import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A repository that is pushed to a bucket, by a store that goes wrong in every way it can. */
final class S3TargetTest {
  private static final String VERSION = "1.0.0+onnx-int4";
  private static final String PARTS = "PUT edge/blobs/.*partNumber.*";
  private static final HttpReader READER =
      new HttpReader(HttpClient.newHttpClient(), Duration.ofSeconds(30));

  @TempDir static Path offices;
  private static RepositoryScene office;

  @TempDir Path dir;
  private BucketServer store;
  private S3Target bucket;

  @BeforeAll
  static void publishTheFirstRelease() {
    office = new RepositoryScene(offices);
    office.publish(VERSION);
  }

  @BeforeEach
  void start() throws IOException {
    store = new BucketServer();
    bucket =
        S3Target.of(store.bucket(), () -> BucketServer.KEY, InstantSource.system(), READER)
            .withParts(1 << 20, 2);
  }

  @AfterEach
  void stop() {
    store.close();
  }

  private WorkingCopy copy(RepositoryScene publisher) {
    TransferOptions hasty =
        TransferOptions.defaults().withAttempts(3).withPauses(Duration.ZERO, Duration.ZERO);
    return WorkingCopy.builder(publisher.repository(), bucket).options(hasty).build();
  }

  private PushReport push() {
    return copy(office).push(PushListener.silent());
  }

  private RepositoryScene pulled(String name) {
    RepositoryScene publisher = office.elsewhere(dir.resolve(name));
    copy(publisher).pull(PushListener.silent());
    return publisher;
  }

  private void requireInstallable(String version) {
    try (RepositoryScene.Device device = office.device("device of " + version, bucket.source())) {
      device.deliver(version);
      assertThat(device.verify(version).title()).isEqualTo("assistant " + version);
    }
  }

  private TransferException failure() {
    return catchThrowableOfType(TransferException.class, this::push);
  }

  @Test
  void aDeviceInstallsWhatWasPushed() {
    assertThat(push().releases()).containsExactly("assistant " + VERSION);
    assertThat(store.requests(PARTS)).hasSize(3);
    requireInstallable(VERSION);
  }

  @Test
  void aPublisherWithoutADiskPullsPublishesAndPushes() {
    push();
    RepositoryScene job = pulled("job");
    job.publish("1.1.0");
    assertThat(copy(job).push(PushListener.silent()).releases()).containsExactly("assistant 1.1.0");
    requireInstallable("1.1.0");
    requireInstallable(VERSION);
  }

  @Test
  void whatIsThereDoesNotGoAgain() {
    push();
    store.forgetRequests();
    assertThat(push().isChanged()).isFalse();
    assertThat(store.requests("PUT.*")).allMatch(put -> put.contains(S3Target.PROBE));
  }

  @Test
  void aFileThatWasCopiedThereByOtherMeansIsReadOnceToFindOutWhatItIs() throws IOException {
    Path blobs = office.repository().resolve("blobs/sha256");
    try (var files = Files.list(blobs)) {
      for (Path file : files.toList()) {
        store.put("edge/blobs/sha256/" + file.getFileName(), Files.readAllBytes(file));
      }
    }
    PushReport report = push();
    assertThat(report.sentBytes()).isZero();
    assertThat(report.skippedBytes()).isGreaterThan(RepositoryScene.MODEL_BYTES);
    requireInstallable(VERSION);
  }

  @Test
  void aPartThatWasCutOffGoesAgain() {
    store.once(PARTS, Fault.cut());
    push();
    requireInstallable(VERSION);
  }

  @Test
  void refusalsForAMomentAreWaitedOut() {
    store.once(PARTS, Fault.status(503, "SlowDown"));
    store.once(PARTS, Fault.status(500, "InternalError"));
    store.once("POST .*uploadId.*", Fault.status(200, "InternalError"));
    store.once("PUT .*release.json.*", Fault.status(429, ""));
    store.once("PUT .*timestamp.json.*", Fault.status(409, "ConditionalRequestConflict"));
    List<PushListener.PushEvent> retries = new ArrayList<>();
    copy(office)
        .push(
            event -> {
              if (event instanceof PushListener.PushEvent.Retry) {
                retries.add(event);
              }
            });
    assertThat(retries).hasSize(5);
    requireInstallable(VERSION);
  }

  @Test
  void partsThatCameBeforeACutAreNotSentAgainByAnotherProcess() {
    store.always("PUT edge/blobs/.*partNumber.*3", Fault.cut());
    assertThat(failure().reason()).isEqualTo(Reason.UNREACHABLE);
    assertThat(store.keys()).noneMatch(key -> key.startsWith("edge/models"));
    store.heal();
    store.forgetRequests();
    push();
    assertThat(store.requests(PARTS)).hasSize(1).allMatch(part -> part.endsWith("3"));
    assertThat(store.openUploads()).isZero();
    requireInstallable(VERSION);
  }

  @Test
  void anUploadThatSomebodyEndsBeginsAnew() {
    store.once(PARTS, Fault.status(404, "NoSuchUpload"));
    push();
    requireInstallable(VERSION);
  }

  @Test
  void aWrongTagOfAPartIsNotTheEnd() {
    store.once(
        PARTS,
        (exchange, server) -> {
          exchange.getRequestBody().readAllBytes();
          exchange.getResponseHeaders().set("ETag", "\"wrong\"");
          BucketServer.answer(exchange, 200, "");
          return true;
        });
    push();
    requireInstallable(VERSION);
  }

  @Test
  void whoMayNotWriteHearsItBeforeAnythingGoes() {
    store.always("PUT.*", Fault.status(403, "AccessDenied"));
    TransferException failure = failure();
    assertThat(failure.reason()).isEqualTo(Reason.FORBIDDEN);
    assertThat(failure).hasMessageContaining("s3:PutObject");
    assertThat(store.keys()).isEmpty();
    assertThat(store.requests("P.*")).hasSize(1);
  }

  @Test
  void aStoreThatDoesNotSayWhatItHasIsNotTakenForAnEmptyOne() {
    store.always("GET.*", Fault.status(403, "AccessDenied"));
    assertThat(failure()).hasMessageContaining("s3:ListBucket");
    TransferException pull =
        catchThrowableOfType(
            TransferException.class, () -> copy(office).pull(PushListener.silent()));
    assertThat(pull.reason()).isEqualTo(Reason.FORBIDDEN);
  }

  @Test
  void aStoreThatLiesAboutWhatItHasTakenIsFoundOutBeforeDevicesAreTold() {
    store.once("PUT .*targets.json.*", Fault.lie());
    assertThat(failure().reason()).isEqualTo(Reason.CORRUPT);
    assertThat(store.keys()).noneMatch(key -> key.endsWith("timestamp.json"));
    push();
    requireInstallable(VERSION);
  }

  @Test
  void ofTwoPublishersAtTheSameTimeOneLosesAsAWhole() {
    push();
    RepositoryScene one = pulled("one");
    one.publish("1.1.0");
    byte[] his = store.get("edge/metadata/1.root.json");
    store.once(
        "PUT .*timestamp.json.*",
        Fault.before(() -> store.put("edge/metadata/timestamp.json", his)));
    assertThat(refusal(one).reason()).isEqualTo(ReleaseException.Reason.OUTDATED);
    assertThat(store.get("edge/metadata/timestamp.json")).isEqualTo(his);
  }

  private ReleaseException refusal(RepositoryScene publisher) {
    return catchThrowableOfType(
        ReleaseException.class, () -> copy(publisher).push(PushListener.silent()));
  }

  @Test
  void whoHasNotPulledWhatAnotherOnePublishedIsRefusedBeforeAnythingIsWritten() {
    push();
    RepositoryScene one = pulled("one");
    RepositoryScene other = pulled("other");
    other.publish("1.1.0");
    copy(other).push(PushListener.silent());
    one.publish("1.2.0");
    List<String> before = store.keys();
    assertThat(refusal(one).reason()).isEqualTo(ReleaseException.Reason.OUTDATED);
    assertThat(store.keys()).isEqualTo(before);
  }

  @Test
  void anAnswerThatIsLostDoesNotMakeAPublisherHisOwnRival() {
    store.loseTheAnswerTo("PUT .*snapshot.json.*");
    store.loseTheAnswerTo("PUT .*timestamp.json.*");
    push();
    requireInstallable(VERSION);
  }

  @Test
  void aStoreThatIgnoresConditionsIsUsedOnlyByThoseWhoSaySo() {
    store.ignoreConditions();
    assertThat(failure()).hasMessageContaining("withoutConditions");
    assertThat(store.keys()).containsExactly("edge/" + S3Target.PROBE);
    bucket = bucket.withoutConditions();
    push();
    requireInstallable(VERSION);
  }

  @Test
  void headersSayHowLongAFileIsGoodForAndHowItIsEncrypted() {
    bucket = bucket.withEncryption(S3Encryption.byKey("alias/models"));
    push();
    assertThat(store.header("edge/metadata/timestamp.json", "cache-control")).isEqualTo("no-cache");
    assertThat(store.header("edge/models/assistant/index.json", "content-type"))
        .isEqualTo("application/json");
    assertThat(store.keys())
        .filteredOn(key -> key.contains("blobs"))
        .isNotEmpty()
        .allSatisfy(
            key -> {
              assertThat(store.header(key, "cache-control")).contains("immutable");
              assertThat(store.header(key, "x-amz-server-side-encryption-aws-kms-key-id"))
                  .isEqualTo("alias/models");
            });
  }

  @Test
  void uploadsThatNobodyEndedForAWeekAreClearedAway() {
    store.abandon("edge/blobs/sha256/abc", Instant.now().minus(Duration.ofDays(8)));
    push();
    assertThat(store.openUploads()).isZero();
  }

  @Test
  void secretsAndNamesOfUploadsAppearInNoMessage() {
    store.always(PARTS, Fault.status(400, "Strange"));
    TransferException failure = failure();
    assertThat(failure.reason()).isEqualTo(Reason.REFUSED);
    assertThat(failure.toString() + bucket)
        .doesNotContain(BucketServer.KEY.secretAccessKey())
        .doesNotContain("uploadId");
  }

  @Test
  void aPushThatIsCancelledEndsAndGoesOnLater() {
    TransferControl control = new TransferControl();
    store.once("PUT .*partNumber.*2", Fault.before(control::cancel));
    WorkingCopy copy = WorkingCopy.builder(office.repository(), bucket).control(control).build();
    TransferException cancelled =
        catchThrowableOfType(TransferException.class, () -> copy.push(PushListener.silent()));
    assertThat(cancelled.reason()).isEqualTo(Reason.CANCELLED);
    assertThat(store.keys()).noneMatch(key -> key.endsWith("timestamp.json"));
    push();
    requireInstallable(VERSION);
  }

  @Test
  void progressAddsUpToWhatHadToGo() {
    store.once(PARTS, Fault.cut());
    List<PushStatus> told = new ArrayList<>();
    PushReport report =
        copy(office)
            .push(
                event -> {
                  if (event instanceof PushListener.PushEvent.Status status) {
                    told.add(status.status());
                  }
                });
    PushStatus last = told.get(told.size() - 1);
    assertThat(last.phase()).isEqualTo(PushStatus.Phase.DONE);
    assertThat(last.doneBytes()).isEqualTo(last.totalBytes()).isEqualTo(report.sentBytes());
  }
}
