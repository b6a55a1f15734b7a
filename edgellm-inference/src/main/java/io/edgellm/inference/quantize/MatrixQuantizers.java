package io.edgellm.inference.quantize;

import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Chooses how the scales of a matrix are found, and owns the base that they may come from. */
final class MatrixQuantizers implements AutoCloseable {
  private final QuantizationRecipe recipe;
  private final @Nullable BaseModel base;
  private final FrozenScales.Tally tally = new FrozenScales.Tally();

  private MatrixQuantizers(QuantizationRecipe recipe, @Nullable BaseModel base) {
    this.recipe = recipe;
    this.base = base;
  }

  /**
   * Opens the base that a recipe names, if it does.
   *
   * @param recipe what is done
   * @param plan the weights that it is done to; the base must have them all
   * @throws QuantizationException with {@code BASE_MISMATCH} if the base does not fit
   */
  static MatrixQuantizers open(QuantizationRecipe recipe, QuantizationPlan plan)
      throws IOException {
    if (recipe.base() == null) {
      return new MatrixQuantizers(recipe, null);
    }
    BaseModel base = BaseModel.open(recipe.base(), recipe);
    for (PlannedWeight planned : plan.weights()) {
      if (planned.use() != WeightUse.TABLE && planned.format() instanceof BlockFormat format) {
        base.require(planned.weight(), format);
      }
    }
    return new MatrixQuantizers(recipe, base);
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
  MatrixQuantizer of(String weight, BlockFormat format, int rows, int firstColumn, int columns)
      throws IOException {
    BlockScales scales = fresh(format);
    if (base != null) {
      QuantizedMatrix old = base.scales(weight, format, rows, firstColumn, columns);
      scales = new FrozenScales(format, scales, old, tally);
    }
    return new BlockQuantizer(format, scales, rows, columns);
  }

  private BlockScales fresh(BlockFormat format) {
    return switch (recipe.method()) {
      case ROUND_TO_NEAREST -> new RangeScales(format);
      case HQQ -> new HalfQuadraticScales(format);
    };
  }

  /** Returns what became of the scales of the base, once all matrices are done. */
  Optional<QuantizationReport.Base> outcome() throws IOException {
    return base == null
        ? Optional.empty()
        : Optional.of(new QuantizationReport.Base(base.digest(), tally.kept(), tally.renewed()));
  }

  @Override
  public void close() throws IOException {
    if (base != null) {
      base.close();
    }
  }
}
