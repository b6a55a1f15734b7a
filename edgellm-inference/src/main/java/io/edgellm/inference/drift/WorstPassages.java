package io.edgellm.inference.drift;

import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/** Keeps the passages with the largest mean divergence; of equals the first. */
final class WorstPassages {
  private static final int KEPT = 10;

  private static final Comparator<PassageOutcome> WORSE =
      Comparator.comparingDouble(PassageOutcome::meanDivergence)
          .thenComparing(PassageOutcome::index, Comparator.reverseOrder());

  private final PriorityQueue<PassageOutcome> kept = new PriorityQueue<>(WORSE);

  void add(PassageOutcome outcome) {
    kept.add(outcome);
    if (kept.size() > KEPT) {
      kept.remove();
    }
  }

  /** Returns them, the worst first. */
  List<WorstPassage> result(TokenText text) {
    return kept.stream().sorted(WORSE.reversed()).map(outcome -> outcome.describe(text)).toList();
  }
}
