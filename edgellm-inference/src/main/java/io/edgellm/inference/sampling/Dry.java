package io.edgellm.inference.sampling;

import io.edgellm.llm.DryPenalty;
import java.util.Arrays;

/**
 * Penalizes what would go on with a repetition (p-e-w 2024), as llama.cpp does it.
 *
 * <p>How long the end of the sequence is repeated before every earlier place is the Z function of
 * the reversed window (Gusfield 1997): a constant number of steps per token of it, however
 * repetitive. The token that follows a place would make the repetition one longer; the longest of
 * its repetitions counts. A token that breaks sequences bounds their length, and is never penalized
 * itself.
 */
final class Dry {
  /** Exponents are bounded so that the largest penalty is a finite float. */
  private static final double LOG_OF_LARGEST = 88.7228391;

  private final DryPenalty settings;
  private final TokenSet breakers;
  private final int largestExponent;
  private int[] repeated = new int[256];

  Dry(DryPenalty settings, TokenSet breakers) {
    this.settings = settings;
    this.breakers = breakers;
    this.largestExponent =
        settings.base() > 1.000001f
            ? (int) (LOG_OF_LARGEST / Math.log(settings.base()))
            : Integer.MAX_VALUE;
  }

  void apply(TokenHistory history, Candidates candidates) {
    int window = Math.min(history.size(), settings.window());
    int longest = tokensSinceBreaker(history, window);
    if (window <= settings.allowedLength() || longest < settings.allowedLength()) {
      return;
    }
    measure(history, window);
    int[] lengths = candidates.counts();
    for (int back = 1; back < window; back++) {
      int length = Math.min(repeated[back], longest);
      int next = history.fromEnd(back - 1);
      if (length >= settings.allowedLength() && !breakers.has(next)) {
        lengths[next] = Math.max(lengths[next], length);
      }
    }
    for (int back = 0; back < window - 1; back++) {
      int next = history.fromEnd(back);
      if (lengths[next] > 0) {
        candidates.logit(next, candidates.logit(next) - penalty(lengths[next]));
        lengths[next] = 0;
      }
    }
  }

  private int tokensSinceBreaker(TokenHistory history, int window) {
    int tokens = 0;
    while (tokens < window && !breakers.has(history.fromEnd(tokens))) {
      tokens++;
    }
    return tokens;
  }

  private float penalty(int length) {
    int exponent = Math.min(length - settings.allowedLength(), largestExponent);
    return (float) (settings.multiplier() * Math.pow(settings.base(), exponent));
  }

  /** How many tokens before the place {@code back} from the end agree with those at the end. */
  private void measure(TokenHistory history, int window) {
    if (repeated.length < window) {
      repeated = Arrays.copyOf(repeated, Math.max(window, 2 * repeated.length));
    }
    int left = 0;
    int right = 0;
    for (int back = 1; back < window; back++) {
      int length = back < right ? Math.min(repeated[back - left], right - back) : 0;
      if (back + length >= right) {
        while (back + length < window
            && history.fromEnd(length) == history.fromEnd(back + length)) {
          length++;
        }
        left = back;
        right = back + length;
      }
      repeated[back] = length;
    }
  }
}
