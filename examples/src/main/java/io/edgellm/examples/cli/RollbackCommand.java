package io.edgellm.examples.cli;

import io.edgellm.model.ModelId;
import java.time.InstantSource;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Goes back to the last confirmed version. */
@Command(
    name = "rollback",
    description = "Makes the last confirmed version active again; needs no connection.",
    mixinStandardHelpOptions = true,
    footerHeading = "%nExample:%n",
    footer = "  edgellm rollback assistant --store device")
final class RollbackCommand implements Callable<Integer> {
  private final Console console;
  private final InstantSource clock;
  @Mixin private final DeviceOption deviceOption = new DeviceOption();

  @Parameters(paramLabel = "MODEL", description = "The model line.")
  private ModelId line;

  RollbackCommand(Console console, InstantSource clock) {
    this.console = console;
    this.clock = clock;
  }

  @Override
  public Integer call() {
    try (DeviceDirectory device = deviceOption.open(clock)) {
      StateAnswer.print(console, device.store().rollBack(line));
      return ExitCode.OK.number();
    }
  }
}
