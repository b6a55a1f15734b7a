package io.edgellm.transfer;

import static io.edgellm.transfer.ModelPublisher.MODEL;

import io.edgellm.model.DeviceProfile;
import io.edgellm.model.ModelVersion;
import io.edgellm.store.Lease;
import io.edgellm.store.ModelState;
import io.edgellm.store.ModelStore;
import io.edgellm.store.StoreOptions;
import io.edgellm.store.StoredModel;
import io.edgellm.trust.CurrentReleases;
import io.edgellm.trust.PolicyModelVerifier;
import io.edgellm.trust.TrustPolicy;
import io.edgellm.trust.VerifiedModel;
import io.edgellm.trust.time.TrustedClock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.SplittableRandom;

/** A device as a host application puts it together, in one directory. */
final class EdgeDevice implements AutoCloseable {
  static final Instant BUILT = Instant.parse("2030-01-01T00:00:00Z");

  /** How long a device waits for the next bytes. */
  static final Duration PATIENCE = Duration.ofSeconds(30);

  private static final HttpClient HTTP =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  final Path directory;
  final ModelStore store;
  final TrustedClock clock;
  final CurrentReleases releases;
  final PolicyModelVerifier verifier;
  private final TrustPolicy policy;
  private final URI server;
  private final InstantSource deviceClock;
  private final ArtifactSource source;

  EdgeDevice(
      Path directory,
      TrustPolicy policy,
      URI server,
      InstantSource deviceClock,
      Duration inactivity) {
    this.directory = directory;
    this.policy = policy;
    this.server = server;
    this.deviceClock = deviceClock;
    this.source = new HttpArtifactSource(server, HTTP, inactivity);
    try {
      Files.createDirectories(directory);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    store = ModelStore.open(directory.resolve("store"), StoreOptions.defaults());
    clock = TrustedClock.open(directory.resolve("time"), deviceClock, BUILT);
    releases =
        CurrentReleases.open(
            policy, new SourceTufRepository(source), directory.resolve("tuf"), clock);
    verifier = PolicyModelVerifier.of(releases);
  }

  /** Fetches and installs a release. */
  StoredModel deliver(String version) {
    return deliver(version, event -> {});
  }

  StoredModel deliver(String version, TransferListener listener) {
    return deliver(version, listener, 0);
  }

  /** Fetches and installs a release, and finds any connection too slow. */
  StoredModel deliverHastily(String version) {
    return deliver(version, event -> {}, Long.MAX_VALUE);
  }

  private StoredModel deliver(String version, TransferListener listener, long minimumRate) {
    return ModelDelivery.builder(
            ReleaseCatalog.of(releases),
            source,
            store,
            verifier,
            DeviceProfile.ofThisMachine("onnxruntime", "1.28.0", 1L << 30))
        .options(
            new TransferOptions(1, Duration.ZERO, Duration.ZERO, minimumRate, Duration.ofNanos(1)))
        .jitter(new SplittableRandom(1))
        .build()
        .deliver(MODEL, ModelVersion.parse(version), listener);
  }

  /** Verifies an installed release as it is on the disk now. */
  VerifiedModel verify(String version) {
    try (Lease lease = store.lease(MODEL, ModelVersion.parse(version))) {
      return lease.verify(verifier).orElseThrow();
    }
  }

  /** Activates an installed release on trial. */
  ModelState activate(String version) {
    try (Lease lease = store.lease(MODEL, ModelVersion.parse(version))) {
      return store.activate(lease.verify(verifier).orElseThrow());
    }
  }

  /** Ends the trial of what is active. */
  void markHealthy(String version) {
    store.markHealthy(MODEL, ModelVersion.parse(version));
  }

  /** Goes the whole way of a release. */
  void update(String version) {
    deliver(version);
    activate(version);
    markHealthy(version);
  }

  /** Verifies what is active, as a host does when it starts. */
  VerifiedModel running() {
    try (Lease lease = store.lease(MODEL)) {
      return lease.verify(verifier).orElseThrow();
    }
  }

  ModelState state() {
    return store.state(MODEL);
  }

  List<String> installed() {
    return store.list(MODEL).stream().map(model -> model.version().toString()).toList();
  }

  Path metadata() {
    return directory.resolve("tuf");
  }

  /** Ends this one, and starts it anew from what is on its disk. */
  EdgeDevice restarted() {
    return restarted(PATIENCE);
  }

  EdgeDevice restarted(Duration inactivity) {
    close();
    return new EdgeDevice(directory, policy, server, deviceClock, inactivity);
  }

  /** Starts another instance on the same directories. */
  EdgeDevice another() {
    return new EdgeDevice(directory, policy, server, deviceClock, PATIENCE);
  }

  @Override
  public void close() {
    store.close();
  }
}
