package io.edgellm.inference.drift;

import io.edgellm.inference.drift.DriftException.Reason;
import java.util.BitSet;

/**
 * A text as tokens, run from an empty cache. Every token but the first counts; those of answers are
 * counted a second time on their own.
 */
public final class Passage {
  private final int[] tokens;
  private final BitSet answers;

  private Passage(int[] tokens, BitSet answers) {
    if (tokens.length < 2) {
      throw new DriftException(
          Reason.INVALID_MATERIAL, "A passage needs two tokens, one of them to predict.", null);
    }
    this.tokens = tokens.clone();
    this.answers = answers;
  }

  /**
   * Returns a passage without answers.
   *
   * @param tokens two or more, with whatever the model expects at the start of a text
   */
  public static Passage text(int[] tokens) {
    return new Passage(tokens, new BitSet());
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
    return new Passage(tokens, answers);
  }

  /** Returns a copy of the tokens. */
  public int[] tokens() {
    return tokens.clone();
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
