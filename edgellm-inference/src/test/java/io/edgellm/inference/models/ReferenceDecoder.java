package io.edgellm.inference.models;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * The forward pass in plain Java, over the whole sequence each time and without a cache: what the
 * engine has to agree with.
 */
public final class ReferenceDecoder {
  private final Weights weights;
  private final Architecture architecture;
  private final Steps steps;

  /**
   * What a cache rounds to.
   *
   * @param size of a step; 0 if the cache keeps what it is given
   * @param bits for the number of steps, which may be negative
   */
  record Steps(float size, int bits) {
    static final Steps NONE = new Steps(0, 0);

    float rounded(float number) {
      if (size == 0) {
        return number;
      }
      int half = 1 << (bits - 1);
      return (float) Math.max(-half, Math.min(half - 1, Math.rint(number / size))) * size;
    }
  }

  /** Makes one with a cache that rounds. */
  ReferenceDecoder(Weights weights, Steps steps) {
    this.weights = weights;
    this.architecture = weights.architecture();
    this.steps = steps;
  }

  /** Returns this decoder with matrices that were rounded in blocks of 32 rows. */
  public ReferenceDecoder roundedTo(int bits) {
    return new ReferenceDecoder(weights.roundedInBlocks(bits, 32), steps);
  }

  /** Returns the logits at each position: {@code [ids, vocabulary]}. */
  public float[][] logits(int... ids) {
    float[][] x = embed(ids);
    float[][][] keys = new float[architecture.layers().size()][][];
    float[][][] values = new float[architecture.layers().size()][][];
    for (int i = 0; i < architecture.layers().size(); i++) {
      float[][] normal = norm(x, Weights.ofLayer(i, "input_layernorm"));
      float[][] mixed;
      if (architecture.layers().get(i) instanceof Layer.Attention attention) {
        mixed = attend(i, attention, normal, keys, values);
      } else {
        mixed = convolve(i, (Layer.Convolution) architecture.layers().get(i), normal);
      }
      add(x, mixed);
      add(x, feedForward(i, norm(x, Weights.ofLayer(i, "post_attention_layernorm"))));
    }
    return multiply(norm(x, Weights.FINAL_NORM), Weights.HEAD);
  }

  /** Returns the likeliest continuation, up to a token that ends it, which is not part of it. */
  public List<Integer> greedy(int[] prompt, int count, Set<Integer> ends) {
    int[] ids = prompt;
    List<Integer> answer = new ArrayList<>();
    while (answer.size() < count) {
      float[][] logits = logits(ids);
      int best = best(logits[ids.length - 1]);
      if (ends.contains(best)) {
        break;
      }
      answer.add(best);
      ids = Arrays.copyOf(ids, ids.length + 1);
      ids[ids.length - 1] = best;
    }
    return answer;
  }

  /** Returns the index of the largest number. */
  static int best(float[] numbers) {
    int best = 0;
    for (int i = 1; i < numbers.length; i++) {
      if (numbers[i] > numbers[best]) {
        best = i;
      }
    }
    return best;
  }

  private float[][] embed(int[] ids) {
    int hidden = architecture.hidden();
    float[] table = weights.get(Weights.EMBEDDING).numbers();
    float[][] x = new float[ids.length][hidden];
    for (int t = 0; t < ids.length; t++) {
      System.arraycopy(table, ids[t] * hidden, x[t], 0, hidden);
      if (architecture.learnedPositions()) {
        float[] positions = weights.get(Weights.POSITIONS).numbers();
        for (int i = 0; i < hidden; i++) {
          x[t][i] += positions[(t + architecture.firstPosition()) * hidden + i];
        }
      }
    }
    return x;
  }

  private float[][] norm(float[][] x, String name) {
    float[] scale = weights.get(name).numbers();
    float[][] normal = new float[x.length][scale.length];
    for (int t = 0; t < x.length; t++) {
      double squares = 0;
      for (float number : x[t]) {
        squares += (double) number * number;
      }
      double factor = 1 / Math.sqrt(squares / scale.length + Architecture.EPSILON);
      for (int i = 0; i < scale.length; i++) {
        normal[t][i] = (float) (x[t][i] * factor * scale[i]);
      }
    }
    return normal;
  }

  private float[][] multiply(float[][] x, String name) {
    Weights.Matrix matrix = weights.get(name);
    float[][] product = new float[x.length][matrix.columns()];
    for (int t = 0; t < x.length; t++) {
      double[] sums = new double[matrix.columns()];
      for (int row = 0; row < matrix.rows(); row++) {
        for (int column = 0; column < matrix.columns(); column++) {
          sums[column] += (double) x[t][row] * matrix.numbers()[row * matrix.columns() + column];
        }
      }
      for (int column = 0; column < sums.length; column++) {
        product[t][column] = (float) sums[column];
      }
    }
    return product;
  }

  private float[][] attend(
      int layer, Layer.Attention shape, float[][] x, float[][][] keys, float[][][] values) {
    float[][] q = multiply(x, Weights.ofLayer(layer, "attn.q_proj.MatMul"));
    rotate(q, shape.headSize());
    if (shape.keysOf() < 0) {
      keys[layer] = multiply(x, Weights.ofLayer(layer, "attn.k_proj.MatMul"));
      rotate(keys[layer], shape.headSize());
      values[layer] = multiply(x, Weights.ofLayer(layer, "attn.v_proj.MatMul"));
      round(keys[layer]);
      round(values[layer]);
    } else {
      keys[layer] = keys[shape.keysOf()];
      values[layer] = values[shape.keysOf()];
    }
    float[][] mixed = new float[x.length][shape.heads() * shape.headSize()];
    for (int t = 0; t < x.length; t++) {
      int first = shape.window() == 0 ? 0 : Math.max(0, t - shape.window() + 1);
      for (int head = 0; head < shape.heads(); head++) {
        attend(shape, head, first, t, q[t], keys[layer], values[layer], mixed[t]);
      }
    }
    return multiply(mixed, Weights.ofLayer(layer, "attn.o_proj.MatMul"));
  }

  private static void attend(
      Layer.Attention shape,
      int head,
      int first,
      int last,
      float[] q,
      float[][] keys,
      float[][] values,
      float[] into) {
    int size = shape.headSize();
    int from = head * size;
    int keyFrom = head * shape.kvHeads() / shape.heads() * size;
    double[] scores = new double[last + 1];
    double largest = Double.NEGATIVE_INFINITY;
    for (int t = first; t <= last; t++) {
      for (int i = 0; i < size; i++) {
        scores[t] += (double) q[from + i] * keys[t][keyFrom + i];
      }
      scores[t] /= Math.sqrt(size);
      largest = Math.max(largest, scores[t]);
    }
    double sum = 0;
    for (int t = first; t <= last; t++) {
      scores[t] = Math.exp(scores[t] - largest);
      sum += scores[t];
    }
    for (int i = 0; i < size; i++) {
      double mixed = 0;
      for (int t = first; t <= last; t++) {
        mixed += scores[t] * values[t][keyFrom + i];
      }
      into[from + i] = (float) (mixed / sum);
    }
  }

  private void rotate(float[][] x, int headSize) {
    int half = headSize / 2;
    float[] cosines = architecture.rotary(headSize, false);
    float[] sines = architecture.rotary(headSize, true);
    for (int t = 0; t < x.length; t++) {
      for (int from = 0; from < x[t].length; from += headSize) {
        for (int i = 0; i < half; i++) {
          float a = x[t][from + i];
          float b = x[t][from + half + i];
          float cosine = cosines[t * half + i];
          float sine = sines[t * half + i];
          x[t][from + i] = a * cosine - b * sine;
          x[t][from + half + i] = b * cosine + a * sine;
        }
      }
    }
  }

  private void round(float[][] x) {
    for (float[] row : x) {
      for (int i = 0; i < row.length; i++) {
        row[i] = steps.rounded(row[i]);
      }
    }
  }

  private float[][] convolve(int layer, Layer.Convolution shape, float[][] x) {
    int hidden = architecture.hidden();
    float[][] parts = multiply(x, Weights.ofLayer(layer, "conv.in_proj.MatMul"));
    float[] kernel = weights.get(Weights.ofLayer(layer, "conv.conv")).numbers();
    float[][] mixed = new float[x.length][hidden];
    for (int t = 0; t < x.length; t++) {
      for (int i = 0; i < hidden; i++) {
        double sum = 0;
        for (int k = 0; k < shape.width(); k++) {
          int at = t - shape.width() + 1 + k;
          if (at >= 0) {
            sum +=
                (double) kernel[i * shape.width() + k] * parts[at][i] * parts[at][2 * hidden + i];
          }
        }
        mixed[t][i] = (float) (sum * parts[t][hidden + i]);
      }
    }
    return multiply(mixed, Weights.ofLayer(layer, "conv.out_proj.MatMul"));
  }

  private float[][] feedForward(int layer, float[][] x) {
    float[][] gate = multiply(x, Weights.ofLayer(layer, "mlp.gate_proj.MatMul"));
    float[][] up = multiply(x, Weights.ofLayer(layer, "mlp.up_proj.MatMul"));
    for (int t = 0; t < x.length; t++) {
      for (int i = 0; i < up[t].length; i++) {
        up[t][i] *= (float) (gate[t][i] / (1 + Math.exp(-gate[t][i])));
      }
    }
    return multiply(up, Weights.ofLayer(layer, "mlp.down_proj.MatMul"));
  }

  private static void add(float[][] x, float[][] other) {
    for (int t = 0; t < x.length; t++) {
      for (int i = 0; i < x[t].length; i++) {
        x[t][i] += other[t][i];
      }
    }
  }
}
