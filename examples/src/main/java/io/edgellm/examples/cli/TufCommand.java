package io.edgellm.examples.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.edgellm.release.tuf.RoleExpiry;
import io.edgellm.release.tuf.TufChange;
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
      name = "renew",
      description = {
        "Signs new versions of roles with the same content and a new expiry.",
        "Snapshot and timestamp come with it.",
      },
      mixinStandardHelpOptions = true,
      footerHeading = "%nExample:%n",
      footer = {
        "  edgellm tuf renew targets models-assistant --repository repository \\",
        "      --key targets.key --key team.key --online-key online.key",
      })
  int renew(
      @Parameters(
              arity = "1..*",
              paramLabel = "ROLE",
              description = "root, targets, or models-LINE, as 'edgellm tuf expiries' shows them.")
          String[] roles,
      @Option(names = "--repository", required = true, description = "The repository.")
          Path repository,
      @Option(names = "--key", required = true, description = "Signs a role; may be repeated.")
          List<Path> keys,
      @Option(names = "--online-key", required = true, description = "Signs the rest.")
          Path onlineKey) {
    TufVersions versions =
        renewal(repository, roles).sign(signers(keys)).publish(TufSigningKey.read(onlineKey));
    ObjectNode json = Console.object();
    List.of(roles).forEach(json.putArray("renewed")::add);
    json.set("metadata", Metadata.json(versions));
    console.answer(String.join(", ", roles) + " renewed\n" + Metadata.text(versions), json);
    return ExitCode.OK.number();
  }

  private TufChange renewal(Path repository, String... roles) {
    try {
      return at(repository).renew(roles);
    } catch (IllegalArgumentException e) {
      throw new CommandFault(
          ExitCode.USAGE, "ROLE", e.getMessage() + " 'edgellm tuf refresh' does it.", e);
    }
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
            .sign(signers(teamKeys))
            .publish(TufSigningKey.read(onlineKey));
    ObjectNode json = Console.object();
    json.put("model", name.line().value()).put("withdrawn", name.requireVersion().toString());
    json.set("metadata", Metadata.json(versions));
    console.answer(
        name
            + " is withdrawn\n"
            + Metadata.text(versions)
            + "\nThe plain index.json of the line lists it as before: devices with 'updates: none'"
            + " still take it.",
        json);
    return ExitCode.OK.number();
  }

  private static TufSigner[] signers(List<Path> keys) {
    return keys.stream().map(TufSigningKey::read).toArray(TufSigner[]::new);
  }

  private TufPublisher at(Path repository) {
    return TufPublisher.at(repository, clock);
  }
}
