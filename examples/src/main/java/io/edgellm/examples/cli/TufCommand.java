package io.edgellm.examples.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.edgellm.release.tuf.RoleExpiry;
import io.edgellm.release.tuf.TufChange;
import io.edgellm.release.tuf.TufKey;
import io.edgellm.release.tuf.TufPublisher;
import io.edgellm.release.tuf.TufRole;
import io.edgellm.release.tuf.TufSigner;
import io.edgellm.trust.tuf.TufVersions;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
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

  private TufCommand(Console console, InstantSource clock) {
    this.console = console;
    this.clock = clock;
  }

  /** Returns the command with all that is below it. */
  static CommandLine line(Console console, InstantSource clock) {
    CommandLine tuf = new CommandLine(new TufCommand(console, clock));
    tuf.addSubcommand(new TufCreateCommand(console, clock));
    tuf.addSubcommand(new TufDelegateCommand(console, clock));
    tuf.addSubcommand(new TufAddCommand(console, clock));
    tuf.addSubcommand(new TufRekeyCommand(console, clock));
    tuf.addSubcommand(new TufStagedCommands.Requests(console, clock));
    tuf.addSubcommand(new TufStagedCommands.Sign(console));
    tuf.addSubcommand(new TufStagedCommands.AddSignature(console, clock));
    tuf.addSubcommand(new TufStagedCommands.PublishStaged(console, clock));
    tuf.addSubcommand(new TufStagedCommands.Discard(console, clock));
    return tuf;
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
      @Option(
              names = "--online-key",
              required = true,
              paramLabel = "KEY",
              description = "Signs the two: a file, or pkcs11:…; may be repeated.")
          List<KeyAddress> onlineKeys,
      @Mixin PasswordOption password) {
    TufVersions versions =
        at(repository)
            .refresh()
            .publish(
                onlineKeys.stream()
                    .map(key -> key.openForMetadata(password.passphrase()))
                    .toArray(TufSigner[]::new));
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
    ObjectNode json = Console.object();
    StringBuilder text = new StringBuilder();
    boolean expired = false;
    for (RoleExpiry expiry : at(repository).expiries()) {
      expired |= describe(expiry, text, json.withArray("roles").addObject());
    }
    console.answer(text.toString(), json);
    return (expired ? ExitCode.REFUSED : ExitCode.OK).number();
  }

  /** Describes an expiry, and returns whether it is past. */
  private boolean describe(RoleExpiry expiry, StringBuilder text, ObjectNode json) {
    Instant now = clock.instant();
    boolean expired = expiry.isExpiredAt(now);
    json.put("role", expiry.role())
        .put("version", expiry.version())
        .put("expires", expiry.expires().toString())
        .put("expired", expired);
    text.append(
        String.format(
            Locale.ROOT,
            "%-28s version %-5d %s  %s%n",
            expiry.role(),
            expiry.version(),
            expiry.expires(),
            expired
                ? "EXPIRED"
                : "in " + Duration.between(now, expiry.expires()).toDays() + " days"));
    return expired;
  }

  @Command(
      name = "status",
      description = "Shows who signs for what, until when that is valid, and what waits.",
      mixinStandardHelpOptions = true,
      footerHeading = "%nExample; ends with 1 if something has expired:%n",
      footer = "  edgellm tuf status --repository repository")
  int status(
      @Option(names = "--repository", required = true, description = "The repository.")
          Path repository) {
    TufPublisher tuf = at(repository);
    ObjectNode json = Console.object();
    StringBuilder text = new StringBuilder();
    boolean expired = false;
    for (RoleExpiry expiry : tuf.expiries()) {
      ObjectNode entry = json.withArray("roles").addObject();
      expired |= describe(expiry, text, entry);
      describe(tuf.role(expiry.role()), text, entry);
    }
    ArrayNode staged = json.putArray("staged");
    for (String name : tuf.staged()) {
      ObjectNode entry = staged.addObject().put("staged", name);
      text.append(TufChangeOption.waiting(tuf.staged(name), entry)).append(System.lineSeparator());
    }
    console.answer(text.toString(), json);
    return (expired ? ExitCode.REFUSED : ExitCode.OK).number();
  }

  private static void describe(TufRole role, StringBuilder text, ObjectNode json) {
    json.put("threshold", role.threshold()).put("validDays", role.validity().toDays());
    text.append(
        String.format(
            Locale.ROOT,
            "  %d of %d, for %d days:",
            role.threshold(),
            role.keys().size(),
            role.validity().toDays()));
    for (TufKey key : role.keys()) {
      json.withArray("keys").addObject().put("scheme", key.scheme()).put("id", key.id());
      text.append(' ').append(key);
    }
    text.append(System.lineSeparator());
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
      @Mixin TufChangeOption change) {
    change.requireEnd();
    ObjectNode json = Console.object();
    List.of(roles).forEach(json.putArray("renewed")::add);
    return change.finish(
        console,
        renewal(change.tuf(clock), roles),
        String.join(", ", roles) + " renewed",
        change.signers(List.of()),
        json);
  }

  private static TufChange renewal(TufPublisher tuf, String... roles) {
    try {
      return tuf.renew(roles);
    } catch (IllegalArgumentException e) {
      throw new CommandFault(
          ExitCode.USAGE, "ROLE", e.getMessage() + " 'edgellm tuf refresh' does it.", e);
    }
  }

  @Command(
      name = "withdraw",
      description = {
        "Takes a version back: devices do not install or activate it any more.",
        "Those with 'updates: none' go by the plain index.json of the line, which lists it as"
            + " before.",
      },
      mixinStandardHelpOptions = true,
      footerHeading = "%nExample:%n",
      footer = {
        "  edgellm tuf withdraw assistant@1.2.0 --repository repository \\",
        "      --team-key team.key --online-key online.key",
      })
  int withdraw(
      @Parameters(paramLabel = "MODEL@VERSION", description = "What to take back.") ModelName name,
      @Mixin TufChangeOption change) {
    change.requireEnd();
    return change.finish(
        console,
        change.tuf(clock).withdraw(name.line(), name.requireVersion()),
        name
            + " is withdrawn; the plain index.json of the line lists it as before, for devices with"
            + " 'updates: none'",
        change.signers(List.of()),
        Console.object()
            .put("model", name.line().value())
            .put("withdrawn", name.requireVersion().toString()));
  }

  private TufPublisher at(Path repository) {
    return TufPublisher.at(repository, clock);
  }
}
