package io.edgellm.examples.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.edgellm.inference.quantize.BlockFormat;
import io.edgellm.inference.quantize.BlockMethod;
import io.edgellm.inference.quantize.ModelQuantizer;
import io.edgellm.inference.quantize.NodeRule;
import io.edgellm.inference.quantize.NodeSelector;
import io.edgellm.inference.quantize.QuantizationRecipe;
import io.edgellm.inference.quantize.QuantizationReport;
import io.edgellm.inference.quantize.StaticReport;
import io.edgellm.inference.quantize.WeightFormat;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UseDefaultConverter;

/** Makes the weights of a model smaller. */
@Command(
    name = "quantize",
    description = {
      "Makes a quantized model directory out of an fp32 one.",
      "",
      "A FORMAT is BITS, BITS:BLOCK or BITS:BLOCK:asym, such as 8:32, or int8 or int8:column for"
          + " eight bits with activations rounded at run time (with :reduced for processors without"
          + " VNNI). Of several exceptions for a node,"
          + " --keep goes before --head, that before --layers, and that before --rule.",
    },
    mixinStandardHelpOptions = true,
    showDefaultValues = true,
    footerHeading = "%nExamples:%n",
    footer = {
      "  edgellm quantize export/ assistant-int4/",
      "  edgellm quantize export/ assistant-int4/ --method hqq --asymmetric --embedding-bits 4",
      "  edgellm quantize export/ assistant-mixed/ --head 8 --layers 0-1=8 --keep '*router*'",
      "  edgellm quantize export/ assistant-1.1/ --delta-friendly assistant-1.0/ --shards",
      "  edgellm quantize export/ assistant-npu/ --static --calibration texts.txt",
    })
final class QuantizeCommand implements Callable<Integer> {
  private static final Set<String> OF_WEIGHTS_ALONE =
      Set.of(
          "--bits",
          "--block",
          "--asymmetric",
          "--format",
          "--method",
          "--embedding-bits",
          "--head",
          "--layers",
          "--rule",
          "--accuracy",
          "--shards",
          "--delta-friendly");

  private final Console console;

  @Spec private @Nullable CommandSpec spec;

  @Parameters(index = "0", paramLabel = "SOURCE", description = "The fp32 model directory.")
  private Path source;

  @Parameters(
      index = "1",
      paramLabel = "TARGET",
      description = "The directory to make; must not exist.")
  private Path target;

  @Option(names = "--bits", paramLabel = "N", description = "Bits of a weight: 2, 4 or 8.")
  private int bits = 4;

  @Option(
      names = "--block",
      paramLabel = "N",
      description = "Weights that share a scale: 16, 32, 64, 128 or 256.")
  private int block = 32;

  @Option(
      names = "--asymmetric",
      description = "Store a zero point for each block: a little better, a little larger.")
  private boolean asymmetric;

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      converter = WeightFormatText.class,
      description =
          "How weights are stored, in place of --bits, --block and --asymmetric; the last two are"
              + " then for --embedding-bits alone.")
  private @Nullable WeightFormat format;

  @Option(
      names = "--method",
      paramLabel = "METHOD",
      description = "How scales are found: rtn (to the nearest code) or hqq (searched, better).")
  private Method method = Method.RTN;

  @Option(
      names = "--embedding-bits",
      paramLabel = "N",
      description =
          "Store the embedding in blocks of so many bits, too. With the bits of the head, a model"
              + " that ties both stores them once.")
  private @Nullable Integer embeddingBits;

  @Option(
      names = "--keep",
      paramLabel = "PATTERN",
      description = "Leave nodes of this name in fp32; * is anything. May be repeated.")
  private List<String> keep = new ArrayList<>();

  @Option(
      names = "--head",
      paramLabel = "FORMAT",
      converter = WeightFormatText.class,
      description = "How the last MatMul, which gives the logits, is stored.")
  private @Nullable WeightFormat head;

  @Option(
      names = "--layers",
      paramLabel = "FIRST-LAST=FORMAT",
      converter = {LayersText.class, WeightFormatText.class},
      description = "How some blocks of the network are stored. May be repeated.")
  private Map<NodeSelector.Layers, WeightFormat> layers = new LinkedHashMap<>();

  @Option(
      names = "--rule",
      paramLabel = "PATTERN=FORMAT",
      converter = {UseDefaultConverter.class, WeightFormatText.class},
      description = "How nodes of this name are stored. May be repeated; the first that fits.")
  private Map<String, WeightFormat> rules = new LinkedHashMap<>();

  @Option(
      names = "--accuracy",
      paramLabel = "LEVEL",
      description = "What products compute in: 0 unset, 1 fp32, 2 fp16, 3 bf16, 4 int8.")
  private int accuracy = QuantizationRecipe.INT8_ACTIVATIONS;

  @Option(
      names = "--shards",
      description = "Write one file of weights for each block of the network.")
  private boolean shards;

  @Option(
      names = "--delta-friendly",
      paramLabel = "BASE",
      description =
          "The directory of a quantized model that devices have: its scales are taken, so that"
              + " what did not change stays the same bytes.")
  private @Nullable Path base;

  @ArgGroup(exclusive = false, heading = "%nFor NPUs (of the options above, with --keep alone):%n")
  private @Nullable StaticOptions fixed;

  /** The methods by their short names. */
  enum Method {
    /** Round to nearest. */
    RTN(BlockMethod.ROUND_TO_NEAREST),
    /** Half-quadratic quantization. */
    HQQ(BlockMethod.HQQ);

    private final BlockMethod method;

    Method(BlockMethod method) {
      this.method = method;
    }
  }

  QuantizeCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    if (fixed != null) {
      if (!fixed.isWanted()) {
        throw refused("--calibration says nothing without --static: leave it out.");
      }
      refuseOthers();
      StaticReport report =
          fixed.run(source, target, keep, console, () -> Thread.currentThread().isInterrupted());
      console.answer(StaticOptions.text(target, report), StaticOptions.json(report));
      return ExitCode.OK.number();
    }
    refuseTwoFormats();
    QuantizationReport report =
        new ModelQuantizer(recipe())
            .quantize(
                source,
                target,
                new QuantizationProgress(console, System::nanoTime),
                () -> Thread.currentThread().isInterrupted());
    console.answer(text(report), json(report));
    return ExitCode.OK.number();
  }

  private void refuseOthers() {
    refuseBeside("--static", OF_WEIGHTS_ALONE);
  }

  private void refuseTwoFormats() {
    if (format != null) {
      refuseBeside(
          "--format",
          embeddingBits == null ? Set.of("--bits", "--block", "--asymmetric") : Set.of("--bits"));
    }
  }

  private void refuseBeside(String option, Set<String> others) {
    CommandLine line = Objects.requireNonNull(spec).commandLine();
    for (OptionSpec other : line.getParseResult().matchedOptions()) {
      if (others.contains(other.longestName())) {
        throw refused(
            other.longestName() + " says nothing with " + option + ": leave one of them out.");
      }
    }
  }

  private ParameterException refused(String sentence) {
    return new ParameterException(Objects.requireNonNull(spec).commandLine(), sentence);
  }

  private QuantizationRecipe recipe() {
    WeightFormat weights = format == null ? new BlockFormat(bits, block, !asymmetric) : format;
    QuantizationRecipe recipe =
        QuantizationRecipe.of(weights).withMethod(method.method).withAccuracyLevel(accuracy);
    if (embeddingBits != null) {
      recipe = recipe.withEmbedding(new BlockFormat(embeddingBits, block, !asymmetric));
    }
    if (base != null) {
      recipe = recipe.withBase(base);
    }
    for (NodeRule rule : exceptions()) {
      recipe = recipe.with(rule);
    }
    return shards ? recipe.withShards() : recipe;
  }

  private List<NodeRule> exceptions() {
    List<NodeRule> all = new ArrayList<>();
    keep.forEach(pattern -> all.add(new NodeRule.KeepFloat(pattern)));
    if (head != null) {
      all.add(new NodeRule.UseFormat(new NodeSelector.LastMatMul(), head));
    }
    layers.forEach((nodes, how) -> all.add(new NodeRule.UseFormat(nodes, how)));
    rules.forEach((pattern, how) -> all.add(new NodeRule.UseFormat(pattern, how)));
    return all;
  }

  private String text(QuantizationReport report) {
    return String.format(
        Locale.ROOT,
        "%s: %d nodes quantized, %d kept, %s of %s%nsource sha256:%s",
        target,
        report.quantized().size(),
        report.kept().size(),
        Format.bytes(report.targetBytes()),
        Format.bytes(report.sourceBytes()),
        report.sourceSha256());
  }

  /** The report as it lies in the directory. */
  private static ObjectNode json(QuantizationReport report) {
    try {
      return (ObjectNode) new ObjectMapper().readTree(report.toJson());
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
