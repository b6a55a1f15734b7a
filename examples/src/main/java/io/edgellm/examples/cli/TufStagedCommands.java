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
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What people do with a change that waits for their signatures. */
final class TufStagedCommands {
  private TufStagedCommands() {}

  /** Which change, and where. */
  static final class ChangeName {
    @Parameters(index = "0", paramLabel = "NAME", description = "The staged change.")
    private String name;

    @Option(names = "--repository", required = true, description = "The repository.")
    private Path repository;

    StagedChange find(InstantSource clock) {
      TufChangeOption.requireName(name);
      return TufPublisher.at(repository, clock).staged(name);
    }
  }

  /** Writes the requests. */
  @Command(
      name = "requests",
      description = "Writes what is to be signed of a staged change: one file for each role.",
      mixinStandardHelpOptions = true,
      footerHeading = "%nExample:%n",
      footer = "  edgellm tuf requests assistant-1.4.0 --repository repository --to outbox")
  static final class Requests implements Callable<Integer> {
    private final Console console;
    private final InstantSource clock;

    @Mixin private ChangeName change = new ChangeName();

    @Option(
        names = "--to",
        required = true,
        paramLabel = "DIRECTORY",
        description = "Where to write them.")
    private Path outbox;

    Requests(Console console, InstantSource clock) {
      this.console = console;
      this.clock = clock;
    }

    @Override
    public Integer call() {
      StagedChange staged = change.find(clock);
      ObjectNode json = Console.object().put("staged", staged.name());
      StringBuilder text = new StringBuilder(TufChangeOption.waiting(staged, json));
      createOutbox();
      for (SigningRequest request : staged.requests()) {
        Path file = request.saveInto(outbox);
        json.withArray("files").add(file.toString());
        text.append(System.lineSeparator()).append("wrote ").append(file);
      }
      console.answer(text.toString(), json);
      return ExitCode.OK.number();
    }

    private void createOutbox() {
      try {
        Files.createDirectories(outbox);
      } catch (IOException e) {
        throw new CommandFault(
            ExitCode.STORE, "IO", "'" + outbox + "' cannot be made (" + e + ").", e);
      }
    }
  }

  /** Signs a request. */
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
  static final class Sign implements Callable<Integer> {
    private final Console console;

    @Parameters(paramLabel = "REQUEST", description = "What 'edgellm tuf requests' wrote.")
    private Path request;

    @Option(
        names = "--key",
        required = true,
        paramLabel = "KEY",
        description = "A private key file, or pkcs11:…, a key on a token.")
    private KeyAddress key;

    @Option(
        names = "--to",
        required = true,
        paramLabel = "FILE",
        description = "Where to write the signature, which is not secret.")
    private Path file;

    @Mixin private PasswordOption password = new PasswordOption();

    Sign(Console console) {
      this.console = console;
    }

    @Override
    public Integer call() {
      SigningRequest read = SigningRequest.read(request);
      console.note(read.text());
      TufSigner signer = key.openForMetadata(password.passphrase());
      read.sign(signer).save(file);
      ObjectNode json = Console.object();
      json.put("role", read.role())
          .put("version", read.version())
          .put("key", signer.key().id())
          .put("file", file.toString());
      console.answer("signed " + read + " as " + signer.key() + " into " + file, json);
      return ExitCode.OK.number();
    }
  }

  /** Adds signatures. */
  @Command(
      name = "add-signature",
      description = "Adds what people have signed to a staged change; each signature is checked.",
      mixinStandardHelpOptions = true,
      footerHeading = "%nExample:%n",
      footer = {
        "  edgellm tuf add-signature assistant-1.4.0 alice.sig bob.sig --repository repository",
      })
  static final class AddSignature implements Callable<Integer> {
    private final Console console;
    private final InstantSource clock;

    @Mixin private ChangeName change = new ChangeName();

    @Parameters(index = "1..*", arity = "1..*", paramLabel = "FILE", description = "Signatures.")
    private List<Path> files = new ArrayList<>();

    AddSignature(Console console, InstantSource clock) {
      this.console = console;
      this.clock = clock;
    }

    @Override
    public Integer call() {
      StagedChange staged = change.find(clock);
      files.forEach(file -> staged.add(DetachedSignature.read(file)));
      ObjectNode json = Console.object().put("staged", staged.name());
      console.answer(TufChangeOption.waiting(staged, json), json);
      return ExitCode.OK.number();
    }
  }

  /** Makes a change current. */
  @Command(
      name = "publish-staged",
      description = "Makes a staged change current, when enough people have signed it.",
      mixinStandardHelpOptions = true,
      footerHeading = "%nExample:%n",
      footer = {
        "  edgellm tuf publish-staged assistant-1.4.0 --repository repository \\",
        "      --online-key online.key",
      })
  static final class PublishStaged implements Callable<Integer> {
    private final Console console;
    private final InstantSource clock;

    @Mixin private ChangeName change = new ChangeName();

    @Option(
        names = "--online-key",
        required = true,
        paramLabel = "KEY",
        description = "Signs snapshot and timestamp; may be repeated.")
    private List<KeyAddress> onlineKeys = new ArrayList<>();

    @Mixin private PasswordOption password = new PasswordOption();

    PublishStaged(Console console, InstantSource clock) {
      this.console = console;
      this.clock = clock;
    }

    @Override
    public Integer call() {
      StagedChange staged = change.find(clock);
      TufVersions versions =
          staged.publish(
              onlineKeys.stream()
                  .map(key -> key.openForMetadata(password.passphrase()))
                  .toArray(TufSigner[]::new));
      ObjectNode json = Console.object().put("published", staged.name());
      json.set("metadata", Metadata.json(versions));
      console.answer("'" + staged.name() + "' is current\n" + Metadata.text(versions), json);
      return ExitCode.OK.number();
    }
  }

  /** Throws a change away. */
  @Command(
      name = "discard",
      description = {
        "Throws a staged change away. Its version numbers are not used again, except for a root:",
        "discard that only if nobody can have a copy of its signatures.",
      },
      mixinStandardHelpOptions = true,
      footerHeading = "%nExample:%n",
      footer = "  edgellm tuf discard assistant-1.4.0 --repository repository")
  static final class Discard implements Callable<Integer> {
    private final Console console;
    private final InstantSource clock;

    @Mixin private ChangeName change = new ChangeName();

    Discard(Console console, InstantSource clock) {
      this.console = console;
      this.clock = clock;
    }

    @Override
    public Integer call() {
      StagedChange staged = change.find(clock);
      staged.discard();
      console.answer(
          "'" + staged.name() + "' is discarded", Console.object().put("discarded", staged.name()));
      return ExitCode.OK.number();
    }
  }
}
