package io.edgellm.inference.sampling;

import java.nio.FloatBuffer;
import java.util.random.RandomGenerator;

/**
 * The tokens that may come next, narrowed down step by step in memory that is used again for every
 * token.
 *
 * <p>Nothing is ever sorted as a whole. The k best are selected by a heap of k; the nucleus of
 * top-p is popped off a heap over those that could belong to it. The pass that finds the best token
 * also notes the best one of every block of 64, and since few tokens are likely at all, the passes
 * behind it step over nearly every block. Logits that are not numbers never become candidates. Of
 * equal logits the lower token id counts as better.
 *
 * <p>For one thread; one per model.
 */
public final class Candidates {
  /** The nucleus is first looked for among tokens with at least e^-8 of the best one's weight. */
  private static final float FIRST_NUCLEUS_DEPTH = 8;

  private static final int BLOCK = 64;

  private final float[] logits;
  private final float[] bestOfBlock;
  private final float[] weights;
  private final int[] ids;
  private int start;
  private int end;
  private float best;

  /** Reserves memory for a vocabulary. */
  public Candidates(int vocabularySize) {
    this.logits = new float[vocabularySize];
    this.bestOfBlock = new float[(vocabularySize + BLOCK - 1) / BLOCK];
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

  /**
   * Returns the token with the largest logit, or -1 if that is no number. Called before candidates
   * are taken.
   */
  int mostLikely() {
    best = Float.NEGATIVE_INFINITY;
    int blockOfBest = -1;
    for (int block = 0; block < bestOfBlock.length; block++) {
      float largest = largestIn(block);
      bestOfBlock[block] = largest;
      if (largest > best) {
        best = largest;
        blockOfBest = block;
      }
    }
    return best == Float.POSITIVE_INFINITY || blockOfBest < 0 ? -1 : firstOfBest(blockOfBest);
  }

  private float largestIn(int block) {
    float largest = Float.NEGATIVE_INFINITY;
    int last = lastOf(block);
    for (int id = block * BLOCK; id < last; id++) {
      if (logits[id] > largest) {
        largest = logits[id];
      }
    }
    return largest;
  }

  private int firstOfBest(int block) {
    int id = block * BLOCK;
    while (logits[id] != best) {
      id++;
    }
    return id;
  }

  private int lastOf(int block) {
    return Math.min(logits.length, (block + 1) * BLOCK);
  }

  float logit(int token) {
    return logits[token];
  }

  /** Returns the logarithm of the sum of e to the power of every logit. */
  double logOfSum() {
    return best + Math.log(weightOfAll());
  }

  /**
   * Writes the best tokens in falling order, as many as there is room for, and returns how many.
   */
  int best(int[] into) {
    takeTop(into.length);
    int count = end;
    for (int last = count - 1; last >= 0; last--) {
      into[last] = ids[0];
      ids[0] = ids[--end];
      siftDownWorst();
    }
    return count;
  }

  /** Makes every token a candidate. */
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
    for (int block = 0; block < bestOfBlock.length; block++) {
      if (bestOfBlock[block] > worstTaken(k)) {
        takeTop(k, block);
      }
    }
  }

  private void takeTop(int k, int block) {
    int last = lastOf(block);
    for (int id = block * BLOCK; id < last; id++) {
      if (!(logits[id] > worstTaken(k))) {
        continue;
      }
      if (end < k) {
        ids[end] = id;
        siftUpWorst(end++);
      } else {
        ids[0] = id;
        siftDownWorst();
      }
    }
  }

  /** Until there are k of them, everything that is a number is good enough. */
  private float worstTaken(int k) {
    return end < k ? Float.NEGATIVE_INFINITY : logits[ids[0]];
  }

  /** Keeps the smallest set of candidates that has at least the share {@code p} of their weight. */
  void keepNucleus(double p) {
    popNucleus(p * weightOfCandidates());
  }

  /**
   * Makes the smallest set of tokens that has at least the share {@code p} of the weight of all.
   */
  void takeNucleus(double p) {
    double wanted = p * weightOfAll();
    for (float depth = FIRST_NUCLEUS_DEPTH; depth < NegativeExponential.DEPTH; depth *= 2) {
      takeFrom(best - depth);
      if (popNucleus(wanted)) {
        return;
      }
    }
    takeAll();
    popNucleus(wanted);
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
    for (int block = 0; block < bestOfBlock.length; block++) {
      if (bestOfBlock[block] >= lowest) {
        takeFrom(lowest, block);
      }
    }
  }

  private void takeFrom(float lowest, int block) {
    int last = lastOf(block);
    for (int id = block * BLOCK; id < last; id++) {
      float logit = logits[id];
      if (logit >= lowest && logit > Float.NEGATIVE_INFINITY) {
        ids[end++] = id;
      }
    }
  }

  /** The weight of all tokens, relative to the best one's. */
  private double weightOfAll() {
    double sum = 0;
    for (float logit : logits) {
      double depth = (double) best - logit;
      if (depth < NegativeExponential.DEPTH) {
        sum += NegativeExponential.of(depth);
      }
    }
    return sum;
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
