package io.edgellm.examples.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.edgellm.release.KeyAlgorithm;
import io.edgellm.release.KeyFile;
import io.edgellm.release.Passphrase;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Makes keys, and says what they are. */
@Command(
    name = "keys",
    description = "Makes keys, and says what they are.",
    mixinStandardHelpOptions = true)
final class KeysCommand {
  private final Console console;

  /** What a key is for. */
  enum Purpose {
    /** Signs releases: ECDSA on P-256. */
    RELEASE(KeyAlgorithm.ECDSA_P256),
    /** Signs update metadata: Ed25519. */
    TUF(KeyAlgorithm.ED25519);

    private final KeyAlgorithm usual;

    Purpose(KeyAlgorithm usual) {
      this.usual = usual;
    }
  }

  KeysCommand(Console console) {
    this.console = console;
  }

  @Command(
      name = "generate",
      description =
          "Makes a private key in a new file that only its owner can read, and FILE.pub beside it.",
      mixinStandardHelpOptions = true,
      footerHeading = "%nExamples:%n",
      footer = {
        "  edgellm keys generate release --to release.key     # and release.key.pub for devices",
        "  edgellm keys generate tuf --to root.key            # one each: root, targets, team, online",
        "  edgellm keys generate tuf --to root.key --password-file /media/safe/password",
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
          Path file,
      @Option(
              names = "--algorithm",
              description =
                  "Another kind of key: ${COMPLETION-CANDIDATES}. P-384 and P-521 sign releases,"
                      + " RSA metadata, P-256 both.")
          @Nullable KeyAlgorithm algorithm,
      @Option(
              names = "--password-file",
              paramLabel = "FILE",
              description = "Its first line protects the private key (PKCS#8, PBES2).")
          @Nullable Path passwordFile) {
    Path publicFile = file.resolveSibling(file.getFileName() + ".pub");
    if (Files.exists(publicFile)) {
      throw exists(publicFile, null);
    }
    KeyFile key = KeyFile.generate(algorithm == null ? purpose.usual : algorithm);
    PublicKeyCard card = PublicKeyCard.of(key.publicKey());
    String label = purpose.name().toLowerCase(Locale.ROOT);
    String id = card.id(label);
    if (passwordFile == null) {
      key.save(file);
    } else {
      key.save(file, Passphrase.inFile(passwordFile));
    }
    write(publicFile, card.pem());
    ObjectNode json = Console.object();
    json.put("purpose", label).put("file", file.toString()).put("key", id);
    console.answer("Made " + file + " (" + label + "): " + id, json);
    return ExitCode.OK.number();
  }

  @Command(
      name = "show",
      description = "Says what a key is called in policies and in metadata; never shows a secret.",
      mixinStandardHelpOptions = true,
      footerHeading = "%nExamples:%n",
      footer = {
        "  edgellm keys show release.key",
        "  edgellm keys show root.key.pub",
        "  edgellm keys show 'pkcs11:slot-id=0;object=release?module-path=/usr/lib/hsm.so' \\",
        "      --password-file pin --to release.key.pub",
      })
  int show(
      @Parameters(
              paramLabel = "KEY",
              description = "A private or public key file, or pkcs11:…, a key on a token.")
          KeyAddress address,
      @Option(
              names = "--to",
              paramLabel = "FILE",
              description = "Write the public key into a new file, for policies and other people.")
          @Nullable Path publicFile,
      @Mixin PasswordOption password) {
    PublicKeyCard card = PublicKeyCard.read(address, password.passphrase());
    if (publicFile != null) {
      write(publicFile, card.pem());
    }
    ObjectNode json = Console.object();
    json.put("publicKey", card.pem());
    StringBuilder text = new StringBuilder();
    for (Map.Entry<String, String> use : card.uses().entrySet()) {
      json.put(use.getKey(), use.getValue());
      text.append(String.format(Locale.ROOT, "%-8s %s%n", use.getKey(), use.getValue()));
    }
    console.answer(text + card.pem(), json);
    return ExitCode.OK.number();
  }

  private static void write(Path publicFile, String pem) {
    try {
      Files.writeString(publicFile, pem, StandardOpenOption.CREATE_NEW);
    } catch (FileAlreadyExistsException e) {
      throw exists(publicFile, e);
    } catch (IOException e) {
      throw new CommandFault(
          ExitCode.STORE, "IO", "'" + publicFile + "' cannot be written (" + e + ").", e);
    }
  }

  private static CommandFault exists(Path file, @Nullable IOException cause) {
    return new CommandFault(
        ExitCode.CONFLICT,
        "EXISTS",
        "'" + file + "' is there already, and a key is never overwritten: choose another name.",
        cause);
  }
}
