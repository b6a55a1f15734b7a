package io.edgellm.transfer;

import io.edgellm.model.DeviceProfile;
import io.edgellm.model.ModelId;
import io.edgellm.model.ModelVersion;
import io.edgellm.store.Lease;
import io.edgellm.store.ModelStore;
import io.edgellm.store.StoreOptions;
import io.edgellm.store.StoredModel;
import io.edgellm.trust.CurrentReleases;
import io.edgellm.trust.PolicyModelVerifier;
import io.edgellm.trust.SignedRelease;
import io.edgellm.trust.TrustPolicy;
import io.edgellm.trust.UpdateTrust;
import io.edgellm.trust.VerifiedModel;
import io.edgellm.trust.time.TrustedClock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/**
 * A publisher with a signed repository in a directory, and devices that live from any source that
 * has what is in it.
 */
public final class RepositoryScene {
  /** The model line that is published. */
  public static final ModelId MODEL = ModelPublisher.MODEL;

  /** The bytes of the larger one of the two files of a release. */
  public static final long MODEL_BYTES = ModelPublisher.MODEL_BYTES;

  private static final Instant NOW = Instant.parse("2030-06-01T12:00:00Z");

  private final Path directory;
  private final InstantSource clock = InstantSource.fixed(NOW);
  private final ModelPublisher publisher;

  /**
   * @param directory for everything, new
   */
  public RepositoryScene(Path directory) {
    this.directory = directory;
    this.publisher = new ModelPublisher(directory, clock);
  }

  private RepositoryScene(RepositoryScene other, Path directory) {
    this.directory = directory;
    this.publisher = new ModelPublisher(other.publisher, directory, clock);
  }

  /** Returns the same publisher, with all of his keys, on another machine. */
  public RepositoryScene elsewhere(Path other) {
    try {
      return new RepositoryScene(this, Files.createDirectories(other));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns the root that devices pin. */
  public byte[] root() {
    return publisher.root();
  }

  /** Publishes, signs and lists a release. */
  public SignedRelease publish(String version) {
    return publisher.publish(version);
  }

  /** Lists a release that was written and signed before. */
  public void list(SignedRelease release) {
    publisher.list(release);
  }

  /** Signs a new timestamp. */
  public void refresh() {
    publisher.refresh();
  }

  /** Takes a release back. */
  public void withdraw(String version) {
    publisher.withdraw(version);
  }

  /** Replaces the keys of snapshot and timestamp, which makes a new root. */
  public void replaceOnlineKeys() {
    publisher.replaceOnlineKeys();
  }

  /** Returns what is to be uploaded. */
  public Path repository() {
    return publisher.repository;
  }

  /** Starts a device, or starts it anew: what it had in its directory it still has. */
  public Device device(String name, ArtifactSource source) {
    return new Device(directory.resolve(name), source);
  }

  /** A device that takes papers, update metadata and files from one source. */
  public final class Device implements AutoCloseable {
    private final ArtifactSource source;
    private final ModelStore store;
    private final CurrentReleases releases;
    private final PolicyModelVerifier verifier;

    private Device(Path directory, ArtifactSource source) {
      this.source = source;
      try {
        Files.createDirectories(directory);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      TrustPolicy policy =
          TrustPolicy.builder()
              .signer("release-team", publisher.signer.publicKey(), MODEL.value())
              .updates(UpdateTrust.pinned(publisher.root()))
              .build();
      store = ModelStore.open(directory.resolve("store"), StoreOptions.defaults());
      releases =
          CurrentReleases.open(
              policy,
              new SourceTufRepository(source),
              directory.resolve("tuf"),
              TrustedClock.open(directory.resolve("time"), clock, NOW));
      verifier = PolicyModelVerifier.of(releases);
    }

    /** Fetches and installs a release; gives up at the first failure. */
    public StoredModel deliver(String version) {
      return delivery(ReleaseCatalog.of(releases))
          .deliver(MODEL, ModelVersion.parse(version), TransferListener.silent());
    }

    /** Fetches the papers of a release as the source claims them, without an update repository. */
    public int papersOf(String version) {
      return ReleaseCatalog.unsigned(source)
          .fetch(MODEL, ModelVersion.parse(version))
          .manifest()
          .files()
          .size();
    }

    private ModelDelivery delivery(ReleaseCatalog catalog) {
      return ModelDelivery.builder(
              catalog,
              source,
              store,
              verifier,
              DeviceProfile.ofThisMachine("onnxruntime", "1.28.0", 1L << 30))
          .options(new TransferOptions(1, Duration.ZERO, Duration.ZERO, 0, Duration.ofSeconds(30)))
          .build();
    }

    /** Verifies an installed release as it is on the disk. */
    public VerifiedModel verify(String version) {
      try (Lease lease = store.lease(MODEL, ModelVersion.parse(version))) {
        return lease.verify(verifier).orElseThrow();
      }
    }

    @Override
    public void close() {
      store.close();
    }
  }
}
