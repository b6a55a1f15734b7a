package io.edgellm.examples.cli;

import io.edgellm.inference.facts.ModelFacts;
import io.edgellm.model.Requirements;
import io.edgellm.model.RuntimeRange;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say what devices need; what the model itself says need not be said. */
final class NeedsOption {
  private static final int CONTEXT_IF_NOBODY_SAYS = 512;

  @Option(names = "--runtime", description = "The runtime that devices need.")
  private String runtime = "onnxruntime";

  @Option(names = "--min-runtime", description = "The lowest version of it.")
  private String minRuntime = "1.20";

  @Option(
      names = "--max-runtime",
      description = "The highest version of it; 1.28 includes its patches. Any if not given.")
  private @Nullable String maxRuntime;

  @Option(names = "--min-ram", paramLabel = "MIB", description = "Memory that must be free.")
  private long minRamMib = 64;

  @Option(
      names = "--context",
      paramLabel = "TOKENS",
      description = "Longest prompt and answer; that of the model if not given.")
  private @Nullable Integer context;

  @Option(names = "--architecture", description = "x86_64 or aarch64; any if not given.")
  private List<String> architectures = new ArrayList<>();

  @Option(names = "--os", description = "linux, macos or windows; any if not given.")
  private List<String> operatingSystems = new ArrayList<>();

  @Option(
      names = "--execution-provider",
      description = "One of these must be there, such as QNNExecutionProvider.")
  private List<String> executionProviders = new ArrayList<>();

  @Option(names = "--accelerator", description = "Hardware without which it does not run.")
  private @Nullable String accelerator;

  @Option(
      names = "--no-facts-from-model",
      description =
          "Do not take operator sets, context, memory, tokenizer and chat template from the model,"
              + " and do not open it on trial.")
  private boolean byHand;

  /** Returns whether nothing is to be asked of the model. */
  boolean byHand() {
    return byHand;
  }

  /** Reads the model, unless everything is said by hand. */
  Optional<ModelFacts> facts(Path directory) {
    return byHand ? Optional.empty() : Optional.of(ModelFacts.read(directory));
  }

  Requirements requirements(Optional<ModelFacts> facts) {
    int longest = facts.map(ModelFacts::contextLength).orElse(CONTEXT_IF_NOBODY_SAYS);
    int promised = context == null ? longest : context;
    if (facts.isPresent() && promised > longest) {
      throw new CommandFault(
          ExitCode.USAGE,
          "CONTRADICTION",
          "The model has "
              + longest
              + " tokens of context: --context "
              + promised
              + " is too much.");
    }
    Requirements given =
        new Requirements(
                architectures,
                operatingSystems,
                runtime,
                minRuntime,
                Math.multiplyExact(minRamMib, 1L << 20),
                promised)
            .toBuilder()
                .runtime(new RuntimeRange(runtime, minRuntime, maxRuntime))
                .executionProviders(executionProviders)
                .accelerator(accelerator)
                .build();
    return facts.map(f -> f.complete(given)).orElse(given);
  }
}
