package io.edgellm.examples.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.edgellm.publish.PublishTarget;
import io.edgellm.publish.PushReport;
import io.edgellm.publish.WorkingCopy;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Brings a repository to where devices fetch it. */
@Command(
    name = "push",
    description = {
      "Brings what is new in a repository to where devices fetch it, the timestamp last.",
      "After an interruption, the same call goes on where it was. It is refused before anything is"
          + " written if something is there that is not here: pull first.",
    },
    mixinStandardHelpOptions = true,
    footerHeading = "%nExamples:%n",
    footer = {
      "  edgellm push repository --to s3://acme-models/edge",
      "  edgellm push repository --to /media/stick/repository",
    })
final class PushCommand implements Callable<Integer> {
  private final Console console;
  private final InstantSource clock;

  @Parameters(paramLabel = "DIRECTORY", description = "A repository, as publishers write it.")
  private Path directory;

  @Option(
      names = "--to",
      required = true,
      paramLabel = "REPOSITORY",
      description = "Where devices fetch: " + TargetOption.ADDRESSES)
  private String address;

  @Option(
      names = "--repair",
      description = "Ask for every file of every release, and send again what was lost there.")
  private boolean repair;

  @Mixin private TargetOption option = new TargetOption();

  PushCommand(Console console, InstantSource clock) {
    this.console = console;
    this.clock = clock;
  }

  @Override
  public Integer call() {
    try (PublishTarget target = option.open(address, clock)) {
      WorkingCopy copy = option.copy(directory, target).build();
      PushProgressLine progress = new PushProgressLine(console);
      PushReport report = repair ? copy.repair(progress) : copy.push(progress);
      ObjectNode json = Console.object();
      json.put("repository", target.describe())
          .put("sentBytes", report.sentBytes())
          .put("skippedBytes", report.skippedBytes())
          .put("timestamp", report.timestampVersion())
          .put("changed", report.isChanged());
      report.releases().forEach(json.putArray("releases")::add);
      console.answer(
          report.isChanged()
              ? "timestamp "
                  + report.timestampVersion()
                  + " is current at "
                  + target.describe()
                  + "; sent "
                  + Format.bytes(report.sentBytes())
                  + ", already there "
                  + Format.bytes(report.skippedBytes())
              : "everything was there",
          json);
    }
    return ExitCode.OK.number();
  }
}
