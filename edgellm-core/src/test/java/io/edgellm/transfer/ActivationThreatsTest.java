package io.edgellm.transfer;

import static io.edgellm.transfer.ModelPublisher.MODEL;
import static io.edgellm.transfer.ThreatScene.START;
import static io.edgellm.transfer.ThreatScene.refused;
import static org.assertj.core.api.Assertions.assertThat;

import io.edgellm.internal.io.FaultyDisk;
import io.edgellm.internal.io.crash.MemoryDirectory;
import io.edgellm.model.ModelVersion;
import io.edgellm.store.FaultyStore;
import io.edgellm.store.Lease;
import io.edgellm.store.ModelState;
import io.edgellm.store.ModelStore;
import io.edgellm.trust.Admission;
import io.edgellm.trust.TrustException;
import io.edgellm.trust.VerificationReceipt;
import io.edgellm.trust.VerifiedModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Time that goes by between the verification of an installed release and its activation. */
final class ActivationThreatsTest {
  private static final ModelVersion NEXT = ModelVersion.parse("1.2.0");

  private static ThreatScene.Beginning beginning;

  @TempDir(factory = MemoryDirectory.class)
  Path directory;

  private ThreatScene scene;

  @BeforeAll
  static void prepare(@TempDir(factory = MemoryDirectory.class) Path template) throws IOException {
    beginning = ThreatScene.prepare(template);
  }

  @BeforeEach
  void begin() throws IOException {
    scene = ThreatScene.of(beginning, directory);
  }

  @AfterEach
  void end() {
    scene.close();
  }

  private void assertTheOldOneStays() {
    assertThat(scene.device.running().title()).isEqualTo("assistant 1.1.0");
    assertThat(scene.device.state().status()).isEqualTo(ModelState.Status.HEALTHY);
  }

  @Test
  void whatWasVerifiedIsNotActivatedAfterItsMetadataExpired() {
    scene.device.deliver("1.2.0");
    VerifiedModel held = scene.device.verify("1.2.0");
    scene.pass(Duration.ofDays(400));
    refused(TrustException.Reason.EXPIRED, "expired", () -> scene.device.store.activate(held));
    assertThat(held.admission()).isInstanceOf(Admission.Current.class);
    assertTheOldOneStays();
  }

  @Test
  void whatWasVerifiedIsNotActivatedAfterTheDeviceHeardOfItsWithdrawal() {
    scene.device.deliver("1.2.0");
    VerifiedModel held = scene.device.verify("1.2.0");
    scene.publisher.withdraw("1.2.0");
    ReleaseCatalog.of(scene.device.releases).index(MODEL);
    refused(
        TrustException.Reason.NOT_CURRENT,
        "does not list assistant 1.2.0",
        () -> scene.device.store.activate(held));
    assertTheOldOneStays();
  }

  @Test
  void whatWasVerifiedWithExpiredMetadataIsActivatedOnceThatIsFresh() {
    scene.device.deliver("1.2.0");
    scene.pass(Duration.ofDays(15));
    VerifiedModel held = scene.device.verify("1.2.0");
    assertThat(held.admission()).isInstanceOf(Admission.Refused.class);
    scene.publisher.refresh();
    ReleaseCatalog.of(scene.device.releases).index(MODEL);
    assertThat(scene.device.store.activate(held).current()).isEqualTo(NEXT);
  }

  @Test
  void whatIsActiveOrFallenBackToIsActivatedWithoutAnAdmission() {
    VerifiedModel fallback = scene.device.verify("1.0.0");
    VerifiedModel active = scene.device.verify("1.1.0");
    scene.pass(Duration.ofDays(400));
    long generation = scene.device.state().generation();
    assertThat(scene.device.store.activate(active).generation()).isEqualTo(generation);
    assertThat(scene.device.store.activate(fallback).current()).hasToString("1.0.0");
  }

  @Test
  void aDeliveryOfWhatIsInstalledHearsThatItWasWithdrawn() {
    scene.device.deliver("1.2.0");
    scene.publisher.withdraw("1.2.0");
    assertThat(scene.device.deliver("1.2.0").version()).isEqualTo(NEXT);
    refused(
        TrustException.Reason.NOT_CURRENT,
        "does not list assistant 1.2.0",
        () -> scene.device.activate("1.2.0"));
    assertTheOldOneStays();
  }

  @Test
  void aDeliveryOfWhatIsInstalledAsksOnceAndNeedsNoAnswer() {
    scene.device.deliver("1.2.0");
    scene.server.answer("", HostileServer::missing);
    scene.server.requests();
    assertThat(scene.device.deliver("1.2.0").version()).isEqualTo(NEXT);
    assertThat(scene.server.requests()).doesNotHaveDuplicates().hasSizeLessThanOrEqualTo(2);
    scene.server.close();
    assertThat(scene.device.deliver("1.2.0").version()).isEqualTo(NEXT);
    assertThat(scene.device.activate("1.2.0").status()).isEqualTo(ModelState.Status.TRIAL);
  }

  private VerificationReceipt kept(ModelStore store) {
    return store.find(MODEL, NEXT).orElseThrow().receipt();
  }

  private static Duration grace(VerificationReceipt receipt) {
    return ((Admission.Current) receipt.admission()).graceUsed();
  }

  private void cutOffADeviceWithAGrace() {
    scene.device.close();
    scene.device = scene.device("patient", Duration.ofDays(7));
    scene.device.update("1.1.0");
    scene.device.deliver("1.2.0");
    scene.server.answer("", HostileServer::missing);
    scene.pass(Duration.ofDays(17));
  }

  @Test
  void anActivationWithinTheGraceIsOnTheReceipt() throws IOException {
    cutOffADeviceWithAGrace();
    assertThat(grace(kept(scene.device.store))).isZero();
    scene.device.activate("1.2.0");
    scene.device = scene.device.restarted();
    VerificationReceipt kept = kept(scene.device.store);
    assertThat(grace(kept)).isEqualTo(Duration.ofDays(3));
    assertThat(kept.verifiedAt()).isEqualTo(START.plus(Duration.ofDays(17)));
    assertThat(kept.describe()).contains("by the offline grace of the policy");
    assertThat(scene.device.running().title()).isEqualTo("assistant 1.2.0");
    Path receipt = scene.device.directory.resolve("store/assistant/1.2.0/receipt.json");
    assertThat(Files.getPosixFilePermissions(receipt))
        .doesNotContain(PosixFilePermission.OWNER_WRITE);
  }

  @Test
  void anOrdinaryActivationLeavesTheReceiptOfTheInstallation() {
    scene.device.deliver("1.2.0");
    VerificationReceipt installed = kept(scene.device.store);
    scene.pass(Duration.ofDays(1));
    scene.device.activate("1.2.0");
    assertThat(kept(scene.device.store)).isEqualTo(installed);
  }

  @Test
  void aCrashDuringAnActivationWithinTheGraceLeavesOneReceiptOrTheOther() throws IOException {
    cutOffADeviceWithAGrace();
    scene.device.close();
    Path before = scene.device.directory.resolve("store");
    boolean ended = false;
    for (int n = 1; !ended; n++) {
      Path root = Files.createDirectory(directory.resolve("store-" + n));
      ThreatScene.copy(before, root);
      ended = activates(root, n);
      try (ModelStore store = FaultyStore.open(root, FaultyDisk.counting());
          Lease lease = store.lease(MODEL, NEXT)) {
        Duration grace = grace(lease.receipt());
        assertThat(grace).as("operation %d", n).isIn(Duration.ZERO, Duration.ofDays(3));
        assertThat(lease.verify(scene.device.verifier).orElseThrow().title())
            .as("operation %d", n)
            .isEqualTo("assistant 1.2.0");
        if (NEXT.equals(store.state(MODEL).current())) {
          assertThat(grace).as("operation %d", n).isEqualTo(Duration.ofDays(3));
        }
        assertThat(root.resolve(".edgellm/staging")).isEmptyDirectory();
      }
      assertThat(n).as("it never ends").isLessThan(200);
    }
  }

  /** Activates with a power cut at the n-th operation; returns whether that was not reached. */
  private boolean activates(Path root, int n) {
    try (ModelStore store = FaultyStore.open(root, FaultyDisk.cutAt(n, FaultyDisk.When.BEFORE));
        Lease lease = store.lease(MODEL, NEXT)) {
      store.activate(lease.verify(scene.device.verifier).orElseThrow());
      return true;
    } catch (FaultyDisk.PowerCut e) {
      return false;
    }
  }
}
