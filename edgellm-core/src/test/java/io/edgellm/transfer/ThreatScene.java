package io.edgellm.transfer;

import static io.edgellm.transfer.ModelPublisher.MODEL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.edgellm.model.EdgeLlmException;
import io.edgellm.store.ModelState;
import io.edgellm.trust.Credential;
import io.edgellm.trust.TrustPolicy;
import io.edgellm.trust.UpdateTrust;
import io.edgellm.trust.time.OfflineGrace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/**
 * A publisher, a device that runs his release 1.1.0 and could fall back to 1.0.0, and a server
 * between them that is not to be trusted. Release 1.2.0 is what the device is about to take.
 */
final class ThreatScene implements AutoCloseable {
  static final Instant START = Instant.parse("2030-06-01T12:00:00Z");

  final Path directory;
  final SettableClock publisherClock = new SettableClock(START);
  final SettableClock deviceClock = new SettableClock(START);
  final ModelPublisher publisher;
  final HostileServer server;
  EdgeDevice device;

  /**
   * How every scene begins.
   *
   * @param directory what is on the disks
   * @param publisher who has the keys
   */
  record Beginning(Path directory, ModelPublisher publisher) {}

  private ThreatScene(Path directory, ModelPublisher publisher) throws IOException {
    this.directory = directory;
    this.publisher = new ModelPublisher(publisher, directory, publisherClock);
    this.server = new HostileServer(this.publisher.repository);
    this.device = device("device", Duration.ZERO);
  }

  /** Lets the publisher publish, and the device take, what it has when the scene begins. */
  static Beginning prepare(Path directory) throws IOException {
    ModelPublisher publisher = new ModelPublisher(directory, new SettableClock(START));
    try (ThreatScene scene = new ThreatScene(directory, publisher)) {
      publisher.publish("1.0.0");
      scene.device.update("1.0.0");
      publisher.publish("1.1.0");
      scene.device.update("1.1.0");
      publisher.publish("1.2.0");
    }
    return new Beginning(directory, publisher);
  }

  /** Sets the scene in an empty directory. */
  static ThreatScene of(Beginning beginning, Path directory) throws IOException {
    copy(beginning.directory, directory);
    return new ThreatScene(directory, beginning.publisher);
  }

  static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Path target = to.resolve(from.relativize(file).toString());
        if (Files.isSymbolicLink(file) || !Files.isDirectory(file)) {
          Files.copy(file, target, LinkOption.NOFOLLOW_LINKS, StandardCopyOption.COPY_ATTRIBUTES);
        } else {
          Files.createDirectories(target);
        }
      }
    }
  }

  /** Makes a device that trusts the publisher. */
  EdgeDevice device(String name, Duration grace) {
    return device(name, grace, new Credential.Key(publisher.signer.publicKey()));
  }

  EdgeDevice device(String name, Duration grace, Credential signer) {
    return device(
        name,
        UpdateTrust.pinned(publisher.root()).withOfflineGrace(new OfflineGrace(grace)),
        signer);
  }

  private EdgeDevice device(String name, UpdateTrust updates, Credential signer) {
    TrustPolicy policy =
        TrustPolicy.builder()
            .signer("release-team", signer, MODEL.value())
            .updates(updates)
            .build();
    return new EdgeDevice(
        directory.resolve(name), policy, server.uri(), deviceClock, EdgeDevice.PATIENCE);
  }

  /** Makes a device, in a directory that may be that of another one, that pins another root. */
  EdgeDevice devicePinning(ModelPublisher other, String name) {
    return device(
        name, UpdateTrust.pinned(other.root()), new Credential.Key(publisher.signer.publicKey()));
  }

  /** Returns somebody with a copy of the repository as it is now. */
  Forger forger(String name) {
    return new Forger(publisher.repository, directory.resolve(name));
  }

  /** Lets time go by for everybody. */
  void pass(Duration time) {
    publisherClock.pass(time);
    deviceClock.pass(time);
  }

  /** Requires a refusal, and returns it. */
  static EdgeLlmException refused(Enum<?> reason, String sentence, ThrowingCallable call) {
    Throwable thrown = catchThrowable(call);
    assertThat(thrown).isInstanceOf(EdgeLlmException.class);
    EdgeLlmException refusal = (EdgeLlmException) thrown;
    assertThat(refusal.reason()).as("%s", refusal.getMessage()).isEqualTo(reason);
    assertThat(refusal).hasMessageContaining(sentence);
    return refusal;
  }

  /** Requires that 1.2.0 is refused, and that nothing else happened. */
  void assertRefused(Enum<?> reason, String sentence) {
    refused(reason, sentence, () -> device.deliver("1.2.0"));
    assertUnharmed();
  }

  /** Requires that the device has and runs what it ran before, also after a restart. */
  void assertUnharmed() {
    assertThat(device.installed()).containsExactly("1.0.0", "1.1.0");
    device = device.restarted();
    assertThat(device.running().title()).isEqualTo("assistant 1.1.0");
    assertThat(device.state().status()).isEqualTo(ModelState.Status.HEALTHY);
    assertThat(device.verify("1.0.0").title()).isEqualTo("assistant 1.0.0");
  }

  /** Lets the device wait for no more than a moment. */
  void hurry() {
    device = device.restarted(Duration.ofSeconds(1));
  }

  /** Requires that the device can fall back, and that it takes 1.2.0 when it comes. */
  void assertRecovers() {
    server.behave();
    server.serve(publisher.repository);
    device.store.rollBack(MODEL);
    assertThat(device.running().title()).isEqualTo("assistant 1.0.0");
    device.update("1.2.0");
    assertThat(device.running().title()).isEqualTo("assistant 1.2.0");
  }

  @Override
  public void close() {
    device.close();
    server.close();
  }
}
