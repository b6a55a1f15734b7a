package io.edgellm.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.edgellm.model.Artifact;
import io.edgellm.model.ModelVersion;
import io.edgellm.release.ReleaseException;
import io.edgellm.transfer.RepositoryScene;
import io.edgellm.transfer.TransferException;
import io.edgellm.trust.SignedRelease;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A repository that is kept in a directory on another disk, by publishers without one that lasts.
 */
final class DirectoryTargetTest {
  private static final String FIRST = "1.0.0+onnx-int4";

  @TempDir Path dir;
  private RepositoryScene office;
  private DirectoryTarget share;

  @BeforeEach
  void publishTheFirstRelease() throws IOException {
    office = new RepositoryScene(Files.createDirectory(dir.resolve("office")));
    share = DirectoryTarget.at(dir.resolve("share"));
    office.publish(FIRST);
  }

  private PushReport push(RepositoryScene publisher) {
    return WorkingCopy.of(publisher.repository(), share).push(PushListener.silent());
  }

  private RepositoryScene pulled(String name) {
    RepositoryScene publisher = office.elsewhere(dir.resolve(name));
    WorkingCopy.of(publisher.repository(), share).pull(PushListener.silent());
    return publisher;
  }

  private void requireInstallable(String version) {
    String name = "device of " + version;
    try (RepositoryScene.Device device = office.device(name, share.source())) {
      device.deliver(version);
      assertThat(device.verify(version).title()).isEqualTo("assistant " + version);
    }
  }

  @Test
  void aDeviceInstallsWhatWasPushed() {
    PushReport report = push(office);
    assertThat(report.releases()).containsExactly("assistant " + FIRST);
    assertThat(report.sentBytes()).isGreaterThan(RepositoryScene.MODEL_BYTES);
    requireInstallable(FIRST);
  }

  @Test
  void whatIsThereDoesNotGoAgain() {
    push(office);
    PushReport again = push(office);
    assertThat(again.isChanged()).isFalse();
    assertThat(again.sentBytes()).isZero();
  }

  @Test
  void aPublisherWithoutADiskPullsPublishesAndPushes() throws IOException {
    push(office);
    RepositoryScene job = pulled("job");
    assertThat(job.repository().resolve("blobs")).doesNotExist();
    job.publish("1.1.0");
    PushReport report = push(job);
    assertThat(report.releases()).containsExactly("assistant 1.1.0");
    requireInstallable("1.1.0");
    requireInstallable(FIRST);
  }

  @Test
  void aPullTellsHowMuchThereIs() {
    Path empty = dir.resolve("empty");
    assertThat(WorkingCopy.of(empty, share).pull(PushListener.silent()).isEmpty()).isTrue();
    push(office);
    PullReport report = WorkingCopy.of(empty, share).pull(PushListener.silent());
    assertThat(report.releases()).isEqualTo(1);
    assertThat(report.timestampVersion()).isEqualTo(3);
    assertThat(WorkingCopy.of(empty, share).pull(PushListener.silent()).documents()).isZero();
  }

  @Test
  void whoHasNotPulledWhatAnotherOnePublishedIsRefusedBeforeAnythingIsWritten() throws IOException {
    push(office);
    RepositoryScene one = pulled("one");
    RepositoryScene other = pulled("other");
    one.publish("1.1.0");
    push(one);
    other.publish("1.2.0");
    List<String> before = files();
    assertThat(refusal(() -> push(other)).reason()).isEqualTo(ReleaseException.Reason.OUTDATED);
    assertThat(files()).isEqualTo(before);
    assertThat(refusal(() -> pulledAgain(other)).reason())
        .isEqualTo(ReleaseException.Reason.OUTDATED);
    RepositoryScene fresh = pulled("fresh");
    fresh.publish("1.2.0");
    push(fresh);
    requireInstallable("1.2.0");
    requireInstallable("1.1.0");
  }

  private void pulledAgain(RepositoryScene publisher) {
    WorkingCopy.of(publisher.repository(), share).pull(PushListener.silent());
  }

  @Test
  void aVersionThatIsThereWithOtherBytesIsRefused() throws IOException {
    push(office);
    Path index = dir.resolve("share/models/assistant/index.json");
    Files.delete(index);
    Files.writeString(
        dir.resolve("share/models/assistant").resolve(FIRST).resolve("release.json"), "{}");
    assertThat(refusal(() -> push(office)).reason()).isEqualTo(ReleaseException.Reason.EXISTS);
  }

  @Test
  void aFileThatIsNowhereIsMissedBeforeAnythingIsWritten() throws IOException {
    try (Stream<Path> blobs = Files.list(office.repository().resolve("blobs/sha256"))) {
      Files.delete(blobs.sorted().toList().get(0));
    }
    assertThat(refusal(() -> push(office)).reason()).isEqualTo(ReleaseException.Reason.MISSING);
    assertThat(files()).isEmpty();
  }

  @Test
  void aFileThatIsNotWhatItsNameSaysIsNotPublished() throws IOException {
    try (Stream<Path> blobs = Files.list(office.repository().resolve("blobs/sha256"))) {
      Path blob = blobs.sorted().toList().get(0);
      byte[] bytes = Files.readAllBytes(blob);
      bytes[0] ^= 1;
      Files.write(blob, bytes);
    }
    assertThat(refusal(() -> push(office)).reason()).isEqualTo(ReleaseException.Reason.CHANGED);
    assertThat(dir.resolve("share/models")).doesNotExist();
  }

  @Test
  void aPushThatWasCutOffGoesOnFromAFreshDirectoryAndGivesNoNumberTwice() throws IOException {
    push(office);
    RepositoryScene job = pulled("job");
    SignedRelease release = job.publish("1.1.0");
    cutBefore("timestamp.json", job);
    requireInstallable(FIRST);
    RepositoryScene again = pulled("again");
    again.list(release);
    PushReport report = push(again);
    assertThat(report.sentBytes()).isZero();
    requireInstallable("1.1.0");
    assertThat(dir.resolve("share/metadata/4.snapshot.json"))
        .hasSameBinaryContentAs(job.repository().resolve("metadata/4.snapshot.json"));
    assertThat(dir.resolve("share/metadata/5.snapshot.json")).exists();
  }

  private void cutBefore(String name, RepositoryScene publisher) {
    WorkingCopy copy = WorkingCopy.of(publisher.repository(), share);
    assertThat(
            catchThrowableOfType(
                IllegalStateException.class,
                () ->
                    copy.push(
                        event -> {
                          if (event instanceof PushListener.PushEvent.Status now
                              && now.status().what().endsWith(name)) {
                            throw new IllegalStateException("cut");
                          }
                        })))
        .hasMessage("cut");
  }

  @Test
  void onlyOnePublisherIsAtWorkAtATime() {
    PushListener meanwhile =
        event -> {
          RepositoryScene other = office.elsewhere(dir.resolve("other"));
          assertThat(refusal(() -> push(other)).reason()).isEqualTo(ReleaseException.Reason.BUSY);
        };
    List<PushListener.PushEvent> heard = new ArrayList<>();
    WorkingCopy.of(office.repository(), share)
        .push(
            event -> {
              if (heard.isEmpty()) {
                meanwhile.onEvent(event);
              }
              heard.add(event);
            });
    assertThat(heard).isNotEmpty();
  }

  @Test
  void aPullIsRefusedIfSomebodyPutAnotherRepositoryThere() throws IOException {
    RepositoryScene thief = new RepositoryScene(Files.createDirectory(dir.resolve("thief")));
    push(thief);
    WorkingCopy copy =
        WorkingCopy.builder(dir.resolve("job"), share).pinnedRoot(office.root()).build();
    assertThat(refusal(() -> copy.pull(PushListener.silent())).reason())
        .isEqualTo(ReleaseException.Reason.UNTRUSTED);
    assertThat(dir.resolve("job/metadata")).doesNotExist();
  }

  @Test
  void newKeysReachDevicesAndADailyRefreshDoes() {
    push(office);
    office.replaceOnlineKeys();
    push(office);
    office.refresh();
    assertThat(push(office).timestampVersion()).isEqualTo(5);
    requireInstallable(FIRST);
  }

  @Test
  void whatAnotherOneDeletedOrExchangedIsSentAgainByARepair() throws IOException {
    push(office);
    List<Path> blobs;
    try (Stream<Path> files = Files.list(dir.resolve("share/blobs/sha256"))) {
      blobs = files.sorted().toList();
    }
    Files.delete(blobs.get(0));
    Files.write(blobs.get(1), new byte[(int) Files.size(blobs.get(1))]);
    assertThat(push(office).isChanged()).isFalse();
    PushReport report = WorkingCopy.of(office.repository(), share).repair(PushListener.silent());
    assertThat(report.sentBytes()).isGreaterThan(RepositoryScene.MODEL_BYTES);
    requireInstallable(FIRST);
  }

  @Test
  void aCheckSeesWhatADeviceWouldSee() throws IOException {
    push(office);
    InstantSource clock = InstantSource.fixed(Instant.parse("2030-06-01T12:00:00Z"));
    DeviceCheck check = new DeviceCheck(share.source(), office.root(), clock);
    assertThat(check.require(RepositoryScene.MODEL, ModelVersion.parse(FIRST)).timestamp())
        .isEqualTo(3);
    assertThat(
            catchThrowableOfType(
                    TransferException.class,
                    () -> check.require(RepositoryScene.MODEL, ModelVersion.parse("9.9.9")))
                .reason())
        .isEqualTo(TransferException.Reason.NOT_FOUND);
    try (Stream<Path> files = Files.list(dir.resolve("share/blobs/sha256"))) {
      for (Path blob : files.toList()) {
        Files.write(blob, new byte[(int) Files.size(blob)]);
      }
    }
    assertThat(
            catchThrowableOfType(
                    TransferException.class,
                    () -> check.require(RepositoryScene.MODEL, ModelVersion.parse(FIRST)))
                .reason())
        .isEqualTo(TransferException.Reason.CORRUPT);
  }

  @Test
  void aCheckReadsTheFirstChunkOfAFileToo() throws IOException {
    push(office);
    InstantSource clock = InstantSource.fixed(Instant.parse("2030-06-01T12:00:00Z"));
    DeviceCheck check = new DeviceCheck(share.source(), office.root(), clock);
    Path largest;
    try (Stream<Path> files = Files.list(dir.resolve("share/blobs/sha256"))) {
      largest = files.max(Comparator.comparingLong(file -> file.toFile().length())).orElseThrow();
    }
    byte[] bytes = Files.readAllBytes(largest);
    assertThat(bytes).hasSizeGreaterThan(Artifact.CHUNK_BYTES);
    bytes[0] ^= 1;
    Files.write(largest, bytes);
    assertThat(
            catchThrowableOfType(
                    TransferException.class,
                    () -> check.require(RepositoryScene.MODEL, ModelVersion.parse(FIRST)))
                .reason())
        .isEqualTo(TransferException.Reason.CORRUPT);
  }

  @Test
  void aPlaceThatIsNotMountedIsNamed() {
    DirectoryTarget stick = DirectoryTarget.at(dir.resolve("media/stick/models"));
    WorkingCopy copy = WorkingCopy.of(office.repository(), stick);
    assertThat(refusal(() -> copy.push(PushListener.silent()))).hasMessageContaining("mount it");
  }

  private static ReleaseException refusal(Runnable work) {
    return catchThrowableOfType(ReleaseException.class, work::run);
  }

  private List<String> files() throws IOException {
    if (!Files.isDirectory(dir.resolve("share"))) {
      return List.of();
    }
    try (Stream<Path> all = Files.walk(dir.resolve("share"))) {
      return all.filter(Files::isRegularFile)
          .map(file -> dir.relativize(file).toString())
          .filter(name -> !name.endsWith(".lock"))
          .sorted()
          .toList();
    }
  }
}
