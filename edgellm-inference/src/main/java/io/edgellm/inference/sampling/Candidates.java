package io.edgellm.inference.sampling;

import java.nio.FloatBuffer;
import java.util.random.RandomGenerator;

/**
 * The tokens that may come next, narrowed down step by step in memory that is used again for every
 * token.
 *
 * <p>Nothing is ever sorted as a whole. The k best are selected by a heap of k; the nucleus of
 * top-p is popped off a heap over those that could belong to it; whatever only compares with the
 * best token is one pass. Logits that are not numbers never become candidates. Of equal logits the
 * lower token id counts as better.
 *
 * <p>For one thread; one per model.
 */
public final class Candidates {
  /** The nucleus is first looked for among tokens with at least e^-8 of the best one's weight. */
  private static final float FIRST_NUCLEUS_DEPTH = 8;

  private final float[] logits;
  private final float[] weights;
  private final int[] ids;
  private int start;
  private int end;
  private float best;

  /** Reserves memory for a vocabulary. */
  public Candidates(int vocabularySize) {
    this.logits = new float[vocabularySize];
    this.weights = new float[vocabularySize];
    this.ids = new int[vocabularySize];
  }

  /** Takes the logits of a position, one per token. */
  void load(FloatBuffer row) {
    row.get(row.position(), logits);
  }

  /** Makes a token that occurred less likely, or more with a penalty below 1. */
  void penalize(int token, float penalty) {
    float logit = logits[token];
    logits[token] = logit > 0 ? logit / penalty : logit * penalty;
  }

  /** Returns the token with the largest logit, or -1 if that is no number. */
  int mostLikely() {
    int at = -1;
    float largest = Float.NEGATIVE_INFINITY;
    for (int id = 0; id < logits.length; id++) {
      if (logits[id] > largest) {
        largest = logits[id];
        at = id;
      }
    }
    best = largest;
    return largest == Float.POSITIVE_INFINITY ? -1 : at;
  }

  /** Makes every token a candidate; {@link #mostLikely()} was called before. */
  void takeAll() {
    takeFrom(Float.NEGATIVE_INFINITY);
  }

  /** Makes the tokens with at least the share {@code p} of the best one's weight candidates. */
  void takeAtLeast(double p) {
    takeFrom(lowestLogit(p));
  }

  /** Makes the {@code k} most likely tokens the candidates. */
  void takeTop(int k) {
    start = 0;
    end = 0;
    float worst = Float.NEGATIVE_INFINITY;
    for (int id = 0; id < logits.length; id++) {
      if (!(logits[id] > worst)) {
        continue;
      }
      if (end < k) {
        ids[end] = id;
        siftUpWorst(end++);
      } else {
        ids[0] = id;
        siftDownWorst();
      }
      // Until there are k of them, everything that is a number is good enough.
      worst = end < k ? Float.NEGATIVE_INFINITY : logits[ids[0]];
    }
  }

  /** Keeps the smallest set of candidates that has at least the share {@code p} of their weight. */
  void keepNucleus(double p) {
    popNucleus(p * weightOfCandidates());
  }

  /**
   * Makes the smallest set of tokens that has at least the share {@code p} of the weight of all the
   * candidates; {@link #mostLikely()} was called before.
   */
  void takeNucleus(double p) {
    takeAll();
    int all = end;
    double wanted = p * weightOfCandidates();
    for (float depth = FIRST_NUCLEUS_DEPTH; ; depth *= 2) {
      takeFrom(best - depth);
      int gathered = end;
      if (popNucleus(wanted) || gathered == all) {
        return;
      }
    }
  }

  /** Keeps the candidates with at least the share {@code p} of the best token's weight. */
  void keepAtLeast(double p) {
    float lowest = lowestLogit(p);
    int kept = start;
    for (int i = start; i < end; i++) {
      if (logits[ids[i]] >= lowest) {
        ids[kept++] = ids[i];
      }
    }
    end = kept;
  }

  /** Returns a candidate, drawn with the weights that the logits have at this temperature. */
  int draw(double temperature, RandomGenerator random) {
    double sum = 0;
    for (int i = start; i < end; i++) {
      float weight = (float) Math.exp((logits[ids[i]] - best) / temperature);
      weights[i] = weight;
      sum += weight;
    }
    double left = random.nextDouble() * sum;
    for (int i = start; i < end; i++) {
      left -= weights[i];
      if (left < 0) {
        return ids[i];
      }
    }
    return ids[end - 1];
  }

  private float lowestLogit(double share) {
    return (float) (best + Math.log(share));
  }

  private void takeFrom(float lowest) {
    start = 0;
    end = 0;
    for (int id = 0; id < logits.length; id++) {
      float logit = logits[id];
      if (logit >= lowest && logit > Float.NEGATIVE_INFINITY) {
        ids[end++] = id;
      }
    }
  }

  private double weightOfCandidates() {
    double sum = 0;
    for (int i = start; i < end; i++) {
      sum += Math.exp(logits[ids[i]] - best);
    }
    return sum;
  }

  /**
   * Pops the best candidates until they have the wanted weight; they end up at the end of the
   * array. Returns whether they reached it.
   */
  private boolean popNucleus(double wanted) {
    for (int i = end / 2 - 1; i >= 0; i--) {
      siftDownBest(i, end);
    }
    int heap = end;
    double reached = 0;
    while (heap > 0 && reached < wanted) {
      int id = ids[0];
      reached += Math.exp(logits[id] - best);
      ids[0] = ids[--heap];
      ids[heap] = id;
      siftDownBest(0, heap);
    }
    start = heap;
    return reached >= wanted;
  }

  private boolean better(int a, int b) {
    return logits[a] > logits[b] || (logits[a] == logits[b] && a < b);
  }

  private void siftDownBest(int from, int size) {
    int at = from;
    int id = ids[at];
    for (int child = 2 * at + 1; child < size; child = 2 * at + 1) {
      if (child + 1 < size && better(ids[child + 1], ids[child])) {
        child++;
      }
      if (!better(ids[child], id)) {
        break;
      }
      ids[at] = ids[child];
      at = child;
    }
    ids[at] = id;
  }

  private void siftUpWorst(int from) {
    int at = from;
    int id = ids[at];
    while (at > 0 && better(ids[(at - 1) / 2], id)) {
      ids[at] = ids[(at - 1) / 2];
      at = (at - 1) / 2;
    }
    ids[at] = id;
  }

  private void siftDownWorst() {
    int at = 0;
    int id = ids[0];
    for (int child = 1; child < end; child = 2 * at + 1) {
      if (child + 1 < end && better(ids[child], ids[child + 1])) {
        child++;
      }
      if (!better(id, ids[child])) {
        break;
      }
      ids[at] = ids[child];
      at = child;
    }
    ids[at] = id;
  }
}
