package io.edgellm.inference.quantize;

import ai.onnx.proto.OnnxMl.TensorProto;
import java.io.IOException;

/**
 * Finds out whether the head of a model is its embedding, turned over. Exporters write such a
 * matrix twice; once is enough in blocks, where both operators read the rows of the vocabulary.
 *
 * <p>The numbers are compared, bit by bit: names say nothing about a fine-tuned copy. Two matrices
 * that differ are told apart by their first rows as a rule.
 */
final class TiedTables {
  private static final int FIRST_ROWS = 16;
  private static final int PART_NUMBERS = 1 << 21;

  private final TensorSource source;
  private final SourceMatrix.Reading reading;

  TiedTables(TensorSource source, SourceMatrix.Reading reading) {
    this.source = source;
    this.reading = reading;
  }

  /** Returns whether a table and the matrix of a product can be stored as one. */
  boolean areOne(PlannedWeight table, PlannedWeight product) throws IOException {
    return table.use() == WeightUse.TABLE
        && product.use() == WeightUse.PRODUCT
        && table.format().equals(product.format())
        && table.format() instanceof BlockFormat format
        && product.weight().getDims(0) % format.blockSize() == 0
        && areTransposed(table.weight(), product.weight());
  }

  private boolean areTransposed(TensorProto table, TensorProto product) throws IOException {
    if (table.getDims(0) != product.getDims(1) || table.getDims(1) != product.getDims(0)) {
      return false;
    }
    SourceMatrix rows = source.matrix(table, reading);
    SourceMatrix columns = source.matrix(product, reading);
    int part = Math.max(FIRST_ROWS, PART_NUMBERS / rows.columns());
    int width = FIRST_ROWS;
    for (int first = 0; first < rows.rows(); first += width, width = part) {
      int count = Math.min(width, rows.rows() - first);
      Comparison comparison = new Comparison(rows.part(first, count), count, rows.columns());
      columns.read(first, count, Math.max(1, PART_NUMBERS / count), comparison);
      if (comparison.differs) {
        return false;
      }
    }
    return true;
  }

  /** Holds some columns against the rows that they may be. */
  private static final class Comparison implements SourceMatrix.Rows {
    private final float[] table;
    private final int width;
    private final int length;
    private int row;
    private boolean differs;

    /**
     * @param table {@code [width, length]}
     */
    Comparison(float[] table, int width, int length) {
      this.table = table;
      this.width = width;
      this.length = length;
    }

    @Override
    public void take(float[] values, int rows) {
      for (int i = 0; i < rows; i++, row++) {
        for (int column = 0; column < width; column++) {
          differs |=
              Float.floatToRawIntBits(values[i * width + column])
                  != Float.floatToRawIntBits(table[column * length + row]);
        }
      }
    }
  }
}
