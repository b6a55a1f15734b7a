package io.edgellm.examples.cli;

import io.edgellm.trust.VerificationReceipt;
import java.time.InstantSource;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Shows a receipt. */
@Command(
    name = "receipt",
    description = "Shows how an installed version was verified; the active one if none is named.",
    mixinStandardHelpOptions = true,
    footerHeading = "%nExample:%n",
    footer = "  edgellm receipt assistant --store device")
final class ReceiptCommand implements Callable<Integer> {
  private final Console console;
  private final InstantSource clock;
  @Mixin private final DeviceOption deviceOption = new DeviceOption();

  @Parameters(paramLabel = "MODEL[@VERSION]", description = "The model.")
  private ModelName name;

  ReceiptCommand(Console console, InstantSource clock) {
    this.console = console;
    this.clock = clock;
  }

  @Override
  public Integer call() {
    try (DeviceDirectory device = deviceOption.open(clock)) {
      VerificationReceipt receipt = device.require(name).receipt();
      console.answer(receipt.describe(), Receipt.json(receipt));
      return ExitCode.OK.number();
    }
  }
}
