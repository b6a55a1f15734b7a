package io.edgellm.examples.cli;

import io.edgellm.trust.TrustPolicy;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Makes an installed version active. */
@Command(
    name = "activate",
    description = {
      "Verifies an installed version once more and makes it active, on trial.",
      "Nobody is asked: what the last 'edgellm install' was told must still be valid.",
    },
    mixinStandardHelpOptions = true,
    footerHeading = "%nExample:%n",
    footer = "  edgellm activate assistant@1.2.0 --policy policy.yaml --store device")
final class ActivateCommand implements Callable<Integer> {
  private final Console console;
  private final InstantSource clock;
  @Mixin private final DeviceOption deviceOption = new DeviceOption();

  @Parameters(paramLabel = "MODEL@VERSION", description = "The version.")
  private ModelName name;

  @Option(
      names = "--policy",
      required = true,
      paramLabel = "FILE",
      description = "Whom this device trusts.")
  private Path policy;

  ActivateCommand(Console console, InstantSource clock) {
    this.console = console;
    this.clock = clock;
  }

  @Override
  public Integer call() {
    TrustPolicy trusted = new PolicyFile(policy).read();
    try (DeviceDirectory device = deviceOption.open(clock)) {
      Activation activation = new Activation(device, device.offline(trusted));
      StateAnswer.print(console, activation.activate(name.line(), name.requireVersion()));
      return ExitCode.OK.number();
    }
  }
}
