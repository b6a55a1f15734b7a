package io.edgellm.benchmarks.synthetic;

import java.util.ArrayList;
import java.util.List;

/**
 * A byte-level BPE vocabulary of made-up words with a space in front, each of them one token: the
 * 256 bytes, the end of an answer, then {@code " a", " b", … " z", " aa", " ab", …}. A text of n of
 * the words is a prompt of exactly n tokens for every tokenizer that takes a whole word from the
 * vocabulary where there is one, as Llama 3's does ({@code ignore_merges}).
 */
final class WordVocabulary {
  static final int END = 256;
  static final int FIRST_WORD = 257;
  static final String END_TEXT = "<|end|>";

  /** A tokenizer has to have a merge; this one makes the first word. */
  static final List<String> MERGE = List.of("Ġ", "a");

  private static final int LETTERS = 26;
  private static final int BYTES = 256;

  private WordVocabulary() {}

  /** Returns the spelling of all tokens, GPT-2's characters for bytes. */
  static List<String> entries(int size) {
    List<String> entries = new ArrayList<>(size);
    int unprintable = 0;
    for (int b = 0; b < BYTES; b++) {
      entries.add(Character.toString(isPrintable(b) ? b : BYTES + unprintable++));
    }
    entries.add(END_TEXT);
    for (int id = FIRST_WORD; id < size; id++) {
      entries.add("Ġ" + word(id - FIRST_WORD));
    }
    return entries;
  }

  /** Returns the word of this number, from 0, without the space. */
  static String word(int number) {
    StringBuilder word = new StringBuilder();
    for (int rest = number; rest >= 0; rest = rest / LETTERS - 1) {
      word.append((char) ('a' + rest % LETTERS));
    }
    return word.reverse().toString();
  }

  private static boolean isPrintable(int b) {
    return (b >= '!' && b <= '~') || (b >= '¡' && b <= '¬') || b >= '®';
  }
}
