package io.edgellm.examples.cli;

import io.edgellm.release.ManifestSigner;
import io.edgellm.release.ReleaseSigner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options that say who signs a release: the holder of a key, or that of a certificate. */
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

  /**
   * Returns the signer.
   *
   * @throws CommandFault if nobody is to sign, or the certificates cannot be read
   */
  ManifestSigner open() {
    KeyAddress address = key;
    if (address == null) {
      throw new CommandFault(
          ExitCode.USAGE, "SIGNER_MISSING", "Say who signs the release: --key KEY.");
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
