package io.edgellm.llm;

import java.util.Set;

/**
 * A penalty for going on with a repetition (DRY, "don't repeat yourself", p-e-w 2024), as llama.cpp
 * computes it.
 *
 * <p>If a token would make the end of the sequence repeat {@code n} tokens that stood there before
 * and {@code n} is at least {@code allowedLength}, its logit loses {@code multiplier · base^(n −
 * allowedLength)}. In contrast to the other penalties, words may come again, and only long
 * repetitions become impossible.
 *
 * @param multiplier the penalty of the shortest repetition, 0 to 100; 0 is neutral, 0.8 is usual
 * @param base how much it grows with every token, 1 to 100; 1.75 is usual
 * @param allowedLength repetitions of fewer tokens are not penalized, 1 to 1,000
 * @param window so many of the last tokens of prompt and answer are looked at, at least 1
 * @param sequenceBreakers texts over which no repetition extends, such as line breaks, quotes or
 *     the names in a dialog; a token that contains one breaks the sequence. A text that only
 *     several tokens make up together does not.
 */
public record DryPenalty(
    float multiplier, float base, int allowedLength, int window, Set<String> sequenceBreakers) {
  private static final Set<String> USUAL_BREAKERS = Set.of("\n", ":", "\"", "*");

  /** Checks the numbers, copies the set. */
  public DryPenalty {
    Bounds.within("dry multiplier", multiplier, 0, 100);
    Bounds.within("dry base", base, 1, 100);
    Bounds.within("dry allowedLength", allowedLength, 1, 1000);
    if (window < 1) {
      throw new IllegalArgumentException("dry window must be at least 1, and is " + window + ".");
    }
    sequenceBreakers = Set.copyOf(sequenceBreakers);
    if (sequenceBreakers.contains("")) {
      throw new IllegalArgumentException("dry sequenceBreakers must not be empty texts.");
    }
  }

  /** Returns a penalty with the usual base, length and breakers over the whole sequence. */
  public static DryPenalty of(float multiplier) {
    return new DryPenalty(multiplier, 1.75f, 2, Integer.MAX_VALUE, USUAL_BREAKERS);
  }

  /** Returns: no penalty. */
  public static DryPenalty none() {
    return of(0);
  }
}
