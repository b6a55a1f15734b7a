package io.edgellm.examples.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.edgellm.store.StoredModel;
import java.time.InstantSource;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Lists what a device has. */
@Command(
    name = "list",
    description = "Lists what is installed, and what is active.",
    mixinStandardHelpOptions = true,
    footerHeading = "%nExample:%n",
    footer = "  edgellm list --store device")
final class ListCommand implements Callable<Integer> {
  private final Console console;
  private final InstantSource clock;
  @Mixin private final DeviceOption deviceOption = new DeviceOption();

  ListCommand(Console console, InstantSource clock) {
    this.console = console;
    this.clock = clock;
  }

  @Override
  public Integer call() {
    try (DeviceDirectory device = deviceOption.open(clock)) {
      StringBuilder text = new StringBuilder();
      ObjectNode json = Console.object();
      ArrayNode models = json.putArray("models");
      for (StoredModel model : device.store().list()) {
        String state = StateAnswer.of(model.version(), device.store().state(model.model()));
        add(model, state, text);
        add(model, state, models.addObject());
      }
      console.answer(models.isEmpty() ? "Nothing is installed." : text.toString(), json);
      return ExitCode.OK.number();
    }
  }

  private static void add(StoredModel model, String state, StringBuilder text) {
    text.append(
        String.format(
            Locale.ROOT,
            "%-36s %-10s %9s  signed by %s%n",
            model.manifest().title(),
            state,
            Format.bytes(model.manifest().totalBytes()),
            model.receipt().signer()));
  }

  private static void add(StoredModel model, String state, ObjectNode json) {
    json.put("model", model.model().value())
        .put("version", model.version().toString())
        .put("state", state)
        .put("bytes", model.manifest().totalBytes())
        .put("signer", model.receipt().signer())
        .put("directory", model.directory().toString());
  }
}
