package io.edgellm.inference.quantize;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.TensorProto;

/**
 * Makes the rewrite that belongs to a format. A further format gets its {@link NodeRewrite} in
 * {@link #of}.
 */
final class NodeRewrites {
  static final String DOMAIN = "com.microsoft";

  private final QuantizationRecipe recipe;
  private final MatrixQuantizers quantizers;

  NodeRewrites(QuantizationRecipe recipe, MatrixQuantizers quantizers) {
    this.recipe = recipe;
    this.quantizers = quantizers;
  }

  /** Returns how the nodes of a weight are rewritten. */
  NodeRewrite of(PlannedWeight planned) {
    TensorProto weight = planned.weight();
    if (planned.format() instanceof DynamicInt8 int8) {
      return new DynamicInt8Rewrite(weight, int8);
    }
    BlockFormat format = (BlockFormat) planned.format();
    if (planned.use() == WeightUse.TABLE) {
      return new GatherBlockQuantizedRewrite(weight, format);
    }
    MatMulNBitsRewrite product =
        new MatMulNBitsRewrite(weight, format, recipe.accuracyLevel(), quantizers);
    return planned.use() == WeightUse.TIED ? new TiedRewrite(weight, format, product) : product;
  }

  static AttributeProto attribute(String name, long value) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeProto.AttributeType.INT)
        .setI(value)
        .build();
  }
}
