package io.edgellm.transfer;

import static io.edgellm.transfer.ModelPublisher.MODEL;
import static io.edgellm.transfer.ThreatScene.START;
import static io.edgellm.transfer.ThreatScene.refused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.edgellm.internal.io.crash.MemoryDirectory;
import io.edgellm.model.EdgeLlmException;
import io.edgellm.store.Lease;
import io.edgellm.store.ModelState;
import io.edgellm.store.StoreException;
import io.edgellm.trust.Admission;
import io.edgellm.trust.Credential;
import io.edgellm.trust.CurrentReleases;
import io.edgellm.trust.PolicyModelVerifier;
import io.edgellm.trust.SignedRelease;
import io.edgellm.trust.TrustException;
import io.edgellm.trust.VerifiedModel;
import io.edgellm.trust.oms.OmsFault;
import io.edgellm.trust.oms.OmsSigner;
import io.edgellm.trust.oms.SignatureBundle;
import io.edgellm.trust.oms.SigningChain;
import io.edgellm.trust.oms.Statement;
import io.edgellm.trust.oms.TestCertificate;
import io.edgellm.trust.time.TrustedClock;
import io.edgellm.trust.time.TrustedTime;
import io.edgellm.trust.tuf.TufException;
import io.edgellm.trust.tuf.TufLimits;
import io.edgellm.trust.tuf.TufRepository;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What can go wrong on the device itself: its clock, its disk, its power, its connection. */
final class DeviceThreatsTest {
  private static final Instant FAR_AHEAD = Instant.parse("2099-01-01T00:00:00Z");

  private static ThreatScene.Beginning beginning;

  @TempDir(factory = MemoryDirectory.class)
  Path directory;

  private ThreatScene scene;
  private ModelPublisher publisher;

  @BeforeAll
  static void prepare(@TempDir(factory = MemoryDirectory.class) Path template) throws IOException {
    beginning = ThreatScene.prepare(template);
  }

  @BeforeEach
  void begin() throws IOException {
    scene = ThreatScene.of(beginning, directory);
    publisher = scene.publisher;
  }

  @AfterEach
  void end() {
    scene.close();
  }

  @Test
  void aRollbackOfTheModel() {
    publisher.publish("1.2.5", 3);
    publisher.publish("1.3.0", 5);
    publisher.publish("1.5.0", 5);
    scene.device.deliver("1.2.0");
    scene.device.deliver("1.2.5");
    scene.device.deliver("1.3.0");

    // On trial the floor is where it was: a new version that fails costs nothing.
    scene.device.activate("1.3.0");
    assertThat(scene.device.state().rollbackFloor()).isZero();
    scene.device.store.rollBack(MODEL);
    assertThat(scene.device.running().title()).isEqualTo("assistant 1.1.0");

    scene.device.activate("1.3.0");
    scene.device.markHealthy("1.3.0");
    scene.device = scene.device.restarted();
    assertThat(scene.device.state().rollbackFloor()).isEqualTo(5);
    for (String old : List.of("1.2.0", "1.2.5")) {
      refused(
          StoreException.Reason.BELOW_FLOOR,
          "this device has committed to 5",
          () -> scene.device.activate(old));
    }
    refused(
        StoreException.Reason.BELOW_FLOOR,
        "'assistant 1.1.0' has the rollback index 0",
        () -> scene.device.store.rollBack(MODEL));
    assertThat(scene.device.running().title()).isEqualTo("assistant 1.3.0");

    scene.device.deliver("1.5.0");
    scene.device.activate("1.5.0");
    scene.device.store.rollBack(MODEL);
    assertThat(scene.device.running().title()).isEqualTo("assistant 1.3.0");
  }

  @Test
  void aRefreshThatDoesNotEndHoldsUpNothingThatWasProven() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch answered = new CountDownLatch(1);
    CurrentReleases slow =
        CurrentReleases.open(
            scene.device.releases.policy(),
            unanswering(asked, answered),
            scene.device.metadata(),
            scene.device.clock,
            impatient());
    ExecutorService other = Executors.newSingleThreadExecutor();
    try (Lease running = scene.device.store.lease(MODEL)) {
      Future<?> refresh = other.submit(slow::refresh);
      asked.await();
      VerifiedModel verified = running.verify(PolicyModelVerifier.of(slow)).orElseThrow();
      assertThat(verified.title()).isEqualTo("assistant 1.1.0");
      assertThat(verified.admission().describe()).contains("asking the update repository");
      answered.countDown();
      assertThatThrownBy(refresh::get).hasCauseInstanceOf(TufException.class);
    } finally {
      answered.countDown();
      other.shutdown();
    }
  }

  private static TufRepository unanswering(CountDownLatch asked, CountDownLatch answered) {
    return new TufRepository() {
      @Override
      public InputStream metadata(String fileName) throws IOException {
        asked.countDown();
        try {
          answered.await();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
        throw new IOException("at last");
      }

      @Override
      public Content target(String path, long fromByte) throws IOException {
        throw new IOException(path);
      }
    };
  }

  private static TufLimits impatient() {
    TufLimits usual = TufLimits.defaults();
    return new TufLimits(
        usual.rootBytes(),
        usual.timestampBytes(),
        usual.snapshotBytes(),
        usual.targetsBytes(),
        usual.rootRotations(),
        usual.delegatedRoles(),
        Duration.ofMillis(1),
        usual.minimumBytesPerSecond(),
        usual.patience());
  }

  @Test
  void aClockInThe1970s() {
    scene.deviceClock.set(Instant.EPOCH);
    scene.device = scene.device.restarted();
    scene.device.update("1.2.0");
    assertThat(scene.device.running().receipt().time())
        .isEqualTo(new TrustedTime(START, START, TrustedTime.Source.TUF_TIMESTAMP));
  }

  @Test
  void aClockInThe1970sFromTheFirstDayOn() {
    scene.deviceClock.set(Instant.EPOCH);
    try (EdgeDevice young = scene.device("young", Duration.ZERO)) {
      assertThat(young.clock.read())
          .isEqualTo(new TrustedTime(EdgeDevice.BUILT, EdgeDevice.BUILT, TrustedTime.Source.BUILD));
      young.update("1.2.0");
      assertThat(young.clock.instant()).isEqualTo(START);
    }
  }

  @Test
  void aClockSetBackDoesNotMakeOldMetadataFresh() {
    scene.device.clock.raise(TrustedTime.Source.HOST, START.plus(Duration.ofDays(15)));
    scene.deviceClock.set(Instant.EPOCH);
    scene.device = scene.device.restarted();
    scene.assertRefused(TufException.Reason.EXPIRED, "'timestamp' expired");
    scene.publisherClock.pass(Duration.ofDays(15));
    publisher.refresh();
    scene.assertRecovers();
  }

  @Test
  void aClockFarAheadAndBackAgain() {
    scene.deviceClock.set(FAR_AHEAD);
    scene.assertRefused(TufException.Reason.EXPIRED, "it is 2099-01-01");
    scene.deviceClock.set(START);
    scene.assertRecovers();
    assertThat(scene.device.clock.instant()).isEqualTo(START);
  }

  private List<Path> keptFiles() throws IOException {
    try (Stream<Path> files = Files.walk(scene.device.metadata())) {
      return files.filter(Files::isRegularFile).toList();
    }
  }

  private static byte[] attackersFileLike(Path kept, Path repository) throws IOException {
    Path own = repository.resolve("metadata").resolve(String.valueOf(kept.getFileName()));
    Path root = repository.resolve("metadata/1.root.json");
    return Files.readAllBytes(Files.isRegularFile(own) ? own : root);
  }

  @Test
  void eachFileOfTheCachePoisonedOrLost() throws IOException {
    publisher
        .tuf
        .renew("root")
        .sign(publisher.rootKey)
        .publish(publisher.snapshotKey, publisher.timestampKey);
    scene.device.releases.document("models/assistant/index.json", 1 << 20);
    Path attacker =
        new ModelPublisher(Files.createDirectory(directory.resolve("attacker")), scene.deviceClock)
            .repository;
    List<byte[]> poisons = new ArrayList<>();
    assertThat(keptFiles()).hasSizeGreaterThanOrEqualTo(6);
    for (Path kept : keptFiles()) {
      poisons.clear();
      poisons.add("garbage".getBytes(StandardCharsets.UTF_8));
      poisons.add(attackersFileLike(kept, attacker));
      poisons.add(new byte[0]);
      for (byte[] poison : poisons) {
        if (poison.length == 0) {
          Files.delete(kept);
        } else {
          Files.write(kept, poison);
        }
        scene.device = scene.device.restarted();
        // Offline: what runs goes on, and is admitted or not, without a lie.
        assertThat(scene.device.running().title()).as("%s", kept).isEqualTo("assistant 1.1.0");
        // With the repository, everything heals.
        scene.device.releases.refresh();
        scene.device.releases.document("models/assistant/index.json", 1 << 20);
        assertThat(scene.device.running().admission())
            .as("%s", kept)
            .isInstanceOf(Admission.Current.class);
      }
    }
    scene.assertUnharmed();
    scene.assertRecovers();
  }

  @Test
  void theWholeCacheReplacedByAnotherRepository() throws IOException {
    ModelPublisher attacker =
        new ModelPublisher(Files.createDirectory(directory.resolve("attacker")), scene.deviceClock);
    attacker.publish("1.2.0");
    for (Path kept : keptFiles()) {
      Files.write(kept, attackersFileLike(kept, attacker.repository));
    }
    scene.server.serve(attacker.repository);
    scene.device = scene.device.restarted();
    scene.assertRefused(TufException.Reason.BAD_SIGNATURE, "'timestamp'");
    scene.assertRecovers();
  }

  @Test
  void theMemoryOfTheTimePoisonedOrLost() throws IOException {
    Path time = scene.device.directory.resolve("time");
    Files.writeString(time, "garbage");
    scene.device = scene.device.restarted();
    assertThat(scene.device.clock.memory()).isEqualTo(TrustedClock.Memory.LOST);
    assertThat(scene.device.clock.read().floor()).isEqualTo(EdgeDevice.BUILT);
    scene.assertUnharmed();
    scene.assertRecovers();
    assertThat(scene.device.clock.read().floor()).isEqualTo(START);
  }

  @Test
  void aDeviceThatIsCutOffActivatesWithinItsGraceOnly() {
    scene.device.close();
    scene.device = scene.device("patient", Duration.ofDays(7));
    scene.device.update("1.1.0");
    scene.device.deliver("1.2.0");
    scene.server.answer("", HostileServer::missing);
    scene.pass(Duration.ofDays(17));

    Admission.Current used = (Admission.Current) scene.device.verify("1.2.0").admission();
    assertThat(used.validUntil()).isEqualTo(START.plus(Duration.ofDays(14)));
    assertThat(used.graceUsed()).isEqualTo(Duration.ofDays(3));
    assertThat(scene.device.verify("1.2.0").receipt().describe())
        .contains("taken PT72H after that by the offline grace of the policy");
    assertThat(scene.device.activate("1.2.0").status()).isEqualTo(ModelState.Status.TRIAL);
    scene.device.store.rollBack(MODEL);

    scene.pass(Duration.ofDays(4));
    refused(
        TrustException.Reason.EXPIRED,
        "later than a grace of PT168H allows",
        () -> scene.device.activate("1.2.0"));
    assertThat(scene.device.running().title()).isEqualTo("assistant 1.1.0");
  }

  @Test
  void aCertificateThatExpiredAdmitsNothingNew() {
    TestCertificate authority =
        TestCertificate.root("CN=Authority").valid(START, FAR_AHEAD).build();
    TestCertificate first =
        authority.signer("CN=Release").valid(START, START.plus(Duration.ofDays(30))).build();
    publisher.signing = release -> certified(release, first);
    publisher.publish("1.3.0");
    publisher.publish("1.4.0");
    scene.device.close();
    scene.device =
        scene.device(
            "certified",
            Duration.ZERO,
            new Credential.Certificate(authority.pem(), "subject:CN=Release"));
    scene.device.update("1.3.0");
    scene.device.deliver("1.4.0");
    assertThat(scene.device.running().receipt().method()).isEqualTo("oms/certificate");

    scene.pass(Duration.ofDays(31));
    publisher.refresh();
    scene.device = scene.device.restarted();
    scene.device.releases.refresh();
    refused(TrustException.Reason.EXPIRED, "certificate", () -> scene.device.activate("1.4.0"));
    assertThat(scene.device.running().title()).isEqualTo("assistant 1.3.0");
    assertThat(scene.device.running().admission()).isInstanceOf(Admission.Refused.class);
    try (EdgeDevice young =
        scene.device(
            "young",
            Duration.ZERO,
            new Credential.Certificate(authority.pem(), "subject:CN=Release"))) {
      refused(TrustException.Reason.EXPIRED, "certificate", () -> young.deliver("1.4.0"));
      assertThat(young.installed()).isEmpty();
    }

    TestCertificate second =
        authority.signer("CN=Release").valid(START, START.plus(Duration.ofDays(90))).build();
    publisher.signing = release -> certified(release, second);
    publisher.publish("1.5.0");
    scene.device.update("1.5.0");
    assertThat(scene.device.running().title()).isEqualTo("assistant 1.5.0");
  }

  @Test
  void aCertificateMayBeOlderThanItsRenewedAuthority() {
    TestCertificate authority =
        TestCertificate.root("CN=Authority")
            .valid(START.minus(Duration.ofDays(1)), FAR_AHEAD)
            .build();
    TestCertificate signer =
        authority
            .signer("CN=Release")
            .valid(START.minus(Duration.ofDays(2)), START.plus(Duration.ofDays(30)))
            .build();
    publisher.signing = release -> certified(release, signer);
    publisher.publish("1.3.0");
    scene.device.close();
    scene.device =
        scene.device(
            "certified",
            Duration.ZERO,
            new Credential.Certificate(authority.pem(), "subject:CN=Release"));
    scene.device.update("1.3.0");

    scene.pass(Duration.ofDays(31));
    scene.device = scene.device.restarted();
    assertThat(scene.device.running().title()).isEqualTo("assistant 1.3.0");
  }

  private static SignedRelease certified(SignedRelease release, TestCertificate signer) {
    try {
      Statement statement =
          Statement.parse(
              SignatureBundle.parse(release.signature()).envelope().payload().toBytes());
      return SignedRelease.of(
          release.manifestJson(),
          new OmsSigner(signer.signingKey())
              .withCertificates(SigningChain.fromPem(signer.pem()))
              .sign(statement));
    } catch (OmsFault e) {
      throw new AssertionError(e);
    }
  }

  /** The moment in which the power goes. */
  private static final class PowerLoss extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  @Test
  void powerLostAtEachStepBetweenRefreshAndInstallation() {
    int steps = 0;
    for (boolean lost = true; lost; steps++) {
      int[] left = {steps};
      try {
        scene.device.deliver(
            "1.2.0",
            event -> {
              if (left[0]-- == 0) {
                throw new PowerLoss();
              }
            });
        lost = false;
      } catch (PowerLoss e) {
        scene.assertUnharmed();
      }
    }
    assertThat(steps).isGreaterThan(4);
    scene.device = scene.device.restarted();
    scene.device.activate("1.2.0");
    assertThat(scene.device.running().title()).isEqualTo("assistant 1.2.0");
    assertThat(scene.server.requests())
        .filteredOn(request -> request.path().startsWith("blobs/"))
        .hasSizeLessThanOrEqualTo(steps);
  }

  @Test
  void twoInstancesTakingTurnsOnTheSameDirectories() {
    try (EdgeDevice other = scene.device.another()) {
      other.releases.refresh();
      publisher.publish("1.3.0");
      scene.device.deliver("1.2.0");
      other.deliver("1.3.0");
      assertThat(scene.device.installed()).isEqualTo(other.installed()).contains("1.3.0");
      assertThat(scene.device.activate("1.3.0").generation()).isEqualTo(other.state().generation());
      assertThat(other.verify("1.2.0").admission()).isInstanceOf(Admission.Current.class);
    }
  }

  /** They take turns at the metadata; for a file that the other one fetches they try again. */
  @Test
  void twoInstancesAtTheSameTimeOnTheSameDirectories() throws Exception {
    publisher.publish("1.3.0");
    CyclicBarrier start = new CyclicBarrier(2);
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try (EdgeDevice other = scene.device.another()) {
      Future<List<EdgeLlmException>> first =
          threads.submit(() -> deliverUntilItIsThere(scene.device, start));
      Future<List<EdgeLlmException>> second =
          threads.submit(() -> deliverUntilItIsThere(other, start));
      List<EdgeLlmException> met = new ArrayList<>(first.get());
      met.addAll(second.get());
      assertThat(met)
          .extracting(e -> (Object) e.reason())
          .as("%s", met)
          .isSubsetOf(StoreException.Reason.BUSY, StoreException.Reason.ALREADY_INSTALLED);
      assertThat(other.installed()).containsExactly("1.0.0", "1.1.0", "1.2.0", "1.3.0");
    } finally {
      threads.shutdownNow();
    }
    scene.device = scene.device.restarted();
    scene.device.activate("1.3.0");
    assertThat(scene.device.running().title()).isEqualTo("assistant 1.3.0");
  }

  private static List<EdgeLlmException> deliverUntilItIsThere(
      EdgeDevice device, CyclicBarrier start) throws Exception {
    List<EdgeLlmException> met = new ArrayList<>();
    start.await();
    for (String version : List.of("1.2.0", "1.3.0")) {
      while (!device.installed().contains(version)) {
        try {
          device.deliver(version);
        } catch (EdgeLlmException e) {
          met.add(e);
          assertThat(met).as("it never gets there").hasSizeLessThan(1000);
        }
      }
    }
    return met;
  }
}
