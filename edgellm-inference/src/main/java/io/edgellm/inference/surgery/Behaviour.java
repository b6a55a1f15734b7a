package io.edgellm.inference.surgery;

import ai.onnxruntime.OrtException;
import io.edgellm.inference.surgery.GraphProbe.Rows;
import io.edgellm.inference.surgery.GraphProbe.Unknown;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a graph answers to the {@link Probes}: the logits of every position of every pass.
 *
 * @param passes in order
 */
record Behaviour(List<Rows> passes) {

  Behaviour {
    passes = List.copyOf(passes);
  }

  /** Asks a graph; the state of the probe is forgotten. */
  static Behaviour of(GraphProbe probe) throws OrtException, Unknown {
    return of(probe, Integer.MAX_VALUE);
  }

  /**
   * Asks a graph for a few rows of every pass.
   *
   * @param rows at most so many, the last ones
   */
  static Behaviour of(GraphProbe probe, int rows) throws OrtException, Unknown {
    List<Rows> passes = new ArrayList<>();
    for (int[][] sequence : Probes.sequences(probe.vocabularySize())) {
      for (int[] pass : sequence) {
        passes.add(probe.pass(pass, Math.max(0, pass.length - rows)));
      }
      probe.forget();
    }
    return new Behaviour(passes);
  }

  /**
   * Returns what is wrong with rows that should be the last ones of these.
   *
   * @param tolerance the largest difference of a logit, as a share of the range of its row
   */
  Optional<String> objection(Behaviour other, int rows, double tolerance) {
    for (int i = 0; i < passes.size(); i++) {
      Rows expected = passes.get(i).last(rows);
      Rows actual = other.passes().get(i);
      if (actual.count() != expected.count()) {
        return Optional.of(
            "pass %d gave %d rows of logits, not %d"
                .formatted(i, actual.count(), expected.count()));
      }
      for (int row = 0; row < expected.count(); row++) {
        double difference = difference(expected, actual, row);
        if (!(difference <= tolerance)) {
          return Optional.of(
              "a logit of pass %d differs by %.2e of the range, more than %.0e"
                  .formatted(i, difference, tolerance));
        }
      }
    }
    return Optional.empty();
  }

  private static double difference(Rows expected, Rows actual, int row) {
    int start = row * expected.vocabulary();
    float least = Float.POSITIVE_INFINITY;
    float most = Float.NEGATIVE_INFINITY;
    double largest = 0;
    for (int i = start; i < start + expected.vocabulary(); i++) {
      float one = expected.values().get(i);
      float other = actual.values().get(i);
      if (Float.floatToRawIntBits(one) != Float.floatToRawIntBits(other)) {
        largest = Math.max(largest, Math.abs((double) one - other));
      }
      least = Math.min(least, one);
      most = Math.max(most, one);
    }
    return largest == 0 ? 0 : largest / ((double) most - least);
  }

  /**
   * Returns what is wrong with logits that may differ a little: the mean of the Kullback-Leibler
   * divergence, in nats, and the share of positions with the same best token.
   */
  Optional<String> drift(Behaviour other, double mostDivergence, double leastAgreement) {
    double divergence = 0;
    int same = 0;
    int count = 0;
    for (int i = 0; i < passes.size(); i++) {
      for (int row = 0; row < passes.get(i).count(); row++, count++) {
        Softmax expected = new Softmax(passes.get(i), row);
        Softmax actual = new Softmax(other.passes().get(i), row);
        divergence += expected.divergence(actual);
        same += expected.best() == actual.best() ? 1 : 0;
      }
    }
    double mean = divergence / count;
    double agreement = (double) same / count;
    return mean <= mostDivergence && agreement >= leastAgreement
        ? Optional.empty()
        : Optional.of(
            "the mean divergence is %.4f nats and %.0f %% of the best tokens agree"
                .formatted(mean, 100 * agreement));
  }

  /** One row as probabilities. */
  private record Softmax(Rows rows, int start, int best, double logSum) {
    Softmax(Rows rows, int row) {
      this(rows, row * rows.vocabulary(), best(rows, row * rows.vocabulary()));
    }

    private Softmax(Rows rows, int start, int best) {
      this(rows, start, best, logSum(rows, start, best));
    }

    private static int best(Rows rows, int start) {
      int best = 0;
      for (int i = 1; i < rows.vocabulary(); i++) {
        best = rows.values().get(start + i) > rows.values().get(start + best) ? i : best;
      }
      return best;
    }

    private static double logSum(Rows rows, int start, int best) {
      double most = rows.values().get(start + best);
      double sum = 0;
      for (int i = 0; i < rows.vocabulary(); i++) {
        sum += Math.exp(rows.values().get(start + i) - most);
      }
      return most + Math.log(sum);
    }

    double divergence(Softmax other) {
      double sum = 0;
      for (int i = 0; i < rows.vocabulary(); i++) {
        double log = rows.values().get(start + i) - logSum;
        double logOther = other.rows.values().get(other.start + i) - other.logSum;
        sum += Math.exp(log) * (log - logOther);
      }
      return sum;
    }
  }
}
