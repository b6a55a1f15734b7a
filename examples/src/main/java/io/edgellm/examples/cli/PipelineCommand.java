package io.edgellm.examples.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Does everything that makes a release of an exported model, in one process. */
@Command(
    name = "pipeline",
    description = {
      "Quantizes, checks, signs and publishes a model as a file says, in one process.",
      "The first step that fails ends it, with the exit code of that step: what does not pass its"
          + " check is not signed, and what is not signed is not published.",
    },
    mixinStandardHelpOptions = true,
    footerHeading = "%nExamples:%n",
    footer = {
      "  edgellm pipeline pipeline.yaml --set VERSION=1.4.0",
      "  # After the network was gone:",
      "  edgellm pipeline pipeline.yaml --set VERSION=1.4.0 --from publish",
    })
final class PipelineCommand implements Callable<Integer> {
  private final Console console;
  private final InstantSource clock;

  @Parameters(paramLabel = "FILE", description = "The steps, as YAML or JSON.")
  private Path file;

  @Option(
      names = "--set",
      paramLabel = "NAME=VALUE",
      description = "What $${NAME} in the file stands for; may be repeated.")
  private Map<String, String> values = new LinkedHashMap<>();

  @Option(names = "--from", paramLabel = "STEP", description = "Leave out the steps before.")
  private @Nullable String from;

  @Option(names = "--show", description = "Show the commands, and do nothing.")
  private boolean show;

  PipelineCommand(Console console, InstantSource clock) {
    this.console = console;
    this.clock = clock;
  }

  @Override
  public Integer call() {
    ObjectNode answer = Console.object();
    ArrayNode answers = answer.putArray("steps");
    List<String> commands = new ArrayList<>();
    int code = ExitCode.OK.number();
    List<PipelineFile.Step> steps = steps();
    steps.forEach(this::requireWellFormed);
    requireTarget(steps.get(0));
    for (PipelineFile.Step step : steps) {
      String command =
          step.command()
              + " "
              + step.words().stream().map(PipelineCommand::quoted).collect(Collectors.joining(" "));
      commands.add("edgellm " + command);
      ObjectNode entry = answers.addObject().put("command", step.command());
      step.words().forEach(entry.withArray("words")::add);
      if (!show) {
        console.note("== edgellm " + command);
        code = run(step, entry);
        if (code != ExitCode.OK.number()) {
          break;
        }
      }
    }
    console.streamed(answer, show ? String.join(System.lineSeparator(), commands) : "");
    return code;
  }

  private List<PipelineFile.Step> steps() {
    List<PipelineFile.Step> steps = PipelineFile.read(file, values).steps();
    List<String> names = steps.stream().map(PipelineFile.Step::command).toList();
    if (from == null) {
      return steps;
    }
    if (!names.contains(from)) {
      throw new CommandFault(
          ExitCode.USAGE, "PIPELINE", "'" + file + "' has no step '" + from + "', only " + names);
    }
    return steps.subList(names.indexOf(from), steps.size());
  }

  /** What can be seen in an option is said before the first step, and not hours later. */
  private void requireWellFormed(PipelineFile.Step step) {
    PrintWriter nowhere = new PrintWriter(Writer.nullWriter());
    try {
      Edgellm.commandLine(console.forStep(nowhere), clock)
          .parseArgs(words(step).toArray(String[]::new));
    } catch (CommandLine.ParameterException e) {
      throw new CommandFault(
          ExitCode.USAGE,
          "PIPELINE",
          "'" + file + "' cannot be run, in '" + step.command() + "': " + e.getMessage(),
          e);
    }
  }

  private void requireTarget(PipelineFile.Step first) {
    Path target = Path.of(first.words().get(1));
    if (!show && first.command().equals("quantize") && Files.exists(target)) {
      throw new CommandFault(
          ExitCode.CONFLICT,
          "TARGET_EXISTS",
          "'"
              + target
              + "' is there, perhaps from an earlier run: delete it, or go on with what is in it by"
              + " --from check.");
    }
  }

  private static List<String> words(PipelineFile.Step step) {
    List<String> words = new ArrayList<>(List.of(step.command()));
    words.addAll(step.words());
    return words;
  }

  /** As a shell takes it. */
  private static String quoted(String word) {
    return word.matches("[\\w@%+=:,./-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
  }

  /** Runs a step; its answer for machines becomes a part of ours. */
  private int run(PipelineFile.Step step, ObjectNode entry) {
    StringWriter out = new StringWriter();
    int code =
        Edgellm.run(console.forStep(new PrintWriter(out)), clock, console.stepWords(words(step)));
    entry.put("exit", code);
    String said = out.toString();
    if (!said.isEmpty()) {
      try {
        entry.set("answer", new ObjectMapper().readTree(said));
      } catch (JsonProcessingException e) {
        throw new IllegalStateException(said, e);
      }
    }
    return code;
  }
}
