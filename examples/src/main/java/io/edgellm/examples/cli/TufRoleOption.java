package io.edgellm.examples.cli;

import io.edgellm.release.tuf.TufRole;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say who signs for a role from now on. */
final class TufRoleOption {
  @Option(
      names = "--role-key",
      required = true,
      paramLabel = "KEY",
      description =
          "Signs for the role from now on: a public key, or a private one that also signs this"
              + " change. May be repeated.")
  private List<KeyAddress> keys = new ArrayList<>();

  @Option(
      names = "--threshold",
      paramLabel = "N",
      description = "How many of them must sign; all if not given.")
  private @Nullable Integer threshold;

  @Option(
      names = "--valid-days",
      paramLabel = "DAYS",
      description = "How long what they sign is valid; as before, or 90 days, if not given.")
  private @Nullable Integer days;

  TufRoleKeys open(TufChangeOption change) {
    return TufRoleKeys.open(keys, change.passphrase());
  }

  /** Returns the role, with the usual validity if no other is said. */
  TufRole role(TufRoleKeys opened, Duration usual) {
    return checked(
        () ->
            new TufRole(
                opened.keys(),
                threshold == null ? opened.keys().size() : threshold,
                days == null ? usual : Duration.ofDays(days)));
  }

  /** Says what makes no sense as a fault of the command line. */
  static TufRole checked(Supplier<TufRole> role) {
    try {
      return role.get();
    } catch (IllegalArgumentException e) {
      throw new CommandFault(ExitCode.USAGE, "ROLE", String.valueOf(e.getMessage()), e);
    }
  }
}
