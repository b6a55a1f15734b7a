package io.edgellm.examples.cli;

import io.edgellm.release.PublishListener;
import io.edgellm.release.ReleasePublisher;
import io.edgellm.release.tuf.TufPublisher;
import io.edgellm.release.tuf.TufSigner;
import io.edgellm.trust.SignedRelease;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Adds a release that several people sign for. */
@Command(
    name = "add",
    description = {
      "Writes a signed release into the repository, and lists it in the metadata of its line.",
      "What 'edgellm publish' does for one who has all keys; with --stage, several people sign.",
    },
    mixinStandardHelpOptions = true,
    footerHeading = "%nExample:%n",
    footer = {
      "  edgellm tuf add model/ --repository repository --stage assistant-1.4.0",
      "  edgellm tuf requests assistant-1.4.0 --repository repository --to outbox",
      "  edgellm tuf sign outbox/2.models-assistant.to-sign.json --key alice.key --to alice.sig",
      "  edgellm tuf add-signature assistant-1.4.0 alice.sig bob.sig --repository repository",
      "  edgellm tuf publish-staged assistant-1.4.0 --repository repository \\",
      "      --online-key online.key",
    })
final class TufAddCommand implements Callable<Integer> {
  private final Console console;
  private final InstantSource clock;

  @Parameters(paramLabel = "DIRECTORY", description = "What 'edgellm release' has signed.")
  private Path directory;

  @Mixin private TufChangeOption change = new TufChangeOption();

  TufAddCommand(Console console, InstantSource clock) {
    this.console = console;
    this.clock = clock;
  }

  @Override
  public Integer call() {
    change.requireEnd();
    SignedRelease release = SignedRelease.read(directory);
    TufPublisher tuf = change.tuf(clock);
    TufSigner[] signers = change.signers(List.of());
    if (change.endsNow()) {
      tuf.rehearse(
          List.of(release),
          Stream.of(signers, change.onlineSigners()).flatMap(Stream::of).toArray(TufSigner[]::new));
    }
    new ReleasePublisher(change.repository()).publish(release, directory, PublishListener.silent());
    return change.finish(
        console,
        tuf.add(release),
        release.manifest().title() + " is current",
        signers,
        Console.object()
            .put("model", release.manifest().model().value())
            .put("version", release.manifest().version().toString()));
  }
}
