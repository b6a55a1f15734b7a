package io.edgellm.inference.drift;

import io.edgellm.inference.drift.DriftException.Reason;
import java.util.Arrays;

/** Adds up how two models predict the same passages. */
final class PassageComparison {
  final Perplexity.Sum all = new Perplexity.Sum();
  final Perplexity.Sum answers = new Perplexity.Sum();

  private final Prediction expected = new Prediction();
  private final Prediction actual = new Prediction();
  private double[] divergences = new double[1024];
  private double[] probabilityChanges = new double[1024];
  private int count;
  private long same;
  private double overlap;

  void add(Passage passage, TeacherForced reference, TeacherForced candidate) {
    int[] tokens = passage.tokens();
    TeacherForced.LogitRows referenceRows = reference.run(tokens);
    TeacherForced.LogitRows candidateRows = candidate.run(tokens);
    check(tokens, referenceRows.vocabulary(), candidateRows.vocabulary());
    for (int i = 1; i < tokens.length; i++) {
      expected.read(referenceRows, i - 1);
      actual.read(candidateRows, i - 1);
      add(tokens[i], passage.isAnswer(i));
    }
  }

  Distribution divergence() {
    return distribution(divergences);
  }

  Distribution probabilityChange() {
    return distribution(probabilityChanges);
  }

  double sameBest() {
    return (double) same / count;
  }

  double topOverlap() {
    return overlap / count;
  }

  private void add(int token, boolean answer) {
    double referenceLoss = -expected.logProbability(token);
    double candidateLoss = -actual.logProbability(token);
    all.add(referenceLoss, candidateLoss);
    if (answer) {
      answers.add(referenceLoss, candidateLoss);
    }
    if (count == divergences.length) {
      divergences = Arrays.copyOf(divergences, 2 * count);
      probabilityChanges = Arrays.copyOf(probabilityChanges, 2 * count);
    }
    divergences[count] = expected.divergenceTo(actual);
    probabilityChanges[count] = actual.probability(token) - expected.probability(token);
    count++;
    same += expected.best() == actual.best() ? 1 : 0;
    overlap += expected.topOverlap(actual);
  }

  private Distribution distribution(double[] values) {
    return count == 0 ? Distribution.NONE : Distribution.of(values, count);
  }

  private static void check(int[] tokens, int reference, int candidate) {
    if (reference != candidate) {
      throw new DriftException(
          Reason.DIFFERENT_VOCABULARY,
          "The reference has "
              + reference
              + " tokens and the candidate "
              + candidate
              + ": compare models of one family.",
          null);
    }
    for (int token : tokens) {
      if (token < 0 || token >= reference) {
        throw new DriftException(
            Reason.INVALID_MATERIAL,
            "The models have no token " + token + ": use their own tokenizer.",
            Integer.toString(token));
      }
    }
  }
}
