package io.edgellm.examples.cli;

import io.edgellm.release.Passphrase;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The option that says where passwords and PINs of keys are. */
final class PasswordOption {
  @Option(
      names = "--password-file",
      paramLabel = "FILE",
      description =
          "Its first line is the password of protected key files, and the PIN of tokens whose"
              + " address does not say where it is.")
  private @Nullable Path file;

  Passphrase passphrase() {
    return file == null ? Passphrase.none() : Passphrase.inFile(file);
  }
}
