package io.edgellm.inference.drift;

import java.util.Locale;

/**
 * A probe that both models answer differently. Texts are cut to some hundred characters.
 *
 * @param probe its index in the material, from 0
 * @param origin where it was taken from; empty if nobody said
 * @param change what that means
 * @param prompt what was asked
 * @param expected the right answer; empty if none is known
 * @param agreed how both answers begin
 * @param reference how the reference goes on
 * @param candidate how the candidate goes on
 */
public record ChangedAnswer(
    int probe,
    String origin,
    Change change,
    String prompt,
    String expected,
    String agreed,
    Continuation reference,
    Continuation candidate) {

  /** What it means that an answer is another one. */
  public enum Change {
    /** The reference was right and the candidate is not. */
    LOST,
    /** The candidate is right and the reference was not. */
    GAINED,
    /** Neither is right, or no right answer is known. */
    OTHER;

    /** Returns the name in reports. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * How an answer goes on where it parts from the other one.
   *
   * @param token the first token that differs; empty where the answer is cut off at its limit
   * @param rest what comes after it
   */
  public record Continuation(String token, String rest) {}
}
