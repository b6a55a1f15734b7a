package io.edgellm.examples.cli;

import io.edgellm.store.StoreException;
import java.time.InstantSource;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Takes an installed version away. */
@Command(
    name = "remove",
    description = {
      "Takes an installed version away, damaged or not; 'edgellm install' fetches it anew.",
      "What is active stays, and so does what an active version on trial would fall back to.",
    },
    mixinStandardHelpOptions = true,
    footerHeading = "%nExample:%n",
    footer = "  edgellm remove assistant@1.0.0 --store device")
final class RemoveCommand implements Callable<Integer> {
  private final Console console;
  private final InstantSource clock;
  @Mixin private final DeviceOption deviceOption = new DeviceOption();

  @Parameters(paramLabel = "MODEL@VERSION", description = "The version.")
  private ModelName name;

  RemoveCommand(Console console, InstantSource clock) {
    this.console = console;
    this.clock = clock;
  }

  @Override
  public Integer call() {
    try (DeviceDirectory device = deviceOption.open(clock)) {
      device.store().remove(name.line(), name.requireVersion());
    } catch (StoreException e) {
      throw e.reason() == StoreException.Reason.IN_USE ? inUse(e) : e;
    }
    console.answer(
        name + " is removed",
        Console.object()
            .put("model", name.line().value())
            .put("removed", name.requireVersion().toString()));
    return ExitCode.OK.number();
  }

  private CommandFault inUse(StoreException e) {
    return new CommandFault(
        ExitCode.CONFLICT,
        e.reason().name(),
        name
            + " is in use: it is active, or what a trial would fall back to, or an application holds"
            + " it. Activate another version ('edgellm activate', 'edgellm rollback'), confirm it,"
            + " and end the application; then try again.",
        e);
  }
}
