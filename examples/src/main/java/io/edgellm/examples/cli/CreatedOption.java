package io.edgellm.examples.cli;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The option for the time that a release says it was made at. */
final class CreatedOption {
  @Option(
      names = "--created",
      paramLabel = "TIME",
      defaultValue = "${env:SOURCE_DATE_EPOCH}",
      description =
          "When it was made, as 2026-03-01T12:00:00Z or as seconds since 1970, so that the same"
              + " inputs give the same bytes. Now, or SOURCE_DATE_EPOCH, if not given.")
  private @Nullable String created;

  InstantSource clock(InstantSource otherwise) {
    if (created == null || created.isBlank()) {
      return otherwise;
    }
    try {
      return InstantSource.fixed(
          created.matches("\\d{1,12}")
              ? Instant.ofEpochSecond(Long.parseLong(created))
              : Instant.parse(created));
    } catch (DateTimeException e) {
      throw new CommandFault(
          ExitCode.USAGE,
          "CREATED",
          "'" + created + "' is no time: write 2026-03-01T12:00:00Z, or seconds since 1970.",
          e);
    }
  }
}
