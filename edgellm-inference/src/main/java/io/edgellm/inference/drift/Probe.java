package io.edgellm.inference.drift;

import io.edgellm.inference.drift.DriftException.Reason;
import java.util.Set;
import java.util.TreeSet;

/** A prompt as tokens, and the one right answer to it if there is one. */
public final class Probe {
  private final int[] prompt;
  private final int[] answer;
  private final Set<Integer> endTokens;
  private final String question;
  private final String origin;

  private Probe(
      int[] prompt, int[] answer, Set<Integer> endTokens, String question, String origin) {
    this.prompt = prompt.clone();
    this.answer = answer.clone();
    this.endTokens = new TreeSet<>(endTokens);
    this.question = question;
    this.origin = origin;
  }

  /**
   * A prompt whose answer is known.
   *
   * @param prompt one token or more, up to where the answer begins
   * @param answer the tokens of the answer; the last one is the token that ends it, which also ends
   *     greedy decoding
   */
  public Probe(int[] prompt, int[] answer) {
    this(prompt, answer, ends(answer), "", "");
    require(prompt.length > 0 && answer.length > 0);
  }

  /**
   * Returns a prompt without a right answer: what both models say to it is compared with each
   * other.
   *
   * @param prompt one token or more, up to where the answer begins
   * @param endTokens the tokens that end an answer, one or more
   */
  public static Probe open(int[] prompt, Set<Integer> endTokens) {
    require(prompt.length > 0 && !endTokens.isEmpty());
    return new Probe(prompt, new int[0], endTokens, "", "");
  }

  /**
   * Returns the same probe, whose answers end at these tokens too.
   *
   * @param tokens such as those of the model's configuration
   */
  public Probe endingAt(Set<Integer> tokens) {
    Set<Integer> all = new TreeSet<>(endTokens);
    all.addAll(tokens);
    return new Probe(prompt, answer, all, question, origin);
  }

  /**
   * Returns the same probe with what a person needs to find it.
   *
   * @param origin where it was taken from, such as a file and a line
   * @param question what was asked, without the template of the model
   */
  public Probe from(String origin, String question) {
    return new Probe(prompt, answer, endTokens, question, origin);
  }

  private static Set<Integer> ends(int[] answer) {
    return answer.length == 0 ? Set.of() : Set.of(answer[answer.length - 1]);
  }

  private static void require(boolean complete) {
    if (!complete) {
      throw new DriftException(
          Reason.INVALID_MATERIAL,
          "A probe needs a prompt, and an answer that ends with the token that ends a turn.",
          null);
    }
  }

  /** Returns a copy of the prompt. */
  public int[] prompt() {
    return prompt.clone();
  }

  /** Returns a copy of the right answer; empty if none is known. */
  public int[] answer() {
    return answer.clone();
  }

  /** Says whether there is a right answer. */
  public boolean isKnown() {
    return answer.length > 0;
  }

  /** Returns where it was taken from; empty if nobody said. */
  public String origin() {
    return origin;
  }

  /** Returns what was asked; empty if nobody said. */
  public String question() {
    return question;
  }

  /**
   * Says whether a token ends an answer.
   *
   * @param token any
   */
  public boolean endsAt(int token) {
    return endTokens.contains(token);
  }
}
