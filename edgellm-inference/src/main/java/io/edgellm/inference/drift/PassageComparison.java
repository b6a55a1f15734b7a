package io.edgellm.inference.drift;

import io.edgellm.inference.drift.DriftException.Reason;
import java.util.Arrays;

/** Adds up how two models predict the same passages. */
final class PassageComparison {
  private final TokenText text;
  private final Perplexity.Sum all = new Perplexity.Sum();
  private final Perplexity.Sum answers = new Perplexity.Sum();
  private final Histogram.Counter divergenceBins = Histogram.Counter.ofDivergence();
  private final Histogram.Counter changeBins = Histogram.Counter.ofProbabilityChange();
  private final PositionBand.Sum byPosition = new PositionBand.Sum();
  private final WorstPassages worst = new WorstPassages();

  private final Prediction expected = new Prediction();
  private final Prediction actual = new Prediction();
  private double[] divergences = new double[1024];
  private double[] probabilityChanges = new double[1024];
  private int passages;
  private int count;
  private long same;
  private double overlap;

  /**
   * @param text writes the tokens of the worst passages
   */
  PassageComparison(TokenText text) {
    this.text = text;
  }

  void add(Passage passage, TeacherForced reference, TeacherForced candidate) {
    int[] tokens = passage.tokens();
    TeacherForced.LogitRows referenceRows = reference.run(tokens);
    TeacherForced.LogitRows candidateRows = candidate.run(tokens);
    check(tokens, referenceRows.vocabulary(), candidateRows.vocabulary());
    PassageOutcome outcome = new PassageOutcome(passages++, passage);
    for (int i = passage.firstCounted(); i < tokens.length; i++) {
      expected.read(referenceRows, i - 1);
      actual.read(candidateRows, i - 1);
      add(tokens[i], i, passage.isAnswer(i), outcome);
    }
    worst.add(outcome);
  }

  /** Returns what was added up. */
  TextDrift result() {
    return new TextDrift(
        passages,
        all.result(),
        answers.result(),
        Distribution.of(divergences, count),
        Distribution.of(probabilityChanges, count),
        (double) same / count,
        overlap / count,
        divergenceBins.result(),
        changeBins.result(),
        byPosition.result(),
        worst.result(text));
  }

  private void add(int token, int position, boolean answer, PassageOutcome outcome) {
    double referenceLoss = -expected.logProbability(token);
    double candidateLoss = -actual.logProbability(token);
    all.add(referenceLoss, candidateLoss);
    if (answer) {
      answers.add(referenceLoss, candidateLoss);
    }
    double divergence = expected.divergenceTo(actual);
    double change = actual.probability(token) - expected.probability(token);
    keep(divergence, change);
    divergenceBins.add(divergence);
    changeBins.add(change);
    byPosition.add(position, divergence);
    outcome.add(position, divergence, expected, actual);
    same += expected.best() == actual.best() ? 1 : 0;
    overlap += expected.topOverlap(actual);
  }

  private void keep(double divergence, double change) {
    if (count == divergences.length) {
      divergences = Arrays.copyOf(divergences, 2 * count);
      probabilityChanges = Arrays.copyOf(probabilityChanges, 2 * count);
    }
    divergences[count] = divergence;
    probabilityChanges[count] = change;
    count++;
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
