package io.edgellm.examples.cli;

import io.edgellm.release.tuf.TufPublisher;
import io.edgellm.release.tuf.TufRole;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Gives a role other keys. */
@Command(
    name = "rekey",
    description = {
      "Gives a role other keys, another threshold or another validity.",
      "Root signs for root, targets, snapshot and timestamp; targets for models-LINE. Let the old"
          + " keys sign as well, unless they are in wrong hands: devices then see no gap.",
    },
    mixinStandardHelpOptions = true,
    footerHeading = "%nExample: a stolen online key, and two of three root keys%n",
    footer = {
      "  edgellm tuf rekey timestamp snapshot --repository repository --role-key new.key \\",
      "      --key root-1.key --key root-2.key --online-key new.key",
    })
final class TufRekeyCommand implements Callable<Integer> {
  private static final Set<String> ONLINE = Set.of("snapshot", "timestamp");

  private final Console console;
  private final InstantSource clock;

  @Parameters(
      arity = "1..*",
      paramLabel = "ROLE",
      description = "root, targets, snapshot, timestamp, or models-LINE.")
  private String[] roles = {};

  @Mixin private TufRoleOption roleOption = new TufRoleOption();
  @Mixin private TufChangeOption change = new TufChangeOption();

  TufRekeyCommand(Console console, InstantSource clock) {
    this.console = console;
    this.clock = clock;
  }

  @Override
  public Integer call() {
    change.requireEnd();
    TufPublisher tuf = change.tuf(clock);
    TufRoleKeys keys = roleOption.open(change);
    Map<String, TufRole> next = new TreeMap<>();
    for (String role : roles) {
      next.put(role, roleOption.role(keys, tuf.role(role).validity()));
    }
    return change.finish(
        console,
        tuf.rekey(next),
        String.join(", ", roles) + ": " + keys.keys().size() + " keys from now on",
        change.signers(signHere() ? keys.signers() : List.of()),
        Console.object());
  }

  /** Snapshot and timestamp are signed by their new keys at publication, and root says so. */
  private boolean signHere() {
    return Stream.of(roles).anyMatch(role -> !ONLINE.contains(role));
  }
}
