package io.edgellm.inference.embedding;

import static io.edgellm.inference.onnx.Dim.dim;
import static io.edgellm.inference.onnx.ElementType.FLOAT;
import static io.edgellm.inference.onnx.ElementType.INT64;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.edgellm.inference.onnx.Dim;
import io.edgellm.inference.onnx.ElementType;
import io.edgellm.inference.onnx.GraphBuilder;
import io.edgellm.inference.onnx.ModelBuilder;
import io.edgellm.inference.onnx.Value;
import io.edgellm.inference.onnx.WeightStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;

/**
 * A bidirectional encoder of one layer with random weights: the vectors of token, position and
 * segment, then attention to all that the mask allows. It can be written as a graph, and computed
 * in plain Java.
 */
final class TinyEncoder {
  static final int HIDDEN = 8;
  static final int MAX_POSITIONS = 12;
  private static final int VOCABULARY = WordPieceTokenizer.VOCABULARY.size();
  private static final float FORBIDDEN = -1e9f;

  private final float[] tokens;
  private final float[] positions;
  private final float[] segments;
  private final float[] queries;
  private final float[] keys;
  private final float[] values;

  TinyEncoder(long seed) {
    Random random = new Random(seed);
    tokens = gaussian(random, VOCABULARY * HIDDEN);
    positions = gaussian(random, MAX_POSITIONS * HIDDEN);
    segments = gaussian(random, 2 * HIDDEN);
    queries = gaussian(random, HIDDEN * HIDDEN);
    keys = gaussian(random, HIDDEN * HIDDEN);
    values = gaussian(random, HIDDEN * HIDDEN);
  }

  private static float[] gaussian(Random random, int count) {
    float[] numbers = new float[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = (float) random.nextGaussian();
    }
    return numbers;
  }

  /**
   * How the graph is written.
   *
   * @param integers the type of its inputs
   * @param fixedTokens a number of tokens that it always takes, or 0
   * @param output the name of the vectors of the tokens
   * @param numbers their type
   * @param sentence whether it also gives the largest number of each dimension, padding included,
   *     as sentence_embedding
   * @param extraInput the name of a further input, or empty
   */
  record Form(
      ElementType integers,
      int fixedTokens,
      String output,
      ElementType numbers,
      boolean sentence,
      String extraInput) {
    static final Form USUAL = new Form(INT64, 0, "last_hidden_state", FLOAT, false, "");

    Form integers(ElementType type) {
      return new Form(type, fixedTokens, output, numbers, sentence, extraInput);
    }

    Form fixed(int count) {
      return new Form(integers, count, output, numbers, sentence, extraInput);
    }

    Form output(String name, ElementType type) {
      return new Form(integers, fixedTokens, name, type, sentence, extraInput);
    }

    Form withSentence() {
      return new Form(integers, fixedTokens, output, numbers, true, extraInput);
    }

    Form withInput(String name) {
      return new Form(integers, fixedTokens, output, numbers, sentence, name);
    }
  }

  /** Writes a directory as Optimum does. */
  void write(Path directory, Form form) throws IOException {
    Files.createDirectories(directory.resolve("onnx"));
    WordPieceTokenizer.write(directory, true);
    new ObjectMapper()
        .writeValue(
            directory.resolve("config.json").toFile(),
            Map.of(
                "model_type",
                "bert",
                "hidden_size",
                HIDDEN,
                "num_attention_heads",
                1,
                "max_position_embeddings",
                MAX_POSITIONS,
                "pad_token_id",
                0));
    writeGraph(directory.resolve("onnx/model.onnx"), form);
  }

  private void writeGraph(Path file, Form form) throws IOException {
    GraphBuilder graph = new GraphBuilder("encoder", WeightStore.inline());
    Dim length = form.fixedTokens() > 0 ? dim(form.fixedTokens()) : dim("sequence_length");
    Dim batch = dim("batch_size");
    Value ids = graph.input("input_ids", form.integers(), batch, length);
    Value mask = graph.input("attention_mask", form.integers(), batch, length);
    Value types = graph.input("token_type_ids", form.integers(), batch, length);
    Value sum = gather(graph, "tokens", tokens, VOCABULARY, ids);
    sum = graph.node("Add", sum, gather(graph, "segments", segments, 2, types)).output();
    Value count = graph.node("Gather", graph.node("Shape", ids).output(), one(graph)).output();
    Value range =
        graph.node("Range", graph.integer("zero", 0), count, graph.integer("step", 1)).output();
    Value x =
        graph
            .node("Add", sum, gather(graph, "positions", positions, MAX_POSITIONS, range))
            .output();
    Value y = graph.node("Add", x, attention(graph, x, mask)).output();
    if (!form.extraInput().isEmpty()) {
      Value extra = graph.input(form.extraInput(), FLOAT, dim(1));
      y = graph.node("Add", y, extra).output();
    }
    Value out = graph.node("Cast", y).with("to", form.numbers()).output(form.output());
    Dim hidden = dim(HIDDEN);
    graph.output(out, form.numbers(), batch, length, hidden);
    if (form.sentence()) {
      Value largest =
          graph
              .node("ReduceMax", y)
              .with("axes", new long[] {1})
              .with("keepdims", 0)
              .output("sentence_embedding");
      graph.output(largest, FLOAT, batch, hidden);
    }
    new ModelBuilder(graph).opset(17).write(file);
  }

  private static Value one(GraphBuilder graph) {
    return graph.integer("one", 1);
  }

  private static Value gather(
      GraphBuilder graph, String name, float[] numbers, int rows, Value index) throws IOException {
    return graph.node("Gather", graph.weights(name, numbers, rows, HIDDEN), index).output();
  }

  private Value attention(GraphBuilder graph, Value x, Value mask) throws IOException {
    Value q = linear(graph, "queries", queries, x);
    Value k = linear(graph, "keys", keys, x);
    Value v = linear(graph, "values", values, x);
    Value swapped = graph.node("Transpose", k).with("perm", new long[] {0, 2, 1}).output();
    Value scores = graph.node("MatMul", q, swapped).output();
    Value scale = graph.number("scale", (float) Math.sqrt(HIDDEN));
    Value scaled = graph.node("Div", scores, scale).output();
    Value there = graph.node("Cast", mask).with("to", FLOAT).output();
    Value absent = graph.node("Sub", graph.number("there", 1), there).output();
    Value bias = graph.node("Mul", absent, graph.number("forbidden", FORBIDDEN)).output();
    Value row = graph.node("Unsqueeze", bias, graph.integers("row", 1)).output();
    Value shares =
        graph.node("Softmax", graph.node("Add", scaled, row).output()).with("axis", -1).output();
    return graph.node("MatMul", shares, v).output();
  }

  private static Value linear(GraphBuilder graph, String name, float[] numbers, Value x)
      throws IOException {
    return graph.node("MatMul", x, graph.weights(name, numbers, HIDDEN, HIDDEN)).output();
  }

  /** Returns the vectors of the tokens. */
  double[][] hidden(int... ids) {
    double[][] x = new double[ids.length][HIDDEN];
    for (int t = 0; t < ids.length; t++) {
      for (int i = 0; i < HIDDEN; i++) {
        x[t][i] = tokens[ids[t] * HIDDEN + i] + positions[t * HIDDEN + i] + segments[i];
      }
    }
    double[][] q = times(x, queries);
    double[][] k = times(x, keys);
    double[][] v = times(x, values);
    double[][] y = new double[ids.length][HIDDEN];
    for (int t = 0; t < ids.length; t++) {
      double[] shares = new double[ids.length];
      double all = 0;
      for (int s = 0; s < ids.length; s++) {
        double product = 0;
        for (int i = 0; i < HIDDEN; i++) {
          product += q[t][i] * k[s][i];
        }
        shares[s] = Math.exp(product / Math.sqrt(HIDDEN));
        all += shares[s];
      }
      for (int i = 0; i < HIDDEN; i++) {
        y[t][i] = x[t][i];
        for (int s = 0; s < ids.length; s++) {
          y[t][i] += shares[s] / all * v[s][i];
        }
      }
    }
    return y;
  }

  private static double[][] times(double[][] x, float[] matrix) {
    double[][] product = new double[x.length][HIDDEN];
    for (int t = 0; t < x.length; t++) {
      for (int column = 0; column < HIDDEN; column++) {
        for (int i = 0; i < HIDDEN; i++) {
          product[t][column] += x[t][i] * matrix[i * HIDDEN + column];
        }
      }
    }
    return product;
  }
}
