package io.edgellm.examples.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.edgellm.release.Passphrase;
import io.edgellm.release.tuf.SigningRequest;
import io.edgellm.release.tuf.StagedChange;
import io.edgellm.release.tuf.TufChange;
import io.edgellm.release.tuf.TufKey;
import io.edgellm.release.tuf.TufPublisher;
import io.edgellm.release.tuf.TufSigner;
import io.edgellm.trust.tuf.TufVersions;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options of every change of metadata: where, who signs, and whether it waits for others. */
final class TufChangeOption {
  @Option(names = "--repository", required = true, description = "The repository.")
  private Path repository;

  @Option(
      names = {"--key", "--team-key"},
      paramLabel = "KEY",
      description =
          "A private key that signs: a file, or pkcs11:…, a key on a token. May be repeated.")
  private List<KeyAddress> keys = new ArrayList<>();

  @Option(
      names = "--online-key",
      paramLabel = "KEY",
      description = "Signs snapshot and timestamp, and makes the change current; may be repeated.")
  private List<KeyAddress> onlineKeys = new ArrayList<>();

  @Option(
      names = "--stage",
      paramLabel = "NAME",
      description =
          "Do not make it current, but put it aside under this name until others have signed, too.")
  private @Nullable String stage;

  @Mixin private PasswordOption password = new PasswordOption();

  Path repository() {
    return repository;
  }

  TufPublisher tuf(InstantSource clock) {
    return TufPublisher.at(repository, clock);
  }

  Passphrase passphrase() {
    return password.passphrase();
  }

  /** Refuses a command line that says neither who makes it current nor that it is to wait. */
  void requireEnd() {
    if ((stage == null) == onlineKeys.isEmpty()) {
      throw new CommandFault(
          ExitCode.USAGE,
          "ONLINE_KEY_OR_STAGE",
          "Say either --online-key KEY, to make the change current, or --stage NAME, to put it"
              + " aside until others have signed.");
    }
    if (stage != null) {
      requireName(stage);
    }
  }

  /** Refuses what cannot be the name of a staged change. */
  static void requireName(String name) {
    if (!StagedChange.isName(name)) {
      throw new CommandFault(
          ExitCode.USAGE,
          "STAGED_NAME",
          "'"
              + name
              + "' is no name for a staged change: take lower-case letters, digits, dots, dashes"
              + " and underscores, at most 64.");
    }
  }

  /** Returns whether the change is to be current at once. */
  boolean endsNow() {
    return stage == null;
  }

  /** Opens the keys that sign, with those that a command names itself. */
  TufSigner[] signers(List<TufSigner> more) {
    List<TufSigner> all = new ArrayList<>(more);
    keys.forEach(key -> all.add(key.openForMetadata(passphrase())));
    return all.toArray(TufSigner[]::new);
  }

  TufSigner[] onlineSigners() {
    return onlineKeys.stream()
        .map(key -> key.openForMetadata(passphrase()))
        .toArray(TufSigner[]::new);
  }

  /**
   * Signs a change, and makes it current or puts it aside.
   *
   * @param what happened, as a sentence without its end
   * @param signers from {@link #signers}
   * @param json the beginning of the answer
   */
  int finish(Console console, TufChange change, String what, TufSigner[] signers, ObjectNode json) {
    TufChange signed = signers.length == 0 ? change : change.sign(signers);
    signed.roles().forEach(json.putArray("roles")::add);
    if (stage == null) {
      TufVersions versions = signed.publish(onlineSigners());
      json.set("metadata", Metadata.json(versions));
      console.answer(what + "\n" + Metadata.text(versions), json);
    } else {
      StagedChange staged = signed.stage(stage);
      json.put("staged", stage);
      console.answer(what + ", once it is published: " + waiting(staged, json), json);
    }
    return ExitCode.OK.number();
  }

  /** Says what a staged change waits for. */
  static String waiting(StagedChange staged, ObjectNode json) {
    StringBuilder text = new StringBuilder();
    var requests = json.putArray("requests");
    for (SigningRequest request : staged.requests()) {
      ObjectNode entry = requests.addObject();
      entry.put("role", request.role()).put("version", request.version());
      request.missing().forEach(key -> entry.withArray("missing").add(key.id()));
      text.append("\n  ").append(request).append(": ");
      text.append(
          request.missing().isEmpty()
              ? "signed by enough keys"
              : "needs one more of "
                  + request.missing().stream()
                      .map(TufKey::toString)
                      .collect(Collectors.joining(", ")));
    }
    return "staged as '" + staged.name() + "'" + text;
  }
}
