package io.edgellm.inference.drift;

import java.util.ArrayList;
import java.util.List;

/**
 * The divergence at some positions of the passages: an error of the cache or of the positions grows
 * along a text, an error of the weights hardly does.
 *
 * @param from the first position, the number of tokens before the predicted one
 * @param to the last position, inclusive
 * @param tokens how many tokens were predicted there
 * @param mean mean KL divergence there, in nats
 * @param max the largest
 */
public record PositionBand(int from, int to, long tokens, double mean, double max) {

  /** Adds up by position; each band is twice as wide as the one before it. */
  static final class Sum {
    private static final int BANDS = 31;

    private final Moments[] means = new Moments[BANDS];
    private final double[] most = new double[BANDS];

    void add(int position, double divergence) {
      int band = 31 - Integer.numberOfLeadingZeros(position);
      if (means[band] == null) {
        means[band] = new Moments();
      }
      means[band].add(divergence);
      most[band] = Math.max(most[band], divergence);
    }

    /** Returns the bands that have tokens. */
    List<PositionBand> result() {
      List<PositionBand> bands = new ArrayList<>();
      for (int i = 0; i < BANDS; i++) {
        Moments moments = means[i];
        if (moments != null) {
          int from = 1 << i;
          bands.add(
              new PositionBand(from, from - 1 + from, moments.count(), moments.mean(), most[i]));
        }
      }
      return bands;
    }
  }
}
