package io.edgellm.examples.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.edgellm.inference.OnnxModelLoader;
import io.edgellm.inference.OnnxOptions;
import io.edgellm.llm.FinishReason;
import io.edgellm.llm.Generation;
import io.edgellm.llm.GenerationRequest;
import io.edgellm.llm.GenerationResult;
import io.edgellm.llm.LoadedModel;
import io.edgellm.llm.Sampling;
import io.edgellm.llm.ToolCall;
import io.edgellm.store.Lease;
import io.edgellm.trust.DevelopmentModel;
import io.edgellm.trust.LoadableModel;
import io.edgellm.trust.TrustPolicy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Asks a model one thing. */
@Command(
    name = "run",
    description = {
      "Asks an installed model, verified once more, or an unsigned directory, and shows the answer"
          + " while it comes.",
      "Nobody is asked whether the model is current: what the last 'edgellm install' was told must"
          + " still be valid.",
    },
    mixinStandardHelpOptions = true,
    showDefaultValues = true,
    footerHeading = "%nExamples:%n",
    footer = {
      "  edgellm run --model assistant --policy policy.yaml --store device 'what time is it?'",
      "  edgellm run --unverified build/assistant-int4 'dim the bedroom lights'",
    })
final class RunCommand implements Callable<Integer> {
  private static final Set<FinishReason> CUT_OFF =
      Set.of(FinishReason.CANCELLED, FinishReason.DEADLINE);

  private final Console console;
  private final InstantSource clock;

  @Parameters(paramLabel = "QUESTION", description = "What the user says.")
  private String question;

  @ArgGroup(multiplicity = "1")
  private final Which which = new Which();

  @Option(names = "--system", paramLabel = "TEXT", description = "What is said before it.")
  private @Nullable String system;

  @Option(names = "--max-tokens", paramLabel = "N", description = "The longest answer.")
  private int maxTokens = GenerationRequest.DEFAULT_MAX_TOKENS;

  @Option(
      names = "--temperature",
      paramLabel = "T",
      description = "How freely it chooses; 0: always the likeliest token.")
  private float temperature;

  @Option(names = "--seed", paramLabel = "N", description = "Makes free choices repeatable.")
  private @Nullable Long seed;

  @Option(names = "--threads", paramLabel = "N", description = "Threads of the matrix products.")
  private @Nullable Integer threads;

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      description = "How long the answer may take.")
  private long timeoutSeconds = 600;

  /** The one or the other. */
  static final class Which {
    @ArgGroup(exclusive = false)
    private @Nullable Installed installed;

    @Option(
        names = "--unverified",
        paramLabel = "DIRECTORY",
        required = true,
        description = "A model directory, as it is: for trying out what was just made.")
    private @Nullable Path directory;
  }

  /** A model of a device. */
  static final class Installed {
    @Option(
        names = "--model",
        required = true,
        paramLabel = "MODEL[@VERSION]",
        description = "An installed model; the active version if none is named.")
    private ModelName name;

    @Option(
        names = "--policy",
        required = true,
        paramLabel = "FILE",
        description = "Whom this device trusts.")
    private Path policy;

    @Option(
        names = "--store",
        required = true,
        paramLabel = "DIRECTORY",
        description = "Where the device keeps its models.")
    private Path store;
  }

  RunCommand(Console console, InstantSource clock) {
    this.console = console;
    this.clock = clock;
  }

  @Override
  public Integer call() throws InterruptedException {
    GenerationRequest request = request();
    Installed installed = which.installed;
    if (installed == null) {
      return ask(unverified(), request);
    }
    TrustPolicy policy = new PolicyFile(installed.policy).read();
    try (DeviceDirectory device = DeviceDirectory.open(installed.store, clock);
        Lease lease = lease(device, installed.name)) {
      return ask(lease.verify(device.offline(policy)).orElseThrow(), request);
    }
  }

  /** The lease keeps the version from being removed while it answers. */
  private static Lease lease(DeviceDirectory device, ModelName name) {
    return device.store().lease(name.line(), device.require(name).manifest().version());
  }

  private LoadableModel unverified() {
    Path directory = which.directory;
    if (directory == null || !Files.isDirectory(directory)) {
      throw new CommandFault(
          ExitCode.NOT_FOUND, "NO_MODEL", "'" + directory + "' is not a directory.");
    }
    console.note("nothing is verified of " + directory);
    return DevelopmentModel.at(directory, clock);
  }

  private GenerationRequest request() {
    GenerationRequest.Builder request = GenerationRequest.builder();
    if (system != null) {
      request.system(system);
    }
    try {
      Sampling.Builder sampling = Sampling.builder().temperature(temperature);
      if (seed != null) {
        sampling.seed(seed);
      }
      return request
          .user(question)
          .maxTokens(maxTokens)
          .sampling(sampling.build())
          .timeout(Duration.ofSeconds(timeoutSeconds))
          .build();
    } catch (IllegalArgumentException e) {
      throw new CommandFault(ExitCode.USAGE, "INVALID_REQUEST", String.valueOf(e.getMessage()), e);
    }
  }

  private int ask(LoadableModel source, GenerationRequest request) throws InterruptedException {
    OnnxOptions.Builder options = OnnxOptions.builder();
    if (threads != null) {
      options.threads(threads);
    }
    try (LoadedModel model = new OnnxModelLoader(options.build()).load(source)) {
      Generation generation = model.generate(request, new ShownAnswer(console));
      GenerationResult result = await(generation);
      answer(source, result);
      return exitCode(result).number();
    }
  }

  /** Ctrl-C ends the answer where it is. */
  private static GenerationResult await(Generation generation) throws InterruptedException {
    try {
      return generation.await();
    } catch (InterruptedException e) {
      generation.cancel();
      return generation.await();
    }
  }

  private static ExitCode exitCode(GenerationResult result) {
    return CUT_OFF.contains(result.finishReason()) ? ExitCode.INTERRUPTED : ExitCode.OK;
  }

  private void answer(LoadableModel source, GenerationResult result) {
    ObjectNode json = Console.object();
    json.put("model", source.title())
        .put("text", result.text())
        .put("reasoning", result.reasoning())
        .put("finishReason", result.finishReason().name())
        .put("promptTokens", result.promptTokens())
        .put("completionTokens", result.completionTokens())
        .put("timeToFirstTokenMillis", result.timeToFirstToken().toMillis())
        .put("tokensPerSecond", result.tokensPerSecond());
    var calls = json.putArray("toolCalls");
    for (ToolCall call : result.toolCalls()) {
      calls.addObject().put("name", call.name()).put("arguments", call.arguments());
    }
    console.stream(System.lineSeparator());
    console.streamed(json, "");
    console.note(
        String.format(
            Locale.ROOT,
            "%s: %d tokens, %.1f tokens/s, first after %d ms, ended by %s",
            source.title(),
            result.completionTokens(),
            result.tokensPerSecond(),
            result.timeToFirstToken().toMillis(),
            result.finishReason()));
  }
}
