package io.edgellm.examples.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.edgellm.inference.calibration.ActivationRanges;
import io.edgellm.inference.calibration.CalibrationData;
import io.edgellm.inference.calibration.Calibrator;
import io.edgellm.inference.calibration.RangeMethod;
import io.edgellm.inference.quantize.ActivationType;
import io.edgellm.inference.quantize.StaticQuantizer;
import io.edgellm.inference.quantize.StaticRecipe;
import io.edgellm.inference.quantize.StaticReport;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.BooleanSupplier;
import picocli.CommandLine.Option;

/** What {@code edgellm quantize --static} is asked for, and how it is done. */
final class StaticOptions {
  private static final double PERCENT = 99.999;
  private static final int HISTOGRAM_BINS = 2048;
  private static final int ENTROPY_CODES = 128;

  @Option(
      names = "--static",
      required = true,
      description =
          "For NPUs: fix the ranges of activations from calibration data, and say in the graph"
              + " where numbers are rounded (QuantizeLinear, DequantizeLinear).")
  private boolean wanted;

  @Option(
      names = "--calibration",
      paramLabel = "FILE",
      required = true,
      description =
          "Texts like those that the model will get: one on each line, or .jsonl with {\"text\": …}"
              + " or {\"tokens\": […]}. May be repeated.")
  private List<Path> calibration = new ArrayList<>();

  @Option(
      names = "--ranges",
      paramLabel = "METHOD",
      defaultValue = "min-max",
      description = "How ranges come from what is seen: min-max, percentile or entropy.")
  private Ranges ranges = Ranges.MIN_MAX;

  @Option(
      names = "--activations",
      paramLabel = "TYPE",
      defaultValue = "uint8",
      description = "What activations are rounded to: uint8, int8 or uint16.")
  private ActivationType activations = ActivationType.UINT8;

  @Option(
      names = "--all-operators",
      description = "Round sums, norms' scales and gates too, not only products.")
  private boolean allOperators;

  @Option(names = "--per-tensor", description = "One scale for each matrix, not for each output.")
  private boolean perTensor;

  /** The methods by their names. */
  enum Ranges {
    /** Nothing is cut off. */
    MIN_MAX,
    /** All but a hundred-thousandth. */
    PERCENTILE,
    /** By divergence. */
    ENTROPY;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  boolean isWanted() {
    return wanted;
  }

  /** Calibrates and quantizes. */
  StaticReport run(
      Path source, Path target, List<String> keep, Console console, BooleanSupplier cancelled) {
    ActivationRanges seen =
        new Calibrator(method(), Runtime.getRuntime().availableProcessors())
            .calibrate(
                StaticQuantizer.graph(source),
                CalibrationData.read(calibration),
                tensor -> true,
                (done, total) ->
                    console.progress(
                        String.format(Locale.ROOT, "calibrating %d of %d", done, total),
                        done == total),
                cancelled);
    return new StaticQuantizer(recipe(keep))
        .quantize(
            source, target, seen, new QuantizationProgress(console, System::nanoTime), cancelled);
  }

  private RangeMethod method() {
    return switch (ranges) {
      case MIN_MAX -> new RangeMethod.MinMax();
      case PERCENTILE -> new RangeMethod.Percentile(PERCENT, HISTOGRAM_BINS);
      case ENTROPY -> new RangeMethod.Entropy(HISTOGRAM_BINS, ENTROPY_CODES);
    };
  }

  private StaticRecipe recipe(List<String> keep) {
    StaticRecipe recipe = StaticRecipe.of(activations);
    if (allOperators) {
      recipe = recipe.withOperators(StaticRecipe.SUPPORTED);
    }
    if (perTensor) {
      recipe = recipe.perTensor();
    }
    for (String nodes : keep) {
      recipe = recipe.keeping(nodes);
    }
    return recipe;
  }

  static String text(Path target, StaticReport report) {
    return String.format(
        Locale.ROOT,
        "%s: %d nodes rounded, %d kept, %s of %s%nsource sha256:%s%ncalibration sha256:%s",
        target,
        report.quantized().size(),
        report.kept().size(),
        Format.bytes(report.targetBytes()),
        Format.bytes(report.sourceBytes()),
        report.sourceSha256(),
        report.calibrationSha256());
  }

  /** The report as it lies in the directory. */
  static ObjectNode json(StaticReport report) {
    try {
      return (ObjectNode) new ObjectMapper().readTree(report.toJson());
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
