package io.edgellm.examples.cli;

import io.edgellm.release.tuf.TufKey;
import io.edgellm.release.tuf.TufPlan;
import io.edgellm.release.tuf.TufRole;
import io.edgellm.release.tuf.TufSigner;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Begins a repository. */
@Command(
    name = "create",
    description = {
      "Begins a repository: says whose keys sign for what.",
      "Devices pin metadata/1.root.json. Keys may be public: their owners then sign what is staged.",
    },
    mixinStandardHelpOptions = true,
    footerHeading = "%nExamples:%n",
    footer = {
      "  edgellm tuf create --repository repository --root-key root.key \\",
      "      --targets-key targets.key --role-online-key online.key.pub --online-key online.key",
      "  # Three people, two of whom must sign each time, on machines of their own:",
      "  edgellm tuf create --repository repository --root-key a.pub --root-key b.pub \\",
      "      --root-key c.pub --targets-key a.pub --targets-key b.pub --targets-key c.pub \\",
      "      --role-online-key online.key.pub --stage first",
    })
final class TufCreateCommand implements Callable<Integer> {
  private final Console console;
  private final InstantSource clock;

  @Mixin private TufChangeOption change = new TufChangeOption();

  @Option(
      names = "--root-key",
      required = true,
      paramLabel = "KEY",
      description = "Says who signs for what; a public or private key, may be repeated.")
  private List<KeyAddress> rootKeys = new ArrayList<>();

  @Option(
      names = "--targets-key",
      required = true,
      paramLabel = "KEY",
      description = "Says which keys speak for a line; a public or private key, may be repeated.")
  private List<KeyAddress> targetsKeys = new ArrayList<>();

  @Option(
      names = "--role-online-key",
      required = true,
      paramLabel = "KEY",
      description = "Will sign snapshot and timestamp; a public or private key.")
  private KeyAddress roleOnlineKey;

  @Option(
      names = "--root-threshold",
      paramLabel = "N",
      description = "How many of the root keys must sign; more than half of them if not given.")
  private @Nullable Integer rootThreshold;

  @Option(
      names = "--targets-threshold",
      paramLabel = "N",
      description = "How many of the targets keys must sign; more than half if not given.")
  private @Nullable Integer targetsThreshold;

  TufCreateCommand(Console console, InstantSource clock) {
    this.console = console;
    this.clock = clock;
  }

  @Override
  public Integer call() {
    change.requireEnd();
    TufRoleKeys root = TufRoleKeys.open(rootKeys, change.passphrase());
    TufRoleKeys targets = TufRoleKeys.open(targetsKeys, change.passphrase());
    TufKey online = TufRoleKeys.open(List.of(roleOnlineKey), change.passphrase()).keys().get(0);
    TufPlan usual = TufPlan.defaults(root.keys(), targets.keys(), online, online);
    TufPlan plan =
        new TufPlan(
            withThreshold(usual.root(), rootThreshold),
            withThreshold(usual.targets(), targetsThreshold),
            usual.snapshot(),
            usual.timestamp());
    List<TufSigner> here =
        Stream.concat(root.signers().stream(), targets.signers().stream()).toList();
    return change.finish(
        console,
        change.tuf(clock).create(plan),
        "A repository in "
            + change.repository()
            + ": "
            + plan.root().threshold()
            + " of "
            + root.keys().size()
            + " root keys, "
            + plan.targets().threshold()
            + " of "
            + targets.keys().size()
            + " targets keys",
        change.signers(here),
        Console.object());
  }

  private static TufRole withThreshold(TufRole role, @Nullable Integer threshold) {
    return threshold == null
        ? role
        : TufRoleOption.checked(() -> new TufRole(role.keys(), threshold, role.validity()));
  }
}
