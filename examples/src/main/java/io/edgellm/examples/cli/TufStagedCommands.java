package io.edgellm.examples.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.edgellm.release.tuf.DetachedSignature;
import io.edgellm.release.tuf.SigningRequest;
import io.edgellm.release.tuf.StagedChange;
import io.edgellm.release.tuf.TufPublisher;
import io.edgellm.release.tuf.TufSigner;
import io.edgellm.trust.tuf.TufVersions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What people do with a change that waits for their signatures. */
@Command(name = "staged")
final class TufStagedCommands {
  private final Console console;
  private final InstantSource clock;

  TufStagedCommands(Console console, InstantSource clock) {
    this.console = console;
    this.clock = clock;
  }

  /** Puts each of these commands beside the others of a parent. */
  void addTo(CommandLine parent) {
    new CommandLine(this)
        .getSubcommands()
        .forEach((name, command) -> parent.addSubcommand(name, command));
  }

  @Command(
      name = "requests",
      description = "Writes what is to be signed of a staged change: one file for each role.",
      mixinStandardHelpOptions = true,
      footerHeading = "%nExample:%n",
      footer = "  edgellm tuf requests assistant-1.4.0 --repository repository --to outbox")
  int requests(
      @Parameters(paramLabel = "NAME", description = "The staged change.") String name,
      @Option(names = "--repository", required = true, description = "The repository.")
          Path repository,
      @Option(
              names = "--to",
              required = true,
              paramLabel = "DIRECTORY",
              description = "Where to write them.")
          Path outbox) {
    StagedChange staged = at(repository).staged(name);
    ObjectNode json = Console.object();
    json.put("staged", name);
    String waiting = TufChangeOption.waiting(staged, json);
    StringBuilder text = new StringBuilder(waiting);
    try {
      Files.createDirectories(outbox);
    } catch (IOException e) {
      throw new CommandFault(
          ExitCode.STORE, "IO", "'" + outbox + "' cannot be made (" + e + ").", e);
    }
    for (SigningRequest request : staged.requests()) {
      Path file = request.saveInto(outbox);
      json.withArray("files").add(file.toString());
      text.append("\nwrote ").append(file);
    }
    console.answer(text.toString(), json);
    return ExitCode.OK.number();
  }

  @Command(
      name = "sign",
      description = {
        "Signs a request, on the machine of its signer; no repository is needed.",
        "Shows what is signed: read it, for you vouch for it.",
      },
      mixinStandardHelpOptions = true,
      footerHeading = "%nExample:%n",
      footer = {
        "  edgellm tuf sign 2.models-assistant.to-sign.json --key alice.key --to alice.sig",
      })
  int sign(
      @Parameters(paramLabel = "REQUEST", description = "What 'edgellm tuf requests' wrote.")
          Path request,
      @Option(
              names = "--key",
              required = true,
              paramLabel = "KEY",
              description = "A private key file, or pkcs11:…, a key on a token.")
          KeyAddress key,
      @Option(
              names = "--to",
              required = true,
              paramLabel = "FILE",
              description = "Where to write the signature, which is not secret.")
          Path file,
      @Mixin PasswordOption password) {
    SigningRequest read = SigningRequest.read(request);
    console.note(read.text());
    TufSigner signer = key.openForMetadata(password.passphrase());
    DetachedSignature signature = read.sign(signer);
    signature.save(file);
    ObjectNode json = Console.object();
    json.put("role", read.role())
        .put("version", read.version())
        .put("key", signer.key().id())
        .put("file", file.toString());
    console.answer("signed " + read + " as " + signer.key() + " into " + file, json);
    return ExitCode.OK.number();
  }

  @Command(
      name = "add-signature",
      description = "Adds what people have signed to a staged change; each signature is checked.",
      mixinStandardHelpOptions = true,
      footerHeading = "%nExample:%n",
      footer = {
        "  edgellm tuf add-signature assistant-1.4.0 alice.sig bob.sig --repository repository",
      })
  int addSignature(
      @Parameters(index = "0", paramLabel = "NAME", description = "The staged change.") String name,
      @Parameters(index = "1..*", arity = "1..*", paramLabel = "FILE", description = "Signatures.")
          List<Path> files,
      @Option(names = "--repository", required = true, description = "The repository.")
          Path repository) {
    StagedChange staged = at(repository).staged(name);
    files.forEach(file -> staged.add(DetachedSignature.read(file)));
    ObjectNode json = Console.object();
    json.put("staged", name);
    console.answer(TufChangeOption.waiting(staged, json), json);
    return ExitCode.OK.number();
  }

  @Command(
      name = "publish-staged",
      description = "Makes a staged change current, when enough people have signed it.",
      mixinStandardHelpOptions = true,
      footerHeading = "%nExample:%n",
      footer = {
        "  edgellm tuf publish-staged assistant-1.4.0 --repository repository \\",
        "      --online-key online.key",
      })
  int publishStaged(
      @Parameters(paramLabel = "NAME", description = "The staged change.") String name,
      @Option(names = "--repository", required = true, description = "The repository.")
          Path repository,
      @Option(
              names = "--online-key",
              required = true,
              paramLabel = "KEY",
              description = "Signs snapshot and timestamp; may be repeated.")
          List<KeyAddress> onlineKeys,
      @Mixin PasswordOption password) {
    TufVersions versions =
        at(repository)
            .staged(name)
            .publish(
                onlineKeys.stream()
                    .map(key -> key.openForMetadata(password.passphrase()))
                    .toArray(TufSigner[]::new));
    ObjectNode json = Console.object();
    json.put("published", name);
    json.set("metadata", Metadata.json(versions));
    console.answer("'" + name + "' is current\n" + Metadata.text(versions), json);
    return ExitCode.OK.number();
  }

  @Command(
      name = "discard",
      description = {
        "Throws a staged change away. Its version numbers are not used again, except for a root:",
        "discard that only if nobody can have a copy of its signatures.",
      },
      mixinStandardHelpOptions = true,
      footerHeading = "%nExample:%n",
      footer = "  edgellm tuf discard assistant-1.4.0 --repository repository")
  int discard(
      @Parameters(paramLabel = "NAME", description = "The staged change.") String name,
      @Option(names = "--repository", required = true, description = "The repository.")
          Path repository) {
    at(repository).staged(name).discard();
    console.answer("'" + name + "' is discarded", Console.object().put("discarded", name));
    return ExitCode.OK.number();
  }

  private TufPublisher at(Path repository) {
    return TufPublisher.at(repository, clock);
  }
}
