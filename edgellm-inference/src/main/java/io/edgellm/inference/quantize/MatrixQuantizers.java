package io.edgellm.inference.quantize;

import io.edgellm.inference.quantize.QuantizationException.Reason;

/** Chooses how the scales of a matrix are found. */
final class MatrixQuantizers {
  private final QuantizationRecipe recipe;

  MatrixQuantizers(QuantizationRecipe recipe) {
    this.recipe = recipe;
    if (recipe.base() != null) {
      throw new QuantizationException(
          Reason.INVALID_RECIPE, "Scales of a base model are not taken over.", "base");
    }
  }

  /**
   * Returns a quantizer for some columns of a matrix. A matrix whose result is large comes in
   * several such parts, one after the other.
   *
   * @param weight the name of the matrix in the source
   * @param rows of the matrix
   * @param firstColumn the first of the columns
   * @param columns how many columns follow each other
   */
  MatrixQuantizer of(String weight, BlockFormat format, int rows, int firstColumn, int columns) {
    return new BlockQuantizer(format, scales(format), rows, columns);
  }

  private BlockScales scales(BlockFormat format) {
    return switch (recipe.method()) {
      case ROUND_TO_NEAREST -> new RangeScales(format);
      case HQQ -> new HalfQuadraticScales(format);
    };
  }
}
