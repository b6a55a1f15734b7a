package io.edgellm.inference.drift;

import io.edgellm.inference.drift.DriftException.Reason;
import java.util.BitSet;

/**
 * A text as tokens, run from an empty cache. Every token counts but the first and those that are
 * there as context alone; tokens of answers are counted a second time on their own.
 */
public final class Passage {
  private final int[] tokens;
  private final BitSet answers;
  private final int firstCounted;
  private final String origin;

  private Passage(int[] tokens, BitSet answers, int firstCounted, String origin) {
    if (tokens.length < 2) {
      throw new DriftException(
          Reason.INVALID_MATERIAL,
          "A passage needs two tokens, one of them to predict.",
          origin.isEmpty() ? null : origin);
    }
    if (firstCounted < 1 || firstCounted >= tokens.length) {
      throw new DriftException(
          Reason.INVALID_MATERIAL,
          "Token " + firstCounted + " cannot be the first that counts, of " + tokens.length + ".",
          origin.isEmpty() ? null : origin);
    }
    this.tokens = tokens.clone();
    this.answers = (BitSet) answers.clone();
    this.firstCounted = firstCounted;
    this.origin = origin;
  }

  /**
   * Returns a passage without answers.
   *
   * @param tokens two or more, with whatever the model expects at the start of a text
   */
  public static Passage text(int[] tokens) {
    return new Passage(tokens, new BitSet(), 1, "");
  }

  /**
   * Returns a conversation whose answers go from after one token to another, inclusive.
   *
   * @param tokens two or more
   * @param answerStart the token before an answer, such as the one of the assistant's role
   * @param answerEnd the token that ends a turn
   */
  public static Passage conversation(int[] tokens, int answerStart, int answerEnd) {
    BitSet answers = new BitSet();
    boolean inAnswer = false;
    for (int i = 0; i < tokens.length; i++) {
      answers.set(i, inAnswer);
      inAnswer = (inAnswer || tokens[i] == answerStart) && tokens[i] != answerEnd;
    }
    return new Passage(tokens, answers, 1, "");
  }

  /** Returns a text whose answers are marked. */
  static Passage marked(int[] tokens, BitSet answers) {
    return new Passage(tokens, answers, 1, "");
  }

  /**
   * Returns the same passage, of which fewer tokens count.
   *
   * @param index of the first token that counts, 1 or more; those before it are context
   */
  public Passage countedFrom(int index) {
    return new Passage(tokens, answers, index, origin);
  }

  /**
   * Returns the same passage with a name for people.
   *
   * @param origin where it was taken from, such as a file and a line
   */
  public Passage from(String origin) {
    return new Passage(tokens, answers, firstCounted, origin);
  }

  /** Returns a copy of the tokens. */
  public int[] tokens() {
    return tokens.clone();
  }

  int token(int index) {
    return tokens[index];
  }

  /** Returns how many tokens it has. */
  public int length() {
    return tokens.length;
  }

  /** Returns the index of the first token that counts. */
  public int firstCounted() {
    return firstCounted;
  }

  /** Returns where it was taken from; empty if nobody said. */
  public String origin() {
    return origin;
  }

  /**
   * Says whether a token belongs to an answer.
   *
   * @param index of the token
   */
  public boolean isAnswer(int index) {
    return answers.get(index);
  }
}
