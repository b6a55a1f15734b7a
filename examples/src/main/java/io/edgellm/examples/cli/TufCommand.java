package io.edgellm.examples.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.edgellm.release.tuf.RoleExpiry;
import io.edgellm.release.tuf.TufPublisher;
import io.edgellm.release.tuf.TufSigner;
import io.edgellm.release.tuf.TufSigningKey;
import io.edgellm.trust.tuf.TufVersions;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Keeps an update repository. */
@Command(
    name = "tuf",
    description = "Keeps the update metadata of a repository.",
    mixinStandardHelpOptions = true)
final class TufCommand {
  private final Console console;
  private final InstantSource clock;

  TufCommand(Console console, InstantSource clock) {
    this.console = console;
    this.clock = clock;
  }

  @Command(
      name = "refresh",
      description = "Signs a new timestamp, and a new snapshot if half of its time is over.",
      mixinStandardHelpOptions = true,
      footerHeading = "%nExample, for a daily job:%n",
      footer = "  edgellm tuf refresh --repository repository --online-key online.key")
  int refresh(
      @Option(names = "--repository", required = true, description = "The repository.")
          Path repository,
      @Option(names = "--online-key", required = true, description = "Signs the two.")
          Path onlineKey) {
    TufVersions versions = at(repository).refresh().publish(TufSigningKey.read(onlineKey));
    ObjectNode json = Console.object();
    json.set("metadata", Metadata.json(versions));
    console.answer(Metadata.text(versions), json);
    return ExitCode.OK.number();
  }

  @Command(
      name = "expiries",
      description = "Shows what expires when, the first to expire first.",
      mixinStandardHelpOptions = true,
      footerHeading = "%nExample, for an alarm; ends with 1 if something has expired:%n",
      footer = "  edgellm tuf expiries --repository repository")
  int expiries(
      @Option(names = "--repository", required = true, description = "The repository.")
          Path repository) {
    Instant now = clock.instant();
    List<RoleExpiry> expiries = at(repository).expiries();
    StringBuilder text = new StringBuilder();
    ObjectNode json = Console.object();
    ArrayNode roles = json.putArray("roles");
    for (RoleExpiry expiry : expiries) {
      roles
          .addObject()
          .put("role", expiry.role())
          .put("version", expiry.version())
          .put("expires", expiry.expires().toString())
          .put("expired", expiry.isExpiredAt(now));
      text.append(
          String.format(
              Locale.ROOT,
              "%-28s version %-5d %s  %s%n",
              expiry.role(),
              expiry.version(),
              expiry.expires(),
              expiry.isExpiredAt(now)
                  ? "EXPIRED"
                  : "in " + Duration.between(now, expiry.expires()).toDays() + " days"));
    }
    console.answer(text.toString(), json);
    return (expiries.stream().anyMatch(e -> e.isExpiredAt(now)) ? ExitCode.REFUSED : ExitCode.OK)
        .number();
  }

  @Command(
      name = "withdraw",
      description = "Takes a version back: devices do not install or activate it any more.",
      mixinStandardHelpOptions = true,
      footerHeading = "%nExample:%n",
      footer = {
        "  edgellm tuf withdraw assistant@1.2.0 --repository repository \\",
        "      --team-key team.key --online-key online.key",
      })
  int withdraw(
      @Parameters(paramLabel = "MODEL@VERSION", description = "What to take back.") ModelName name,
      @Option(names = "--repository", required = true, description = "The repository.")
          Path repository,
      @Option(names = "--team-key", required = true, description = "Signs for the line.")
          List<Path> teamKeys,
      @Option(names = "--online-key", required = true, description = "Signs the rest.")
          Path onlineKey) {
    TufVersions versions =
        at(repository)
            .withdraw(name.line(), name.requireVersion())
            .sign(teamKeys.stream().map(TufSigningKey::read).toArray(TufSigner[]::new))
            .publish(TufSigningKey.read(onlineKey));
    ObjectNode json = Console.object();
    json.put("model", name.line().value()).put("withdrawn", name.requireVersion().toString());
    json.set("metadata", Metadata.json(versions));
    console.answer(name + " is withdrawn\n" + Metadata.text(versions), json);
    return ExitCode.OK.number();
  }

  private TufPublisher at(Path repository) {
    return TufPublisher.at(repository, clock);
  }
}
