package io.edgellm.inference.quantize;

import ai.onnx.proto.OnnxMl.ModelProto;
import io.edgellm.inference.internal.TargetDirectory;
import io.edgellm.inference.onnx.OnnxGraphFile;
import java.io.IOException;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** One model on its way into a new directory. */
final class Quantization {
  /** The first with DynamicQuantizeLinear. */
  private static final long DYNAMIC_OPSET = 11;

  private final QuantizationRecipe recipe;
  private final ModelConversion conversion;

  Quantization(
      QuantizationRecipe recipe,
      ModelDirectory source,
      TargetDirectory target,
      QuantizationListener listener,
      BooleanSupplier cancelled)
      throws IOException {
    this.recipe = recipe;
    this.conversion = new ModelConversion(source, target, listener, cancelled);
  }

  QuantizationReport run() throws IOException {
    ModelProto model = OnnxGraphFile.read(conversion.graph());
    SupportedModel.require(model);
    try (TensorSource tensors = conversion.tensors()) {
      TiedTables tables = new TiedTables(tensors, conversion::requireWanted);
      QuantizationPlan plan = new QuantizationPlan(model.getGraph(), recipe, tables);
      requireOpset(SupportedModel.opset(model), plan);
      try (MatrixQuantizers quantizers = MatrixQuantizers.open(recipe, plan)) {
        NodeRewrites rewrites = new NodeRewrites(recipe, quantizers);
        long targetBytes =
            conversion.convert(
                model,
                tensors,
                node ->
                    plan.planned(node)
                        .map(it -> new PlannedRewrite(it.weight(), () -> rewrites.of(it))),
                recipe.shards());
        return report(plan, targetBytes, quantizers.outcome());
      }
    }
  }

  private static void requireOpset(long opset, QuantizationPlan plan) {
    if (plan.quantized().stream().anyMatch(node -> node.format() instanceof DynamicInt8)) {
      SupportedModel.requireOpset(
          opset, DYNAMIC_OPSET, "rounding activations while the model runs");
    }
  }

  private QuantizationReport report(
      QuantizationPlan plan, long targetBytes, Optional<QuantizationReport.Base> base)
      throws IOException {
    long sourceBytes = conversion.sourceBytes();
    conversion.copyOthers();
    QuantizationReport report =
        new QuantizationReport(
            QuantizationReport.TOOL,
            QuantizationReport.TOOL_VERSION,
            QuantizationReport.method(recipe),
            conversion.sourceDigest(),
            conversion.graphName(),
            recipe,
            plan.quantized(),
            plan.kept(),
            conversion.leftOut(),
            sourceBytes,
            targetBytes,
            base.orElse(null));
    conversion.writeReport(report.toJson());
    return report;
  }
}
