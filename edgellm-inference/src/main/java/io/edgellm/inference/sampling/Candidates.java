package io.edgellm.inference.sampling;

import java.nio.FloatBuffer;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.random.RandomGenerator;

/**
 * The tokens that may come next, narrowed down step by step in memory that is used again for every
 * token: all of the vocabulary at first, then a short list.
 *
 * <p>Nothing is ever sorted as a whole. Tokens above a bound are found by descending into columns
 * that have some ({@link LogitRows}), the sum of all weights comes out of vector instructions
 * ({@link Weights}), and the few tokens that are left go through heaps ({@link Shortlist}). Of
 * equal logits the lower token counts as better.
 *
 * <p>For one thread; one per model and thread, shared by its samplers one after the other.
 */
public final class Candidates {
  /** A nucleus is first looked for among tokens with at least e^-8 of the best one's weight. */
  private static final double FIRST_DEPTH = 8;

  /** A typical set is first looked for among tokens at most so many nats off the expected depth. */
  private static final double FIRST_DEVIATION = 2;

  private static final float LARGEST_SCALE = 1e30f;

  private final LogitRows logits;
  private final Weights weights;
  private final Shortlist list;
  private final int[] counts;
  private final SequenceBreakers breakers;
  private boolean all;
  private float best;
  private float scale;

  /**
   * Reserves memory for a vocabulary.
   *
   * @param vocabularySize logits per position
   * @param bytes what a token writes, for the texts that break a sequence
   */
  public Candidates(int vocabularySize, IntFunction<byte[]> bytes) {
    this.logits = new LogitRows(vocabularySize);
    this.weights = new Weights(logits);
    this.list = new Shortlist(vocabularySize);
    this.counts = new int[vocabularySize];
    this.breakers = new SequenceBreakers(vocabularySize, bytes);
  }

  /**
   * Reserves memory for a vocabulary of which nobody knows the texts: nothing breaks a sequence.
   */
  public Candidates(int vocabularySize) {
    this(vocabularySize, token -> new byte[0]);
  }

  int vocabularySize() {
    return logits.size();
  }

  /** One number per token for whoever counts something; it is left as zeros. */
  int[] counts() {
    return counts;
  }

  /** The tokens of which one of the texts is a part. */
  TokenSet breakers(Set<String> texts) {
    return breakers.of(texts);
  }

  /** Takes the logits of a position, one per token. */
  void load(FloatBuffer row) {
    logits.load(row);
  }

  /** Takes the logits of a position for the allowed tokens; the others cannot come. */
  void load(FloatBuffer row, long[] allowed) {
    logits.load(row, allowed);
  }

  float logit(int token) {
    return logits.get(token);
  }

  void logit(int token, float logit) {
    logits.set(token, logit);
  }

  /** Returns the largest logit: NaN if one is not a number, negative infinity if none is left. */
  float largest() {
    return logits.largest();
  }

  /** Returns the logarithm of the sum of e to the power of every logit. */
  double logOfSum() {
    float largest = logits.largest();
    return largest + Math.log(weights.sum(largest, 1));
  }

  /** Writes the best tokens in falling order, as many as there are and fit; returns how many. */
  int best(int[] into) {
    takeTop(into.length);
    int count = list.size();
    for (int rank = count - 1; rank >= 0; rank--) {
      into[rank] = list.takeWorst();
    }
    return count;
  }

  /** Returns the token with the largest logit. */
  int mostLikely() {
    list.clear();
    logits.atLeast(logits.largest(), list);
    return list.lowestToken();
  }

  /** Makes every token with a likelihood a candidate, at the temperature 1. */
  void takeAll() {
    all = true;
    best = logits.largest();
    scale = 1;
  }

  /** Divides what the stages behind it see. */
  void temperature(float temperature) {
    scale = Math.min(LARGEST_SCALE, 1 / temperature);
  }

  /** Keeps the {@code k} most likely tokens. */
  void topK(int k) {
    if (all) {
      takeTop(k);
      all = false;
    } else {
      list.keepBest(k);
    }
  }

  private void takeTop(int k) {
    list.clear();
    if (k == 0) {
      return;
    }
    double lowest = Double.NEGATIVE_INFINITY;
    if (k <= LogitRows.COLUMNS) {
      lowest = worstOfBestColumns(k);
      list.clear();
    }
    logits.atLeast(lowest, list);
    list.keepBest(k);
  }

  /** The k best columns have one token each that is at least as good as the worst of them. */
  private double worstOfBestColumns(int k) {
    float[] columns = logits.columns();
    int columnsThatExist = Math.min(columns.length, logits.size());
    for (int column = 0; column < columnsThatExist; column++) {
      list.add(column, columns[column]);
    }
    list.keepBest(k);
    return list.key(0);
  }

  /** Keeps the smallest set of the best candidates that has the share {@code p} of the weight. */
  void topP(double p) {
    double wanted = p * weight();
    if (!all) {
      keepBestWith(wanted);
      return;
    }
    all = false;
    for (double depth = FIRST_DEPTH; depth < Weights.DEPTH; depth *= 2) {
      list.clear();
      logits.atLeast(best - depth / scale, list);
      if (keepBestWith(wanted)) {
        return;
      }
    }
    listAll();
    keepBestWith(wanted);
  }

  /** Keeps the candidates with at least the share {@code p} of the best one's weight. */
  void minP(double p) {
    double lowest = best + Math.log(p) / scale;
    if (all) {
      all = false;
      list.clear();
      logits.atLeast(lowest, list);
      return;
    }
    int kept = 0;
    for (int i = 0; i < list.size(); i++) {
      if (list.key(i) >= lowest) {
        list.move(i, kept++);
      }
    }
    list.truncate(kept);
  }

  /**
   * Keeps the smallest set with the share {@code p} of the weight among those candidates whose
   * information is nearest to the expected one.
   */
  void typicalP(double p) {
    float center = (float) (best - meanDepth() / scale);
    double wanted = p * (all ? weights.lastSum() : weight());
    if (!all) {
      keepNearestWith(center, wanted);
    } else {
      all = false;
      takeNearestWith(center, wanted);
    }
    best = list.largest();
  }

  private void takeNearestWith(float center, double wanted) {
    for (double off = FIRST_DEVIATION; off < 2 * Weights.DEPTH; off *= 2) {
      list.clear();
      logits.atLeast(center - off / scale, list);
      double highest = center + off / scale;
      int kept = 0;
      for (int i = 0; i < list.size(); i++) {
        if (list.key(i) <= highest) {
          list.move(i, kept++);
        }
      }
      list.truncate(kept);
      if (keepNearestWith(center, wanted)) {
        return;
      }
    }
    listAll();
    keepNearestWith(center, wanted);
  }

  private boolean keepNearestWith(float center, double wanted) {
    for (int i = 0; i < list.size(); i++) {
      list.key(i, -Math.abs(list.key(i) - center));
    }
    boolean reached = keepBestWith(wanted);
    for (int i = 0; i < list.size(); i++) {
      list.key(i, logits.get(list.token(i)));
    }
    return reached;
  }

  /** Keeps the best entries by key until they have the wanted weight; whether they reach it. */
  private boolean keepBestWith(double wanted) {
    list.heapBest();
    int heap = list.size();
    double reached = 0;
    while (heap > 0 && reached < wanted) {
      list.popBest(heap--);
      reached += weight(logits.get(list.token(heap)));
    }
    list.keepFrom(heap);
    return reached >= wanted;
  }

  /** Leaves out the best candidates with a share of at least {@code threshold}, but for one. */
  void excludeTop(double threshold) {
    double lowest = best + Math.log(threshold * weight()) / scale;
    if (all) {
      list.clear();
      logits.atLeast(lowest, list);
      int likely = list.size();
      int spared = leastLikely(lowest);
      for (int i = 0; likely > 1 && i < likely; i++) {
        if (list.token(i) != spared) {
          logits.set(list.token(i), Float.NEGATIVE_INFINITY);
        }
      }
      best = logits.largest();
      return;
    }
    int spared = leastLikely(lowest);
    int kept = 0;
    for (int i = 0; i < list.size(); i++) {
      if (list.key(i) < lowest || list.token(i) == spared) {
        list.move(i, kept++);
      }
    }
    list.truncate(kept);
    best = list.largest();
  }

  /** The least likely of the listed tokens that are at least that likely; -1 if none is. */
  private int leastLikely(double lowest) {
    int least = -1;
    for (int i = 0; i < list.size(); i++) {
      int token = list.token(i);
      float logit = list.key(i);
      if (logit >= lowest
          && (least < 0
              || logit < logits.get(least)
              || (logit == logits.get(least) && token > least))) {
        least = token;
      }
    }
    return least;
  }

  /** Returns a candidate, drawn by weight. */
  int draw(RandomGenerator random) {
    if (all) {
      int drawn = weights.draw(best, scale, random.nextDouble());
      return drawn < 0 ? mostLikely() : drawn;
    }
    best = list.largest();
    double left = random.nextDouble() * weight();
    for (int i = 0; i < list.size(); i++) {
      left -= weight(list.key(i));
      if (left < 0) {
        return list.token(i);
      }
    }
    return list.token(list.size() - 1);
  }

  private void listAll() {
    list.clear();
    logits.atLeast(Double.NEGATIVE_INFINITY, list);
  }

  private double weight(float logit) {
    return Math.exp(((double) logit - best) * scale);
  }

  /** The weight of all candidates. */
  private double weight() {
    if (all) {
      return weights.sum(best, scale);
    }
    double sum = 0;
    for (int i = 0; i < list.size(); i++) {
      sum += weight(list.key(i));
    }
    return sum;
  }

  /** How far below the best candidate one is on average, by weight, and scaled. */
  private double meanDepth() {
    if (all) {
      return weights.meanDepth(best, scale);
    }
    double depths = 0;
    for (int i = 0; i < list.size(); i++) {
      double depth = ((double) best - list.key(i)) * scale;
      depths += depth * Math.exp(-depth);
    }
    return depths / weight();
  }
}
