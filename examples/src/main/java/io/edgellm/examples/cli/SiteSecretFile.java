package io.edgellm.examples.cli;

import io.edgellm.peer.SiteSecret;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The file with what the devices of a site have in common. */
final class SiteSecretFile {
  private SiteSecretFile() {}

  /** Reads it; empty if none was named. */
  static Optional<SiteSecret> read(@Nullable Path file) {
    if (file == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(new SiteSecret(Files.readAllBytes(file)));
    } catch (IOException | IllegalArgumentException e) {
      throw new CommandFault(
          ExitCode.USAGE,
          "SECRET",
          "'" + file + "' is no secret of a site (" + e.getMessage() + ").",
          e);
    }
  }
}
