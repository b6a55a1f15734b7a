package io.edgellm.inference.drift;

/**
 * One row of logits as a probability distribution, in double precision. Reused from row to row: the
 * vocabulary may be large.
 */
final class Prediction {
  private static final int TOP = 5;

  private float[] logits = new float[0];
  private double[] weights = new double[0]; // exp(logit - max), of which the softmax is made
  private final int[] top = new int[TOP];
  private int topCount;
  private double sum;
  private double logSum;

  void read(TeacherForced.LogitRows rows, int position) {
    if (logits.length != rows.vocabulary()) {
      logits = new float[rows.vocabulary()];
      weights = new double[rows.vocabulary()];
    }
    rows.read(position, logits);
    findTop();
    double max = logits[top[0]];
    sum = 0;
    for (int token = 0; token < logits.length; token++) {
      weights[token] = Math.exp(logits[token] - max);
      sum += weights[token];
    }
    if (Double.isNaN(sum)) {
      throw new DriftException(
          DriftException.Reason.RUN_FAILED,
          "A model computes logits that are no numbers: its weights are damaged, or have left the"
              + " range of their type.",
          null);
    }
    logSum = max + Math.log(sum);
  }

  double logProbability(int token) {
    return logits[token] - logSum;
  }

  double probability(int token) {
    return Math.exp(logProbability(token));
  }

  /** Returns the most probable token; of equals the first. */
  int best() {
    return top[0];
  }

  /** Returns the Kullback-Leibler divergence from this distribution to another, in nats. */
  double divergenceTo(Prediction other) {
    double divergence = 0;
    for (int token = 0; token < logits.length; token++) {
      if (weights[token] > 0) { // 0 log 0 is 0, and a graph may rule tokens out with -infinity.
        divergence += weights[token] * (logProbability(token) - other.logProbability(token));
      }
    }
    // Rounding may leave less than nothing, where both are nearly the same.
    return Math.max(0, divergence / sum);
  }

  /** Returns how much of the five most probable tokens both have in common, from 0 to 1. */
  double topOverlap(Prediction other) {
    int common = 0;
    for (int i = 0; i < topCount; i++) {
      for (int j = 0; j < other.topCount; j++) {
        common += top[i] == other.top[j] ? 1 : 0;
      }
    }
    return (double) common / topCount;
  }

  private void findTop() {
    topCount = 0;
    for (int token = 0; token < logits.length; token++) {
      if (topCount < TOP || logits[token] > logits[top[topCount - 1]]) {
        insert(token);
      }
    }
  }

  private void insert(int token) {
    int place = topCount < TOP ? topCount++ : TOP - 1;
    while (place > 0 && logits[token] > logits[top[place - 1]]) {
      top[place] = top[place - 1];
      place--;
    }
    top[place] = token;
  }
}
