package io.edgellm.inference.speculation;

import java.util.Arrays;

/**
 * Drafts by repetition: what followed the last tokens when they stood in the prompt or the answer
 * before (prompt lookup decoding, Saxena 2023).
 *
 * <p>Answers repeat their prompt when they edit, quote, summarize or call a tool with what was
 * said. The longest suffix of the sequence that occurred before is looked for, from {@code longest}
 * tokens down to {@code shortest}; of several occurrences the most recent one counts. A draft that
 * reaches the end of the sequence goes on with its own beginning, so that a repetition with a short
 * period fills it.
 *
 * <p>For every length there is a hash table from the tokens to the place behind their most recent
 * occurrence. A token costs a constant number of steps; memory grows by doubling, and nothing else
 * is allocated. A lookup compares tokens, never only hashes: it is exact.
 *
 * <p>For one sequence and one thread.
 */
public final class PromptLookup {
  private static final int FIRST_CAPACITY = 256;

  private final int shortest;
  private final int[][] tables;
  private int[] tokens = new int[FIRST_CAPACITY];
  private int size;

  /**
   * @param shortest the fewest tokens that have to agree, at least 1
   * @param longest the most tokens that are compared, at least {@code shortest}
   */
  public PromptLookup(int shortest, int longest) {
    if (shortest < 1 || longest < shortest) {
      throw new IllegalArgumentException(
          "Lengths need 1 <= shortest <= longest, and are " + shortest + " and " + longest + ".");
    }
    this.shortest = shortest;
    this.tables = new int[longest - shortest + 1][2 * FIRST_CAPACITY];
  }

  /** Returns the number of tokens so far. */
  public int size() {
    return size;
  }

  /** Appends a token of the prompt or of the answer. */
  public void append(int token) {
    indexEnd();
    if (size == tokens.length) {
      grow();
    }
    tokens[size++] = token;
  }

  /**
   * Guesses what follows the sequence.
   *
   * @param into takes the guess
   * @param most the most tokens that are wanted, at most the length of {@code into}
   * @return how many tokens were guessed, 0 or {@code most}
   */
  public int draft(int[] into, int most) {
    int from = most == 0 ? 0 : lastContinuation();
    if (from == 0) {
      return 0;
    }
    for (int i = 0; i < most; i++) {
      into[i] = from + i < size ? tokens[from + i] : into[from + i - size];
    }
    return most;
  }

  /** The place behind the most recent occurrence of the longest known suffix; 0 if none is. */
  private int lastContinuation() {
    for (int length = Math.min(size, shortest + tables.length - 1); length >= shortest; length--) {
      int[] table = tables[length - shortest];
      int place = table[slot(table, size, length)];
      if (place != 0) {
        return place;
      }
    }
    return 0;
  }

  /** Notes the suffixes of every length as occurrences, since a token is about to follow them. */
  private void indexEnd() {
    for (int i = 0; i < tables.length && shortest + i <= size; i++) {
      tables[i][slot(tables[i], size, shortest + i)] = size;
    }
  }

  /** Where the tokens that end before {@code end} are in the table, or would be. */
  private int slot(int[] table, int end, int length) {
    int mask = table.length - 1;
    int slot = hash(end, length) & mask;
    while (table[slot] != 0 && !same(table[slot], end, length)) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  private int hash(int end, int length) {
    int hash = length;
    for (int i = end - length; i < end; i++) {
      hash = (hash ^ tokens[i]) * 0x9E3779B1;
      hash ^= hash >>> 15;
    }
    return hash;
  }

  private boolean same(int end, int otherEnd, int length) {
    for (int i = 1; i <= length; i++) {
      if (tokens[end - i] != tokens[otherEnd - i]) {
        return false;
      }
    }
    return true;
  }

  private void grow() {
    tokens = Arrays.copyOf(tokens, 2 * size);
    for (int i = 0; i < tables.length; i++) {
      int[] larger = new int[2 * tokens.length];
      for (int place : tables[i]) {
        if (place != 0) {
          larger[slot(larger, place, shortest + i)] = place;
        }
      }
      tables[i] = larger;
    }
  }
}
