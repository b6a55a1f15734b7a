package io.edgellm.inference.drift;

import java.util.Arrays;
import java.util.stream.Collectors;

/** Writes tokens for people, and for the measures that compare texts. */
@FunctionalInterface
public interface TokenText {
  /** Writes the numbers of the tokens, with blanks between them. */
  TokenText NUMBERS =
      tokens -> Arrays.stream(tokens).mapToObj(Integer::toString).collect(Collectors.joining(" "));

  /**
   * Returns the text of some tokens that follow each other.
   *
   * @param tokens may be none, and may begin or end within a character
   */
  String of(int[] tokens);
}
