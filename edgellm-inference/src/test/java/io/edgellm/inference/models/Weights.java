package io.edgellm.inference.models;

import ai.onnxruntime.platform.Fp16Conversions;
import io.edgellm.inference.onnx.ElementType;
import io.edgellm.inference.onnx.GraphBuilder;
import io.edgellm.inference.onnx.TensorContent;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.function.Predicate;

/** The random weights of a decoder, by the names that exporters give them. */
public final class Weights {
  static final String EMBEDDING = "model.embed_tokens.weight";
  static final String POSITIONS = "model.embed_positions.weight";
  static final String FINAL_NORM = "model.norm.weight";
  static final String HEAD = "lm_head.MatMul.weight";

  /** One weight: {@code [rows, columns]}, or {@code [columns]} with no rows. */
  static final class Matrix {
    private final int rows;
    private final int columns;
    private final float[] numbers;

    Matrix(int rows, int columns, float[] numbers) {
      this.rows = rows;
      this.columns = columns;
      this.numbers = numbers;
    }

    int rows() {
      return rows;
    }

    int columns() {
      return columns;
    }

    float[] numbers() {
      return numbers;
    }

    long[] dims() {
      return rows == 0 ? new long[] {columns} : new long[] {rows, columns};
    }
  }

  private final Architecture architecture;
  private final Map<String, Matrix> all = new LinkedHashMap<>();
  private final Random random;

  private Weights(Architecture architecture, long seed) {
    this.architecture = architecture;
    this.random = new Random(seed);
  }

  static Weights random(Architecture architecture, long seed) {
    Weights weights = new Weights(architecture, seed);
    int hidden = architecture.hidden();
    weights.matrix(EMBEDDING, Architecture.VOCABULARY, hidden, 1);
    if (architecture.learnedPositions()) {
      weights.matrix(POSITIONS, architecture.contextTokens() + 2, hidden, 0.5);
    }
    for (int i = 0; i < architecture.layers().size(); i++) {
      weights.layer(i, architecture.layers().get(i));
    }
    weights.norm(FINAL_NORM);
    weights.matrix(HEAD, hidden, Architecture.VOCABULARY, 1 / Math.sqrt(hidden));
    return weights;
  }

  static String ofLayer(int layer, String part) {
    return "model.layers." + layer + "." + part + ".weight";
  }

  Architecture architecture() {
    return architecture;
  }

  Matrix get(String name) {
    Matrix matrix = all.get(name);
    if (matrix == null) {
      throw new IllegalArgumentException("There is no weight " + name + ".");
    }
    return matrix;
  }

  /** Returns the weights as they are after they were stored in fp16. */
  Weights roundedToHalf() {
    Weights rounded = new Weights(architecture, 0);
    all.forEach(
        (name, matrix) -> {
          float[] numbers = new float[matrix.numbers().length];
          for (int i = 0; i < numbers.length; i++) {
            numbers[i] =
                Fp16Conversions.fp16ToFloat(Fp16Conversions.floatToFp16(matrix.numbers()[i]));
          }
          rounded.all.put(name, new Matrix(matrix.rows(), matrix.columns(), numbers));
        });
    return rounded;
  }

  /**
   * Returns the weights as they are after their matrices were rounded to nearest in blocks of rows,
   * with zero in the middle of the range.
   */
  Weights roundedInBlocks(int bits, int blockRows) {
    Weights rounded = new Weights(architecture, 0);
    all.forEach(
        (name, matrix) ->
            rounded.all.put(
                name, name.contains("MatMul") ? roundedInBlocks(matrix, bits, blockRows) : matrix));
    return rounded;
  }

  private static Matrix roundedInBlocks(Matrix matrix, int bits, int blockRows) {
    float[] numbers = matrix.numbers().clone();
    int half = 1 << (bits - 1);
    for (int column = 0; column < matrix.columns(); column++) {
      for (int first = 0; first < matrix.rows(); first += blockRows) {
        int last = Math.min(matrix.rows(), first + blockRows);
        float extreme = 0;
        for (int row = first; row < last; row++) {
          float number = numbers[row * matrix.columns() + column];
          extreme = Math.abs(number) > Math.abs(extreme) ? number : extreme;
        }
        float step = -extreme / half;
        for (int row = first; row < last; row++) {
          int at = row * matrix.columns() + column;
          long level = step == 0 ? 0 : Math.round((double) numbers[at] / step);
          numbers[at] = Math.max(-half, Math.min(half - 1, level)) * step;
        }
      }
    }
    return new Matrix(matrix.rows(), matrix.columns(), numbers);
  }

  /** Puts the weights whose names are wanted into a graph. */
  void declare(GraphBuilder graph, ElementType type, Predicate<String> wanted) throws IOException {
    for (Map.Entry<String, Matrix> entry : all.entrySet()) {
      if (wanted.test(entry.getKey())) {
        Matrix matrix = entry.getValue();
        graph.weights(entry.getKey(), type, content(type, matrix.numbers()), matrix.dims());
      }
    }
  }

  /** Returns numbers in fp32 or fp16. */
  static TensorContent content(ElementType type, float... numbers) {
    if (type == ElementType.FLOAT) {
      return TensorContent.of(numbers);
    }
    ByteBuffer halves =
        ByteBuffer.allocate(numbers.length * Short.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (float number : numbers) {
      halves.putShort(Fp16Conversions.floatToFp16(number));
    }
    return TensorContent.of(halves.array());
  }

  private void layer(int i, Layer layer) {
    int hidden = architecture.hidden();
    int inner = architecture.feedForward();
    norm(ofLayer(i, "input_layernorm"));
    if (layer instanceof Layer.Attention attention) {
      int queries = attention.heads() * attention.headSize();
      int keys = attention.kvHeads() * attention.headSize();
      linear(ofLayer(i, "attn.q_proj.MatMul"), hidden, queries);
      if (attention.keysOf() < 0) {
        linear(ofLayer(i, "attn.k_proj.MatMul"), hidden, keys);
        linear(ofLayer(i, "attn.v_proj.MatMul"), hidden, keys);
      }
      linear(ofLayer(i, "attn.o_proj.MatMul"), queries, hidden);
    } else if (layer instanceof Layer.Convolution convolution) {
      linear(ofLayer(i, "conv.in_proj.MatMul"), hidden, 3 * hidden);
      matrix(ofLayer(i, "conv.conv"), hidden, convolution.width(), 0.5);
      linear(ofLayer(i, "conv.out_proj.MatMul"), hidden, hidden);
    }
    norm(ofLayer(i, "post_attention_layernorm"));
    linear(ofLayer(i, "mlp.gate_proj.MatMul"), hidden, inner);
    linear(ofLayer(i, "mlp.up_proj.MatMul"), hidden, inner);
    linear(ofLayer(i, "mlp.down_proj.MatMul"), inner, hidden);
  }

  private void linear(String name, int from, int to) {
    matrix(name, from, to, 1.5 / Math.sqrt(from));
  }

  private void matrix(String name, int rows, int columns, double deviation) {
    float[] numbers = new float[rows * columns];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = (float) (random.nextGaussian() * deviation);
    }
    all.put(name, new Matrix(rows, columns, numbers));
  }

  private void norm(String name) {
    float[] numbers = new float[architecture.hidden()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = (float) (1 + 0.1 * random.nextGaussian());
    }
    all.put(name, new Matrix(0, numbers.length, numbers));
  }
}
