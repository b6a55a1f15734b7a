package io.edgellm.benchmarks.comparison;

import java.util.SplittableRandom;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;

/**
 * Texts of exactly so many tokens, of English words of two letters: each is one token in the usual
 * vocabularies, and in the synthetic ones of every size.
 */
final class Prompt {
  private static final String[] WORDS =
      "an as at be by do go he if in is it me my no of on or so to up us we".split(" ");
  private static final int TRIES = 64;

  private Prompt() {}

  /**
   * Returns a text.
   *
   * @param tokens how long it has to be
   * @param variant texts of two variants differ from the first words on
   * @param count counts the tokens of a text as the engine will read them
   * @throws IllegalStateException if no text of these words has that length
   */
  static String of(int tokens, long variant, ToIntFunction<String> count) {
    int words = tokens;
    for (int i = 0; i < TRIES; i++) {
      String text = text(words, variant);
      int missing = tokens - count.applyAsInt(text);
      if (missing == 0) {
        return text;
      }
      words = Math.max(1, words + missing);
    }
    throw new IllegalStateException(
        "No text of common words has exactly " + tokens + " tokens for this tokenizer.");
  }

  private static String text(int words, long variant) {
    return new SplittableRandom(variant)
        .ints(words, 0, WORDS.length)
        .mapToObj(i -> " " + WORDS[i])
        .collect(Collectors.joining());
  }
}
