package io.edgellm.examples.quickstart;

import io.edgellm.inference.quantize.BlockFormat;
import io.edgellm.inference.quantize.NodeRule;
import io.edgellm.inference.quantize.QuantizationRecipe;
import io.edgellm.model.ModelVersion;
import java.util.List;

/**
 * A version of the sample model that the quickstart publishes.
 *
 * @param version its version
 * @param name what it is, for people
 * @param recipe how it is quantized
 */
record Variant(ModelVersion version, String name, QuantizationRecipe recipe) {
  /** 1.0.0, the first release: 4 bits in blocks of 32. */
  static final Variant FIRST =
      new Variant(
          ModelVersion.parse("1.0.0+onnx-int4"),
          "int4, blocks of 32",
          QuantizationRecipe.of(new BlockFormat(4, 32, true)));

  /** 1.1.0, a good update: 8 bits. */
  static final Variant BETTER =
      new Variant(
          ModelVersion.parse("1.1.0+onnx-int8"),
          "int8, blocks of 32",
          QuantizationRecipe.of(new BlockFormat(8, 32, true)));

  /** 1.2.0, somebody's attempt to save memory: 2 bits, only the head in full precision. */
  static final Variant MISTUNED =
      new Variant(
          ModelVersion.parse("1.2.0+onnx-int2"),
          "int2, blocks of 32, fp32 head",
          QuantizationRecipe.of(new BlockFormat(2, 32, false))
              .with(new NodeRule.KeepFloat("*lm_head*")));

  static final List<Variant> ALL = List.of(FIRST, BETTER, MISTUNED);
}
