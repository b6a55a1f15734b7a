package io.edgellm.examples.quickstart;

import io.edgellm.model.ModelId;
import io.edgellm.trust.CurrentReleases;
import io.edgellm.trust.SignerKey;
import io.edgellm.trust.TrustPolicy;
import io.edgellm.trust.UpdateTrust;
import io.edgellm.trust.time.TrustedClock;
import io.edgellm.trust.tuf.TufRepository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;

/**
 * The directory of a device: two files that the application ships with, which say whom it trusts,
 * and what it keeps.
 *
 * @param directory an existing directory
 * @param line the model line of this device
 */
record DeviceHome(Path directory, ModelId line) {
  /** Returns the pinned root of the update repository. */
  Path rootFile() {
    return directory.resolve("root.json");
  }

  /** Returns the public key of whoever signs releases. */
  Path keyFile() {
    return directory.resolve("release-key.pub");
  }

  Path store() {
    return directory.resolve("models");
  }

  /** Returns where the engine keeps what it found out about graphs. */
  Path engineCache() {
    return directory.resolve("engine");
  }

  Path journal() {
    return directory.resolve("rollout");
  }

  /** Returns whom the device trusts: one signer for one line, and the repository that it pins. */
  TrustPolicy policy() throws IOException {
    return TrustPolicy.builder()
        .signer("quickstart", SignerKey.read(keyFile()), line.value())
        .updates(UpdateTrust.pinned(Files.readAllBytes(rootFile())))
        .build();
  }

  /** Opens what the device knows of the repository. */
  CurrentReleases releases(TufRepository repository) throws IOException {
    return CurrentReleases.open(
        policy(),
        repository,
        directory.resolve("tuf"),
        TrustedClock.open(directory.resolve("time"), InstantSource.system()));
  }
}
