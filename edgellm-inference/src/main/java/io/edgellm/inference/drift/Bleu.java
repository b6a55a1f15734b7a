package io.edgellm.inference.drift;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * BLEU over pairs of texts, from 0 to 100, as sacreBLEU 2 computes it without options ({@code
 * nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp}): the geometric mean of the precisions of 1 to 4
 * words in a row, times a penalty for brevity.
 *
 * <p>Papineni et al., "BLEU: a Method for Automatic Evaluation of Machine Translation", ACL 2002;
 * smoothing of precisions that are zero: Chen and Cherry 2014, method 3.
 */
final class Bleu {
  private static final int ORDER = 4;

  private final long[] correct = new long[ORDER];
  private final long[] total = new long[ORDER];
  private long length;
  private long expectedLength;

  /** Returns the score of one pair; orders that the answer is too short for do not count. */
  static double ofSentence(List<String> answer, List<String> expected) {
    Bleu bleu = new Bleu();
    bleu.add(answer, expected);
    return bleu.score(true);
  }

  void add(List<String> answer, List<String> expected) {
    length += answer.size();
    expectedLength += expected.size();
    for (int n = 1; n <= ORDER; n++) {
      Map<List<String>, Integer> wanted = grams(expected, n);
      for (Map.Entry<List<String>, Integer> gram : grams(answer, n).entrySet()) {
        correct[n - 1] += Math.min(gram.getValue(), wanted.getOrDefault(gram.getKey(), 0));
        total[n - 1] += gram.getValue();
      }
    }
  }

  /** Returns the score of all pairs together; NaN of no pairs. */
  double score() {
    return score(false);
  }

  private double score(boolean effectiveOrder) {
    if (length == 0 && expectedLength == 0) {
      return Double.NaN;
    }
    if (correct[0] == 0) {
      return 0;
    }
    double logs = 0;
    double smoothing = 1;
    int orders = 0;
    while (orders < ORDER && total[orders] > 0) {
      double hits = correct[orders];
      if (hits == 0) {
        smoothing *= 2;
        hits = 1 / smoothing;
      }
      logs += Math.log(100 * hits / total[orders]);
      orders++;
    }
    if (orders < ORDER && !effectiveOrder) {
      return 0; // A precision of nothing counts as none.
    }
    return brevityPenalty() * Math.exp(logs / orders);
  }

  private double brevityPenalty() {
    return length < expectedLength ? Math.exp(1 - (double) expectedLength / length) : 1;
  }

  private static Map<List<String>, Integer> grams(List<String> words, int n) {
    Map<List<String>, Integer> grams = new HashMap<>();
    for (int i = 0; i + n <= words.size(); i++) {
      grams.merge(words.subList(i, i + n), 1, Integer::sum);
    }
    return grams;
  }
}
