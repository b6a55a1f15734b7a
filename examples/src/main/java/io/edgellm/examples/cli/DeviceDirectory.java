package io.edgellm.examples.cli;

import io.edgellm.examples.Disconnected;
import io.edgellm.model.ModelVersion;
import io.edgellm.store.ModelStore;
import io.edgellm.store.StoreOptions;
import io.edgellm.store.StoredModel;
import io.edgellm.transfer.ArtifactSource;
import io.edgellm.transfer.ReleaseCatalog;
import io.edgellm.transfer.SourceTufRepository;
import io.edgellm.trust.CurrentReleases;
import io.edgellm.trust.PolicyModelVerifier;
import io.edgellm.trust.TrustPolicy;
import io.edgellm.trust.time.TrustedClock;
import io.edgellm.trust.tuf.TufRepository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;

/**
 * The directory that {@code --store} names, laid out as an application on the device would: the
 * models, what is known of the update repository, and the floor of the clock.
 */
final class DeviceDirectory implements AutoCloseable {
  private final Path directory;
  private final InstantSource clock;
  private final ModelStore store;

  /**
   * What decides on releases.
   *
   * @param catalog where their papers come from
   * @param verifier who decides
   */
  record Trust(ReleaseCatalog catalog, PolicyModelVerifier verifier) {}

  private DeviceDirectory(Path directory, InstantSource clock, ModelStore store) {
    this.directory = directory;
    this.clock = clock;
    this.store = store;
  }

  /** Opens a directory, and makes it if it is not there. */
  static DeviceDirectory create(Path directory, InstantSource clock) {
    try {
      Files.createDirectories(directory);
    } catch (IOException e) {
      throw new CommandFault(
          ExitCode.STORE,
          "IO",
          "'" + directory + "' cannot be made (" + e + "): check the path and the permissions.",
          e);
    }
    return new DeviceDirectory(
        directory, clock, ModelStore.open(directory.resolve("models"), StoreOptions.defaults()));
  }

  /** Opens a directory that an installation has made. */
  static DeviceDirectory open(Path directory, InstantSource clock) {
    if (!Files.isDirectory(directory.resolve("models"))) {
      throw new CommandFault(
          ExitCode.NOT_FOUND,
          "NO_STORE",
          "There is no store in '" + directory + "': check --store, or install something first.");
    }
    return create(directory, clock);
  }

  ModelStore store() {
    return store;
  }

  /** Returns a policy at work, with a source that it may ask what is current. */
  Trust asking(ArtifactSource source, TrustPolicy policy) {
    if (policy.updates().isEmpty()) {
      return new Trust(ReleaseCatalog.unsigned(source), PolicyModelVerifier.of(policy, clock()));
    }
    CurrentReleases releases = releases(policy, new SourceTufRepository(source));
    return new Trust(ReleaseCatalog.of(releases), PolicyModelVerifier.of(releases));
  }

  /** Returns a verifier that asks nobody: it knows what the last installation was told. */
  PolicyModelVerifier offline(TrustPolicy policy) {
    return policy.updates().isEmpty()
        ? PolicyModelVerifier.of(policy, clock())
        : PolicyModelVerifier.of(releases(policy, new Disconnected()));
  }

  private CurrentReleases releases(TrustPolicy policy, TufRepository repository) {
    return CurrentReleases.open(policy, repository, directory.resolve("tuf"), clock());
  }

  private TrustedClock clock() {
    return TrustedClock.open(directory.resolve("time"), clock);
  }

  /** Finds the version of a name, or the active one. */
  StoredModel require(ModelName name) {
    ModelVersion version =
        name.version()
            .or(() -> Optional.ofNullable(store.state(name.line()).current()))
            .orElseThrow(
                () ->
                    new CommandFault(
                        ExitCode.NOT_FOUND,
                        "NOT_ACTIVE",
                        "No version of '"
                            + name.line()
                            + "' is active: write "
                            + name.line()
                            + "@VERSION, or activate one."));
    return store
        .find(name.line(), version)
        .orElseThrow(
            () ->
                new CommandFault(
                    ExitCode.NOT_FOUND,
                    "NOT_INSTALLED",
                    name.line()
                        + " "
                        + version
                        + " is not installed: 'edgellm list' shows what is."));
  }

  @Override
  public void close() {
    store.close();
  }
}
