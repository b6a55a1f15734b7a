package io.edgellm.inference.speculation;

/**
 * Decides how many guessed tokens the next pass verifies.
 *
 * <p>A pass that verifies {@code k} guesses yields one token and those guesses that stand before
 * the first wrong one. It is worth {@code (1 + a1 + a1·a2 + … ) / cost(k)} tokens per time, with
 * {@code a_i} as the probability that the guess at position i is right if those before it are. Both
 * are estimated from what was reported: the rates from counts that fade with every verification,
 * where a position that was seldom reached borrows the rate of the one before it; the costs from
 * averages that fade, one per k, with straight lines between those that were measured. The best k
 * is taken, or 0 if no k beats single steps by {@value #MARGIN} of them.
 *
 * <p>Estimates alone do not bound what a wrong one costs, so there is an account: a verification
 * debits its time and credits the single steps that it saved, and a single step repays {@value
 * #TOLERANCE} of its time. In debt nothing is drafted. Out of debt, one guess is verified even
 * where it does not seem to pay, as what is generated may have changed. Thus drafting costs at most
 * that share of the time and one pass, whatever the guesses are like. Gains are kept up to {@value
 * #MOST_CREDIT} steps, so that past gains do not pay for a long run of bad guesses. And since a
 * long wrong draft is dear, at most twice as many guesses are verified as were right before, and
 * after a pass in which none was, half as many.
 *
 * <p>A pure function of the events: time comes in as measured durations. For one sequence and one
 * thread.
 */
public final class AdaptiveDraft {
  private static final double MARGIN = 0.02;
  private static final double TOLERANCE = 0.02;
  private static final double MOST_CREDIT = 8;

  /** What of a count is left after the next verification. */
  private static final double FADING = 0.95;

  /** The weight of a new cost in the average. */
  private static final double NEWS = 0.2;

  /** A cost above so many times the average is taken for that: a pause, not a price. */
  private static final double OUTLIER = 2;

  /**
   * What a further token in a pass costs of a single step until it was measured. Two cores, 0.5 B
   * parameters in int4: 1, 2, 4, 8, 16 tokens in 21.5, 27.6, 45.2, 81.7, 154 ms.
   */
  private static final double FURTHER_TOKEN = 0.4;

  /** The single step is measured again after so many verifications without one. */
  private static final int VERIFICATIONS_PER_STEP = 64;

  private final int most;
  private final double[] tried;
  private final double[] right;
  private final double[] cost;
  private int bound = 1;
  private int sinceStep;
  private double debt;

  /**
   * @param most the most guesses that a pass can verify, at least 1
   */
  public AdaptiveDraft(int most) {
    if (most < 1) {
      throw new IllegalArgumentException("most must be at least 1, and is " + most + ".");
    }
    this.most = most;
    this.tried = new double[most + 1];
    this.right = new double[most + 1];
    this.cost = new double[most + 1];
  }

  /** Returns how many guesses the next pass should verify; 0 for a single step. */
  public int next() {
    if (cost[0] == 0 || debt > 0 || sinceStep >= VERIFICATIONS_PER_STEP) {
      return 0;
    }
    return Math.max(1, bestDraft());
  }

  /** The number of guesses that yields most tokens per time, 0 if single steps do. */
  private int bestDraft() {
    int best = 0;
    double bestYield = (1 + MARGIN) / cost[0];
    double tokens = 1;
    double reached = 1;
    double rate = 0.5;
    for (int k = 1; k <= Math.min(bound, most); k++) {
      rate = (right[k] + rate) / (tried[k] + 1);
      reached *= rate;
      tokens += reached;
      double yield = tokens / costOf(k);
      if (yield > bestYield) {
        best = k;
        bestYield = yield;
      }
    }
    return best;
  }

  private double costOf(int k) {
    if (cost[k] > 0) {
      return cost[k];
    }
    int below = k - 1;
    while (below > 0 && cost[below] == 0) {
      below--;
    }
    int above = k + 1;
    while (above <= most && cost[above] == 0) {
      above++;
    }
    double perToken =
        above <= most
            ? (cost[above] - cost[below]) / (above - below)
            : below > 0 ? (cost[below] - cost[0]) / below : FURTHER_TOKEN * cost[0];
    return cost[below] + Math.max(0, perToken) * (k - below);
  }

  /**
   * A pass verified guesses.
   *
   * @param drafted how many, 1 to the most
   * @param accepted how many of them were right, from the first on
   * @param nanos how long it took
   */
  public void verified(int drafted, int accepted, long nanos) {
    if (drafted < 1 || drafted > most || accepted < 0 || accepted > drafted) {
      throw new IllegalArgumentException(
          accepted + " of " + drafted + " accepted; at most " + most + " can be drafted.");
    }
    for (int position = 1; position <= most; position++) {
      tried[position] *= FADING;
      right[position] *= FADING;
      if (position <= Math.min(accepted + 1, drafted)) {
        tried[position]++;
      }
      if (position <= accepted) {
        right[position]++;
      }
    }
    measure(drafted, nanos);
    bound = accepted == 0 ? Math.max(1, bound / 2) : Math.max(bound, 2 * accepted);
    debt = Math.max(-MOST_CREDIT * cost[0], debt + nanos - (1 + accepted) * cost[0]);
    sinceStep++;
  }

  /**
   * A single step was taken.
   *
   * @param nanos how long it took
   */
  public void stepped(long nanos) {
    measure(0, nanos);
    debt = Math.min(debt, Math.max(0, debt - TOLERANCE * nanos));
    sinceStep = 0;
  }

  private void measure(int k, long nanos) {
    double known = cost[k];
    double counted = known == 0 ? (double) nanos : Math.min((double) nanos, OUTLIER * known);
    cost[k] = known == 0 ? counted : known + NEWS * (counted - known);
  }
}
