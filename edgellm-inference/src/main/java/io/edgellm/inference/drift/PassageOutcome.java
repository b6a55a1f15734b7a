package io.edgellm.inference.drift;

import java.util.Arrays;

/** What two models made of one passage. */
final class PassageOutcome {
  private final int index;
  private final Passage passage;
  private final Perplexity.Sum perplexity = new Perplexity.Sum();
  private final Moments divergence = new Moments();
  private int at;
  private double most = -1;
  private double referenceProbability;
  private double candidateProbability;
  private int referenceBest;
  private int candidateBest;

  PassageOutcome(int index, Passage passage) {
    this.index = index;
    this.passage = passage;
  }

  int index() {
    return index;
  }

  double meanDivergence() {
    return divergence.mean();
  }

  void add(int position, double divergence, Prediction reference, Prediction candidate) {
    int token = passage.token(position);
    perplexity.add(-reference.logProbability(token), -candidate.logProbability(token));
    this.divergence.add(divergence);
    if (divergence > most) {
      most = divergence;
      at = position;
      referenceProbability = reference.probability(token);
      candidateProbability = candidate.probability(token);
      referenceBest = reference.best();
      candidateBest = candidate.best();
    }
  }

  WorstPassage describe(TokenText text) {
    int[] before = Arrays.copyOf(passage.tokens(), at);
    return new WorstPassage(
        index,
        passage.origin(),
        perplexity.result(),
        divergence.mean(),
        new WorstPassage.Token(
            at,
            most,
            Excerpt.end(text.of(before), Excerpt.CONTEXT),
            one(text, passage.token(at)),
            referenceProbability,
            candidateProbability,
            one(text, referenceBest),
            one(text, candidateBest)));
  }

  private static String one(TokenText text, int token) {
    return Excerpt.beginning(text.of(new int[] {token}), Excerpt.CONTEXT);
  }
}
