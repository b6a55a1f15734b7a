package io.edgellm.inference.quantize;

import ai.onnx.proto.OnnxMl.ModelProto;
import io.edgellm.inference.calibration.ActivationRanges;
import io.edgellm.inference.internal.TargetDirectory;
import io.edgellm.inference.onnx.OnnxGraphFile;
import io.edgellm.inference.quantize.QuantizationException.Reason;
import io.edgellm.model.Sha256;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.function.BooleanSupplier;

/** One model on its way into a new directory, with fixed ranges of its activations. */
final class StaticQuantization {
  /** The first with a scale for each channel. */
  private static final long LEAST_OPSET = 13;

  /** The first with sixteen bits in the standard operators. */
  private static final long WIDE_OPSET = 21;

  private final StaticRecipe recipe;
  private final ActivationRanges ranges;
  private final ModelConversion conversion;

  StaticQuantization(
      StaticRecipe recipe,
      ActivationRanges ranges,
      ModelDirectory source,
      TargetDirectory target,
      QuantizationListener listener,
      BooleanSupplier cancelled)
      throws IOException {
    this.recipe = recipe;
    this.ranges = ranges;
    this.conversion = new ModelConversion(source, target, listener, cancelled);
  }

  StaticReport run() throws IOException {
    ModelProto model = OnnxGraphFile.read(conversion.graph());
    SupportedModel.require(model);
    String domain = domain(SupportedModel.opset(model));
    requireRangesOf(model);
    QdqMarks marks = new QdqMarks(model.getGraph(), recipe, ranges);
    try (TensorSource tensors = conversion.tensors()) {
      QdqRewrites rewrites =
          new QdqRewrites(
              marks,
              recipe.activations(),
              weight -> tensors.matrix(weight, conversion::requireWanted));
      ModelProto edited = new QdqGraph(marks, domain).apply(model);
      return report(marks, conversion.convert(edited, tensors, rewrites::planned, false));
    }
  }

  /** Names alone do not tell a fine-tune from its origin. */
  private void requireRangesOf(ModelProto model) throws IOException {
    Sha256 watched = ranges.modelDigest();
    if (watched == null) {
      return;
    }
    Sha256 digest = conversion.modelDigest(model);
    if (!watched.equals(digest)) {
      throw new QuantizationException(
          Reason.RANGES_MISMATCH,
          "The ranges are of the model sha256:"
              + watched
              + ", and "
              + conversion.graphName()
              + " with its weights is sha256:"
              + digest
              + ": calibrate this very model.",
          conversion.graphName());
    }
  }

  private StaticReport report(QdqMarks marks, long targetBytes) throws IOException {
    long sourceBytes = conversion.sourceBytes();
    conversion.copyOthers();
    StaticReport report =
        new StaticReport(
            conversion.sourceDigest(),
            conversion.graphName(),
            recipe,
            ranges.method(),
            ranges.dataDigest(),
            Sha256.of(ranges.toJson().getBytes(StandardCharsets.UTF_8)),
            marks.quantized(),
            marks.kept(),
            marks.others(),
            conversion.leftOut(),
            sourceBytes,
            targetBytes);
    conversion.writeReport(report.toJson());
    return report;
  }

  private String domain(long opset) {
    SupportedModel.requireOpset(opset, LEAST_OPSET, "a scale for each output");
    boolean wide = recipe.activations() == ActivationType.UINT16;
    return wide && opset < WIDE_OPSET ? NodeRewrites.DOMAIN : "";
  }
}
