package io.edgellm.examples.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.edgellm.model.ModelId;
import io.edgellm.publish.PublishTarget;
import io.edgellm.publish.PullReport;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Brings the papers of a repository here. */
@Command(
    name = "pull",
    description = {
      "Brings the metadata and the papers of a repository into a directory, to publish there.",
      "Files of models do not come. What is in the directory and was not pushed yet stays.",
    },
    mixinStandardHelpOptions = true,
    footerHeading = "%nExample, a daily job without a disk that lasts:%n",
    footer = {
      "  edgellm pull s3://acme-models/edge --to work --root root.json",
      "  edgellm tuf refresh --repository work --online-key online.key",
      "  edgellm push work --to s3://acme-models/edge",
    })
final class PullCommand implements Callable<Integer> {
  private final Console console;
  private final InstantSource clock;

  @Parameters(
      paramLabel = "REPOSITORY",
      description = "Where devices fetch: " + TargetOption.ADDRESSES)
  private String address;

  @Option(
      names = "--to",
      required = true,
      paramLabel = "DIRECTORY",
      description = "Where to; made if it is not there.")
  private Path directory;

  @Option(
      names = "--line",
      paramLabel = "MODEL",
      description = "A line of a repository without update metadata; may be repeated.")
  private List<ModelId> lines = new ArrayList<>();

  @Mixin private TargetOption option = new TargetOption();

  PullCommand(Console console, InstantSource clock) {
    this.console = console;
    this.clock = clock;
  }

  @Override
  public Integer call() {
    try (PublishTarget target = option.open(address, clock)) {
      PullReport report =
          option
              .copy(directory, target)
              .lines(lines.toArray(ModelId[]::new))
              .build()
              .pull(new PushProgressLine(console));
      ObjectNode json = Console.object();
      json.put("repository", target.describe())
          .put("directory", directory.toString())
          .put("releases", report.releases())
          .put("documents", report.documents())
          .put("timestamp", report.timestampVersion());
      console.answer(
          report.isEmpty()
              ? "nothing was published at " + target.describe() + " yet"
              : report.releases()
                  + " releases, timestamp "
                  + report.timestampVersion()
                  + "; "
                  + report.documents()
                  + " files came into "
                  + directory,
          json);
    }
    return ExitCode.OK.number();
  }
}
