package io.edgellm.examples.cli;

import io.edgellm.model.ModelId;
import io.edgellm.release.tuf.TufRole;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Begins a model line. */
@Command(
    name = "delegate",
    description = "Lets keys sign for a model line that nobody signs for yet.",
    mixinStandardHelpOptions = true,
    footerHeading = "%nExample: one of two people signs releases of the line%n",
    footer = {
      "  edgellm tuf delegate assistant --repository repository --role-key team.key \\",
      "      --role-key second.pub --threshold 1 --key targets.key --online-key online.key",
    })
final class TufDelegateCommand implements Callable<Integer> {
  private static final Duration USUAL = Duration.ofDays(90);

  private final Console console;
  private final InstantSource clock;

  @Parameters(paramLabel = "MODEL", description = "The model line.")
  private ModelId line;

  @Mixin private TufRoleOption roleOption = new TufRoleOption();
  @Mixin private TufChangeOption change = new TufChangeOption();

  TufDelegateCommand(Console console, InstantSource clock) {
    this.console = console;
    this.clock = clock;
  }

  @Override
  public Integer call() {
    change.requireEnd();
    TufRoleKeys keys = roleOption.open(change);
    TufRole role = roleOption.role(keys, USUAL);
    return change.finish(
        console,
        change.tuf(clock).delegate(line, role),
        role.threshold() + " of " + keys.keys().size() + " keys sign for '" + line + "'",
        change.signers(keys.signers()),
        Console.object().put("model", line.value()));
  }
}
