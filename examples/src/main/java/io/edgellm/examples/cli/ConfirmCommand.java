package io.edgellm.examples.cli;

import io.edgellm.model.ModelId;
import io.edgellm.model.ModelVersion;
import java.time.InstantSource;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Ends a trial well. */
@Command(
    name = "confirm",
    description = "Ends the trial of the active version: later ones may fall back to it.",
    mixinStandardHelpOptions = true,
    footerHeading = "%nExample:%n",
    footer = "  edgellm confirm assistant --store device")
final class ConfirmCommand implements Callable<Integer> {
  private final Console console;
  private final InstantSource clock;
  @Mixin private final DeviceOption deviceOption = new DeviceOption();

  @Parameters(paramLabel = "MODEL", description = "The model line.")
  private ModelId line;

  ConfirmCommand(Console console, InstantSource clock) {
    this.console = console;
    this.clock = clock;
  }

  @Override
  public Integer call() {
    try (DeviceDirectory device = deviceOption.open(clock)) {
      ModelVersion active = device.require(new ModelName(line, null)).version();
      StateAnswer.print(console, device.store().markHealthy(line, active));
      return ExitCode.OK.number();
    }
  }
}
