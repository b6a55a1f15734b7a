package io.edgellm.transfer;

import static io.edgellm.transfer.ModelPublisher.MODEL;
import static io.edgellm.transfer.ThreatScene.refused;
import static org.assertj.core.api.Assertions.assertThat;

import io.edgellm.internal.io.crash.MemoryDirectory;
import io.edgellm.model.ModelVersion;
import io.edgellm.store.ModelState;
import io.edgellm.trust.Admission;
import io.edgellm.trust.TrustException;
import io.edgellm.trust.VerifiedModel;
import java.io.IOException;
import java.nio.file.Path;
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
}
