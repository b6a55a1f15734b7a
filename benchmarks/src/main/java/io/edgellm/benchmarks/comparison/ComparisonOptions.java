package io.edgellm.benchmarks.comparison;

import io.edgellm.benchmarks.synthetic.ModelShape;
import java.io.IOException;
import java.nio.file.Path;
import joptsimple.OptionException;
import joptsimple.OptionParser;
import joptsimple.OptionSet;
import joptsimple.OptionSpec;

/** What the command line of the comparison says. */
final class ComparisonOptions {
  private final OptionParser parser = new OptionParser();
  private final OptionSpec<String> shape =
      parser
          .accepts("shape", "size of the synthetic model: 0.5b, 15m or tiny")
          .withRequiredArg()
          .defaultsTo("0.5b");
  private final OptionSpec<Long> seed =
      parser
          .accepts("seed", "decides weights and prompts")
          .withRequiredArg()
          .ofType(Long.class)
          .defaultsTo(1L);
  private final OptionSpec<String> models =
      parser
          .accepts("models", "folder where synthetic models are made once and kept")
          .withRequiredArg()
          .defaultsTo("target/models");
  private final OptionSpec<String> model =
      parser
          .accepts("model", "directory of a real model, instead of a synthetic one")
          .withRequiredArg();
  private final OptionSpec<String> gguf =
      parser.accepts("gguf", "GGUF file with the weights of --model").withRequiredArg();
  private final OptionSpec<Integer> rounds =
      number("rounds", "how often each engine runs, in turns", 3);
  private final OptionSpec<Integer> threads = number("threads", "threads of a forward pass", 1);
  private final OptionSpec<Integer> context = number("context", "longest sequence in tokens", 2048);
  private final OptionSpec<Integer> chunk =
      number("chunk", "tokens of a prompt per pass in both engines; 0: each engine's default", 0);
  private final OptionSpec<Integer> decode =
      number("decode", "tokens of an answer when decoding is measured", 64);
  private final OptionSpec<String> output =
      parser
          .accepts("output", "folder for the report")
          .withRequiredArg()
          .defaultsTo("target/benchmarks");
  private final OptionSpec<Void> help = parser.accepts("help", "prints this").forHelp();
  private final OptionSet set;

  /**
   * Reads the arguments.
   *
   * @throws IllegalArgumentException if they are not understood
   */
  ComparisonOptions(String... args) {
    try {
      set = parser.parse(args);
    } catch (OptionException e) {
      throw new IllegalArgumentException(e.getMessage() + "; --help lists the options.", e);
    }
    if (set.has(model) != set.has(gguf)) {
      throw new IllegalArgumentException("--model and --gguf belong together.");
    }
    if (decode() < 2 || rounds() < 1 || threads() < 1) {
      throw new IllegalArgumentException(
          "There is at least one round and one thread, and an answer of at least two tokens.");
    }
  }

  private OptionSpec<Integer> number(String name, String description, int otherwise) {
    return parser
        .accepts(name, description)
        .withRequiredArg()
        .ofType(Integer.class)
        .defaultsTo(otherwise);
  }

  boolean wantsHelp() {
    return set.has(help);
  }

  void printHelp() throws IOException {
    parser.printHelpOn(System.out);
  }

  /** Returns the model to compare with; makes it where it is synthetic and not there. */
  ModelPair pair() throws IOException {
    return set.has(model)
        ? ModelPair.of(Path.of(model.value(set)), Path.of(gguf.value(set)))
        : ModelPair.synthetic(models(), ModelShape.named(shape.value(set)), seed());
  }

  EngineSettings settings(Path weights) {
    return new EngineSettings(
        weights.toAbsolutePath(),
        cache(),
        threads(),
        context.value(set),
        chunk.value(set),
        1,
        false);
  }

  Path cache() {
    return models().resolve("cache").toAbsolutePath();
  }

  Path models() {
    return Path.of(models.value(set));
  }

  long seed() {
    return seed.value(set);
  }

  int rounds() {
    return rounds.value(set);
  }

  int threads() {
    return threads.value(set);
  }

  int decode() {
    return decode.value(set);
  }

  Path output() {
    return Path.of(output.value(set));
  }

  /** Returns what was set and what was not, as the report names it. */
  String describe() {
    int perPass = chunk.value(set);
    return "%d thread%s, context %d, %s per pass of a prompt, answers of %d tokens, %d rounds"
        .formatted(
            threads(),
            threads() == 1 ? "" : "s",
            context.value(set),
            perPass == 0 ? "each engine's default" : perPass + " tokens",
            decode(),
            rounds());
  }
}
