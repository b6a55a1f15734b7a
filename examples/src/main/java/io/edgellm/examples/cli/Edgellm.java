package io.edgellm.examples.cli;

import io.edgellm.model.ModelId;
import io.edgellm.model.ModelVersion;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;

/**
 * The command {@code edgellm}.
 *
 * <p>Everything but the parsing of words is in the libraries: a command composes them as a host
 * application would, and says what came of it.
 */
@Command(
    name = "edgellm",
    description = "Signs, publishes, installs and verifies releases of language models.",
    mixinStandardHelpOptions = true,
    version = "edgellm 0.1.0-SNAPSHOT",
    exitCodeListHeading = "%nExit codes:%n",
    footerHeading = "%nExamples:%n",
    footer = {
      "  edgellm keys generate release --to release.key",
      "  edgellm release model/ assistant@1.0.0 --key release.key",
      "  edgellm publish model/ --to repository --team-key team.key --online-key online.key",
      "  edgellm install https://models.example.com/ assistant --policy policy.yaml --store device",
    })
final class Edgellm {
  private static final long GRACE_SECONDS = 10;
  private static final int HELP_COLUMNS = 100;

  private Edgellm() {}

  /** Runs a command and ends the process with its exit code. */
  public static void main(String[] args) throws InterruptedException {
    Console console =
        new Console(
            new PrintWriter(System.out, true, StandardCharsets.UTF_8),
            new PrintWriter(System.err, true, StandardCharsets.UTF_8),
            isTerminal());
    CountDownLatch ended = new CountDownLatch(1);
    Runtime.getRuntime().addShutdownHook(interrupting(Thread.currentThread(), ended));
    int code = run(console, InstantSource.system(), args);
    ended.countDown();
    System.exit(code);
  }

  /** Lets a command that Ctrl-C cuts off put down what it holds and say so. */
  private static Thread interrupting(Thread command, CountDownLatch ended) {
    return new Thread(
        () -> {
          command.interrupt();
          try {
            ended.await(GRACE_SECONDS, TimeUnit.SECONDS);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        },
        "edgellm-interrupt");
  }

  @SuppressWarnings("SystemConsoleNull") // Started with jdk.console=java.base.
  private static boolean isTerminal() {
    return System.console() != null && System.getenv("CI") == null;
  }

  /** Runs a command and returns its exit code. */
  static int run(Console console, InstantSource clock, String... args) {
    return commandLine(console, clock).execute(args);
  }

  static CommandLine commandLine(Console console, InstantSource clock) {
    CommandLine root = new CommandLine(new Edgellm());
    root.getCommandSpec().addMixin("console", CommandSpec.forAnnotatedObject(console));
    root.addSubcommand(new KeysCommand(console));
    root.addSubcommand(new QuantizeCommand(console));
    root.addSubcommand(new CheckCommand(console, System::nanoTime));
    root.addSubcommand(new ReleaseCommand(console, clock));
    root.addSubcommand(new ExplainCommand(console));
    root.addSubcommand(new PublishCommand(console, clock));
    root.addSubcommand(new PullCommand(console, clock));
    root.addSubcommand(new PushCommand(console, clock));
    root.addSubcommand(new PipelineCommand(console, clock));
    root.addSubcommand(TufCommand.line(console, clock));
    root.addSubcommand(new InstallCommand(console, clock));
    root.addSubcommand(new VerifyCommand(console, clock));
    root.addSubcommand(new ListCommand(console, clock));
    root.addSubcommand(new ReceiptCommand(console, clock));
    root.addSubcommand(new ActivateCommand(console, clock));
    root.addSubcommand(new ConfirmCommand(console, clock));
    root.addSubcommand(new RollbackCommand(console, clock));
    root.addSubcommand(new RemoveCommand(console, clock));
    root.addSubcommand(new RunCommand(console, clock));
    root.addSubcommand(new ShareCommand(console, clock));
    root.addSubcommand(new StoreCommand(console, clock, System::nanoTime));
    root.addSubcommand("completion", new AutoComplete.GenerateCompletion());
    root.getCommandSpec().usageMessage().exitCodeList(exitCodes());
    return root.registerConverter(ModelId.class, ModelId::new)
        .registerConverter(ModelVersion.class, ModelVersion::parse)
        .registerConverter(ModelName.class, ModelName::parse)
        .registerConverter(KeyAddress.class, KeyAddress::new)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setUsageHelpWidth(HELP_COLUMNS)
        .setOut(console.out())
        .setErr(console.err())
        .setExitCodeExceptionMapper(failure -> ExitCode.of(failure).number())
        .setParameterExceptionHandler((e, words) -> misused(console, e))
        .setExecutionExceptionHandler((e, command, words) -> console.fail(e).number());
  }

  private static int misused(Console console, CommandLine.ParameterException e) {
    console.fail(
        new CommandFault(
            ExitCode.USAGE,
            "USAGE",
            e.getMessage()
                + System.lineSeparator()
                + "  '"
                + e.getCommandLine().getCommandSpec().qualifiedName()
                + " --help' shows what it takes.",
            e));
    return ExitCode.USAGE.number();
  }

  private static Map<String, String> exitCodes() {
    Map<String, String> list = new LinkedHashMap<>();
    Arrays.stream(ExitCode.values())
        .forEach(code -> list.put(Integer.toString(code.number()), code.meaning()));
    return list;
  }
}
