package io.edgellm.examples.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.edgellm.release.ReleaseSigner;
import io.edgellm.release.tuf.TufAlgorithm;
import io.edgellm.release.tuf.TufSigningKey;
import io.edgellm.trust.SignerKey;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Makes keys. */
@Command(name = "keys", description = "Makes keys.", mixinStandardHelpOptions = true)
final class KeysCommand {
  private final Console console;

  /** What a key is for. */
  enum Purpose {
    /** Signs releases: ECDSA on P-256. */
    RELEASE,
    /** Signs update metadata: Ed25519. */
    TUF
  }

  KeysCommand(Console console) {
    this.console = console;
  }

  @Command(
      name = "generate",
      description = "Makes a private key in a new file that only its owner can read.",
      mixinStandardHelpOptions = true,
      footerHeading = "%nExamples:%n",
      footer = {
        "  edgellm keys generate release --to release.key     # and release.key.pub for devices",
        "  edgellm keys generate tuf --to root.key            # one each: root, targets, team, online",
      })
  int generate(
      @Parameters(
              paramLabel = "PURPOSE",
              description =
                  "release: signs releases (ECDSA P-256); tuf: signs update metadata (Ed25519).")
          Purpose purpose,
      @Option(
              names = "--to",
              required = true,
              paramLabel = "FILE",
              description = "Where to write it; never over an existing file.")
          Path file) {
    String id = purpose == Purpose.RELEASE ? releaseKey(file) : tufKey(file);
    String label = purpose.name().toLowerCase(Locale.ROOT);
    ObjectNode json = Console.object();
    json.put("purpose", label).put("file", file.toString()).put("key", id);
    console.answer("Made " + file + " (" + label + "): " + id, json);
    return ExitCode.OK.number();
  }

  private static String releaseKey(Path file) {
    Path publicFile = file.resolveSibling(file.getFileName() + ".pub");
    if (Files.exists(publicFile)) {
      throw exists(publicFile, null);
    }
    ReleaseSigner signer = ReleaseSigner.generate();
    signer.save(file);
    SignerKey key = signer.publicKey();
    try {
      Files.writeString(publicFile, key.toPem(), StandardOpenOption.CREATE_NEW);
    } catch (FileAlreadyExistsException e) {
      throw exists(publicFile, e);
    } catch (IOException e) {
      throw new CommandFault(
          ExitCode.STORE, "IO", "'" + publicFile + "' cannot be written (" + e + ").", e);
    }
    return key.toString();
  }

  private static CommandFault exists(Path file, @Nullable IOException cause) {
    return new CommandFault(
        ExitCode.CONFLICT,
        "EXISTS",
        "'" + file + "' is there already, and a key is never overwritten: choose another name.",
        cause);
  }

  private static String tufKey(Path file) {
    TufSigningKey key = TufSigningKey.generate(TufAlgorithm.ED25519);
    key.save(file);
    return key.key().scheme() + " " + key.key().id();
  }
}
