package io.edgellm.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.edgellm.examples.MarkdownFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** Holds every command of the documentation, and of the commands' own help, against the options. */
final class DocumentedCommandsTest {
  private static final Set<String> SHELLS = Set.of("sh", "yaml");
  private static final List<String> NONE = List.of();
  private static final Pattern COMMAND =
      Pattern.compile("(?m)^\\s*(?:- )?(?:run: )?(edgellm [^\\n]*)$");
  private static final Pattern VARIABLE = Pattern.compile("\\$\\{\\{.*?}}|\\$\\{?\\w+}?");
  private static final Pattern WORD = Pattern.compile("(?:'[^']*'|\"[^\"]*\"|[^\\s'\"])+");

  @TestFactory
  Stream<DynamicTest> commandsOfThePagesCanBeGiven() throws IOException {
    List<DynamicTest> tests = new ArrayList<>();
    for (MarkdownFile page : MarkdownFile.all()) {
      for (MarkdownFile.CodeBlock block : page.codeBlocks()) {
        for (String command : SHELLS.contains(block.language()) ? commandsIn(block.code()) : NONE) {
          tests.add(DynamicTest.dynamicTest(page.name() + ": " + command, () -> parse(command)));
        }
      }
    }
    assertThat(tests).hasSizeGreaterThan(10);
    return tests.stream();
  }

  @TestFactory
  Stream<DynamicTest> examplesOfTheHelpCanBeGiven() {
    List<DynamicTest> tests = new ArrayList<>();
    addExamples(commandLine().getCommandSpec(), tests);
    assertThat(tests).hasSizeGreaterThan(20);
    return tests.stream();
  }

  private static void addExamples(CommandSpec command, List<DynamicTest> tests) {
    String footer = String.join("\n", command.usageMessage().footer());
    for (String example : commandsIn(footer)) {
      tests.add(
          DynamicTest.dynamicTest(
              command.qualifiedName() + ": " + example, () -> parse(example.replace("$$", "$"))));
    }
    command.subcommands().values().forEach(sub -> addExamples(sub.getCommandSpec(), tests));
  }

  @TestFactory
  Stream<DynamicTest> pipelinesOfThePagesCanBeRun(@TempDir Path directory) throws IOException {
    Map<String, String> values =
        Map.of("VERSION", "1.0.0", "APPROVER", "J. Doe", "TARGET", "s3://acme/fleet");
    List<DynamicTest> tests = new ArrayList<>();
    for (MarkdownFile page : MarkdownFile.all()) {
      for (MarkdownFile.CodeBlock block : page.codeBlocks()) {
        if (block.code().contains("schema: edgellm.pipeline/")) {
          Path file = directory.resolve("pipeline-" + tests.size() + ".yaml");
          Files.writeString(file, block.code());
          for (PipelineFile.Step step : PipelineFile.read(file, values).steps()) {
            String name = page.name() + ":" + block.firstLine() + ": " + step.command();
            tests.add(DynamicTest.dynamicTest(name, () -> parse(step)));
          }
        }
      }
    }
    return tests.stream();
  }

  private static void parse(PipelineFile.Step step) {
    List<String> words = new ArrayList<>(List.of(step.command()));
    words.addAll(step.words());
    assertThat(problem(words)).as(step.toString()).isEmpty();
  }

  @Test
  void noticesAnOptionThatDoesNotExist() {
    assertThat(commandsIn("  run: edgellm list \\\n   --store device --stone 1 # what is there\n"))
        .singleElement()
        .satisfies(command -> assertThat(problem(command)).contains("--stone"));
  }

  private static List<String> commandsIn(String text) {
    List<String> commands = new ArrayList<>();
    Matcher command = COMMAND.matcher(text.replaceAll("\\\\\\n\\s*", " "));
    while (command.find()) {
      String line = command.group(1).replaceAll("\\s(#|&&|\\|\\||\\||>|<).*$", "").strip();
      if (!line.startsWith("edgellm()")) {
        commands.add(line);
      }
    }
    return commands;
  }

  private static void parse(String command) {
    String problem = problem(command);
    if (!problem.isEmpty()) {
      fail(command + ": " + problem);
    }
  }

  private static String problem(String command) {
    List<String> words = new ArrayList<>();
    Matcher word = WORD.matcher(VARIABLE.matcher(command).replaceAll("1.0.0"));
    while (word.find()) {
      words.add(word.group().replaceAll("['\"]", ""));
    }
    return problem(words.subList(1, words.size()));
  }

  private static String problem(List<String> words) {
    try {
      commandLine().parseArgs(words.toArray(String[]::new));
      return "";
    } catch (CommandLine.ParameterException e) {
      return String.valueOf(e.getMessage());
    }
  }

  private static CommandLine commandLine() {
    PrintWriter nowhere = new PrintWriter(new StringWriter());
    return Edgellm.commandLine(new Console(nowhere, nowhere, false), InstantSource.system());
  }
}
