package io.edgellm.examples.cli;

import io.edgellm.peer.NodeId;
import io.edgellm.peer.PeerServer;
import io.edgellm.peer.PeerServerOptions;
import io.edgellm.peer.StoreShelf;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Lets the neighbours of a device take files from its store. */
@Command(
    name = "share",
    description = {
      "Lets the neighbours of a device take the files of installed models from its store, until"
          + " Ctrl-C. They verify what they get.",
      "Without --site-secret, whoever reaches the port and knows the digest of a file may have it.",
    },
    mixinStandardHelpOptions = true,
    showDefaultValues = true,
    footerHeading = "%nExample:%n",
    footer = {
      "  edgellm share --store device --port 7070 --site-secret site.secret",
      "  edgellm install https://models.example.com/ assistant --policy policy.yaml \\",
      "      --store other-device --peer 192.168.1.20:7070 --site-secret site.secret",
    })
final class ShareCommand implements Callable<Integer> {
  private final Console console;
  private final InstantSource clock;
  @Mixin private final DeviceOption deviceOption = new DeviceOption();

  @Option(names = "--bind", paramLabel = "ADDRESS", description = "Where to listen.")
  private String bind = "0.0.0.0";

  @Option(names = "--port", description = "0 takes any that is free.")
  private int port;

  @Option(
      names = "--site-secret",
      paramLabel = "FILE",
      description = "What the devices of the site have in common; at least 16 bytes.")
  private @Nullable Path secret;

  ShareCommand(Console console, InstantSource clock) {
    this.console = console;
    this.clock = clock;
  }

  @Override
  public Integer call() {
    PeerServerOptions options =
        SiteSecretFile.read(secret)
            .map(PeerServerOptions.defaults()::with)
            .orElseGet(PeerServerOptions::defaults);
    try (DeviceDirectory device = deviceOption.open(clock);
        PeerServer server =
            PeerServer.start(
                new InetSocketAddress(bind, port),
                new StoreShelf(device.store(), NodeId.random(new SecureRandom())),
                options)) {
      console.note("sharing at " + bind + ":" + server.address().getPort() + "; Ctrl-C ends it");
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      console.answer("no longer shared", Console.object().put("shared", false));
    }
    return ExitCode.OK.number();
  }
}
