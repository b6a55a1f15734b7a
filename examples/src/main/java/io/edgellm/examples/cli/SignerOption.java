package io.edgellm.examples.cli;

import io.edgellm.release.ManifestSigner;
import io.edgellm.release.ReleaseSigner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Who signs a release: the holder of a key or of a certificate, or an account without a key. */
final class SignerOption {
  @Option(
      names = "--key",
      paramLabel = "KEY",
      description =
          "The private key that signs: a file, or pkcs11:slot-id=NUMBER;object=LABEL"
              + "?module-path=LIBRARY&pin-source=file:FILE.")
  private @Nullable KeyAddress key;

  @Option(
      names = "--certificates",
      paramLabel = "FILE",
      description = "PEM: the certificate of the key, and those above it.")
  private @Nullable Path certificates;

  @Mixin private PasswordOption password = new PasswordOption();
  @Mixin private KeylessOption keyless = new KeylessOption();

  /**
   * Returns the signer.
   *
   * @param clock for the expiry of an account's token
   * @throws CommandFault if nobody is to sign, or two are, or the certificates cannot be read
   */
  ManifestSigner open(InstantSource clock) {
    KeyAddress address = key;
    if ((address == null) != keyless.isChosen()) {
      throw new CommandFault(
          ExitCode.USAGE, "SIGNER", "Say who signs the release: either --key KEY or --keyless.");
    }
    if (address == null) {
      return keyless.open(clock, System.getenv());
    }
    ReleaseSigner signer = ReleaseSigner.of(address.open(password.passphrase()));
    return certificates == null ? signer : signer.withCertificates(pem(certificates));
  }

  private static String pem(Path certificates) {
    try {
      return Files.readString(certificates);
    } catch (IOException e) {
      throw new CommandFault(
          ExitCode.STORE,
          "IO",
          "The certificates in '" + certificates + "' cannot be read (" + e + ").",
          e);
    }
  }
}
