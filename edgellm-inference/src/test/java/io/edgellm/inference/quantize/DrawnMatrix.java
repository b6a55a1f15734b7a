package io.edgellm.inference.quantize;

/**
 * Matrices that a script in another language can draw, too: SplitMix64 from a seed, one draw for
 * each weight, row after row; the rules are those of {@code make_block_goldens.py}.
 */
final class DrawnMatrix {
  private static final float FULL = 1 << 23;

  private long state;

  private DrawnMatrix(long seed) {
    this.state = seed;
  }

  static float[] of(String fill, long seed, int rows, int columns) {
    DrawnMatrix matrix = new DrawnMatrix(seed);
    float[] values = new float[rows * columns];
    for (int i = 0; i < values.length; i++) {
      values[i] = matrix.value(fill, i % columns);
    }
    return values;
  }

  private long draw() {
    state += 0x9E3779B97F4A7C15L;
    long z = state;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  private float value(String fill, int column) {
    long draw = draw();
    float unit = ((draw >>> 40) - (1 << 23)) / FULL;
    int low = (int) (draw & 0xFFFF);
    int bits = (int) (draw >>> 32);
    return switch (fill) {
      case "uniform" -> unit;
      case "bell" -> bell(draw);
      case "ties" -> (low % 33 - 16) * 0.25f;
      case "zeros" -> 0f;
      case "signed zeros" -> low % 2 == 0 ? 0f : -0f;
      case "few" -> low % 16 == 0 ? unit : -0f;
      case "constant columns" -> column % 7 - 3;
      case "positive" -> Math.abs(unit) + 0.0078125f;
      case "negative" -> -Math.abs(unit);
      case "denormal" -> Float.intBitsToFloat(bits & 0x807FFFFF);
      case "smallest" -> Float.intBitsToFloat(bits & 0x80000007);
      case "wide" -> unit * Math.scalb(1f, low % 191 - 95);
      case "huge" -> unit * Float.MAX_VALUE;
      case "outlier" -> low % 100 == 0 ? unit * 1024 : unit;
      default -> throw new IllegalArgumentException(fill);
    };
  }

  /** The sum of four numbers from -1 to 1: nearly a normal distribution, as weights have. */
  private static float bell(long draw) {
    int sum = 0;
    for (int shift = 0; shift < Long.SIZE; shift += 16) {
      sum += (int) (draw >>> shift & 0xFFFF) - (1 << 15);
    }
    return sum / (float) (1 << 15);
  }

  /** Gives a matrix to a quantizer block by block, as it would come from a file. */
  static QuantizedMatrix feed(
      MatrixQuantizer quantizer, int blockSize, float[] values, int rows, int columns) {
    float[] block = new float[Math.min(blockSize, rows) * columns];
    for (int first = 0; first < rows; first += blockSize) {
      int count = Math.min(blockSize, rows - first);
      System.arraycopy(values, first * columns, block, 0, count * columns);
      quantizer.add(block, count);
    }
    return quantizer.result();
  }
}
