package io.edgellm.inference.embedding;

import io.edgellm.llm.Pooling;
import java.nio.FloatBuffer;

/**
 * The vectors of the tokens of a text, one after the other.
 *
 * @param numbers {@code [tokens, dimensions]}; what lies behind them is of padding
 * @param tokens how many, at least one
 * @param dimensions the length of each
 */
record TokenVectors(FloatBuffer numbers, int tokens, int dimensions) {

  /** Returns the vector of the text. */
  float[] pooled(Pooling pooling) {
    return switch (pooling) {
      case MEAN -> mean();
      case CLS -> row(0);
      case MAX -> max();
      case LAST_TOKEN -> row(tokens - 1);
    };
  }

  private float[] row(int token) {
    float[] vector = new float[dimensions];
    numbers.get(token * dimensions, vector);
    return vector;
  }

  private float[] mean() {
    double[] sums = new double[dimensions];
    for (int token = 0; token < tokens; token++) {
      for (int i = 0; i < dimensions; i++) {
        sums[i] += numbers.get(token * dimensions + i);
      }
    }
    float[] vector = new float[dimensions];
    for (int i = 0; i < dimensions; i++) {
      vector[i] = (float) (sums[i] / tokens);
    }
    return vector;
  }

  private float[] max() {
    float[] vector = row(0);
    for (int token = 1; token < tokens; token++) {
      for (int i = 0; i < dimensions; i++) {
        vector[i] = Math.max(vector[i], numbers.get(token * dimensions + i));
      }
    }
    return vector;
  }

  /** Gives a vector the length 1; one without a direction stays as it is. */
  static void normalize(float[] vector) {
    double squares = 0;
    for (float number : vector) {
      squares += (double) number * number;
    }
    if (squares > 0) {
      double length = Math.sqrt(squares);
      for (int i = 0; i < vector.length; i++) {
        vector[i] = (float) (vector[i] / length);
      }
    }
  }
}
