package io.edgellm.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import io.edgellm.model.ReleaseManifest;
import io.edgellm.release.PublishListener;
import io.edgellm.release.ReleasePublisher;
import io.edgellm.release.tuf.TufAlgorithm;
import io.edgellm.release.tuf.TufPlan;
import io.edgellm.release.tuf.TufPublisher;
import io.edgellm.release.tuf.TufRole;
import io.edgellm.release.tuf.TufSigningKey;
import io.edgellm.rollout.device.DeviceState;
import io.edgellm.rollout.device.DeviceState.Committed;
import io.edgellm.rollout.device.DeviceState.Observing;
import io.edgellm.rollout.device.DeviceState.Ready;
import io.edgellm.rollout.device.DeviceState.Rejected;
import io.edgellm.rollout.device.DeviceState.RolledBack;
import io.edgellm.rollout.device.Offer;
import io.edgellm.transfer.DirectoryArtifactSource;
import io.edgellm.transfer.ReleaseCatalog;
import io.edgellm.transfer.SourceTufRepository;
import io.edgellm.trust.CurrentReleases;
import io.edgellm.trust.PolicyModelVerifier;
import io.edgellm.trust.SignedRelease;
import io.edgellm.trust.UpdateTrust;
import io.edgellm.trust.time.TrustedClock;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What expired metadata stops, and what it must not stop. */
final class ExpiryTest {
  private static final Instant START = Instant.parse("2030-01-01T00:00:00Z");

  private final TufSigningKey people = TufSigningKey.generate(TufAlgorithm.ED25519);
  private final TufSigningKey online = TufSigningKey.generate(TufAlgorithm.ED25519);
  private Instant now = START;
  private Path repository;
  private TufPublisher tuf;
  private CurrentReleases releases;
  private TestDevice device;

  @BeforeEach
  void publishTheFirstRelease(@TempDir Path root) throws InterruptedException {
    repository = root.resolve("repository");
    tuf = TufPublisher.at(repository, () -> now);
    tuf.create(
            TufPlan.defaults(
                List.of(people.key()), List.of(people.key()), online.key(), online.key()))
        .sign(people)
        .publish(online);
    tuf.delegate(TestDevice.MODEL, TufRole.forLine(1, people.key())).sign(people).publish(online);
    device = new TestDevice(root);
    releases =
        CurrentReleases.open(
            device.policy().updates(UpdateTrust.pinned(tuf.root(1))).build(),
            new SourceTufRepository(new DirectoryArtifactSource(repository)),
            root.resolve("tuf"),
            TrustedClock.open(root.resolve("time"), () -> now));
    device.verifier = PolicyModelVerifier.of(releases);
    Offer first = publish(1, "1.0.0", "good");
    try (DeviceAgent agent = device.start(TestDevice.POLICY)) {
      assertThat(agent.rollOut(first, device.withUsers(30))).isInstanceOf(Committed.class);
    }
  }

  /** Publishes a release, and lets the device hear of it. */
  private Offer publish(long epoch, String version, String script) {
    Offer offer = device.publish(epoch, version, script);
    SignedRelease papers = SignedRelease.read(device.published(version));
    new ReleasePublisher(repository)
        .publish(papers, device.published(version), PublishListener.silent());
    tuf.add(papers).sign(people).publish(online);
    ReleaseManifest listed =
        ReleaseCatalog.of(releases).fetch(TestDevice.MODEL, offer.release().version()).manifest();
    assertThat(listed).isEqualTo(papers.manifest());
    return offer;
  }

  private void letTheMetadataExpire() {
    now = now.plus(Duration.ofDays(15));
  }

  @Test
  void servesWhatItCommittedLongAfterTheMetadataHasExpired() throws InterruptedException {
    letTheMetadataExpire();
    device.reboot();
    try (DeviceAgent agent = device.start(TestDevice.POLICY)) {
      assertThat(agent.state()).isInstanceOf(Committed.class);
      assertThat(device.serving()).isEqualTo("assistant 1.0.0");
    }
  }

  @Test
  void goesBackToWhatItCommittedThoughTheMetadataExpiredDuringTheTrial()
      throws InterruptedException {
    Offer bad = publish(2, "2.0.0", "wrong answers");
    try (DeviceAgent agent = device.start(TestDevice.POLICY)) {
      assertThat(agent.offer(bad)).isInstanceOf(Observing.class);
    }
    letTheMetadataExpire();
    device.reboot();
    try (DeviceAgent agent = device.start(TestDevice.POLICY)) {
      assertThat(agent.state()).isInstanceOf(Observing.class);
      DeviceState end = agent.awaitEnd(device.withUsers(30));
      assertThat(end).isInstanceOf(RolledBack.class);
      assertThat(device.serving()).isEqualTo("assistant 1.0.0");
    }
  }

  @Test
  void doesNotActivateACandidateWhoseMetadataExpiredWhileItWaited() throws InterruptedException {
    Offer candidate = publish(2, "2.0.0", "good");
    boolean[] open = {false};
    try (DeviceAgent agent = waiting(open)) {
      assertThat(agent.offer(candidate)).isInstanceOf(Ready.class);
      letTheMetadataExpire();
      open[0] = true;
      DeviceState end = agent.look();
      assertThat(end).isInstanceOfAny(Rejected.class, RolledBack.class);
      assertThat(end.toString()).contains("expired");
      assertThat(device.serving()).isEqualTo("assistant 1.0.0");
      assertThat(device.store.state(TestDevice.MODEL).current()).hasToString("1.0.0");
    }
  }

  @Test
  void doesNotActivateACandidateThatWasWithdrawnWhileItWaited() throws InterruptedException {
    Offer candidate = publish(2, "2.0.0", "good");
    boolean[] open = {false};
    try (DeviceAgent agent = waiting(open)) {
      assertThat(agent.offer(candidate)).isInstanceOf(Ready.class);
      tuf.withdraw(TestDevice.MODEL, candidate.release().version()).sign(people).publish(online);
      ReleaseCatalog.of(releases).index(TestDevice.MODEL);
      open[0] = true;
      assertThat(agent.look().toString()).contains("does not list assistant 2.0.0");
      assertThat(device.serving()).isEqualTo("assistant 1.0.0");
    }
  }

  private DeviceAgent waiting(boolean[] open) throws InterruptedException {
    return DeviceAgent.builder(
            TestDevice.MODEL, device.store, device.verifier(), device.runtime, device::deliver)
        .policy(TestDevice.POLICY)
        .clock(device::now)
        .activationWindow(moment -> open[0])
        .start(device.journal());
  }
}
