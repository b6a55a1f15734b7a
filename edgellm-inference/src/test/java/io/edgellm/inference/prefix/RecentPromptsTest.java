package io.edgellm.inference.prefix;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RecentPromptsTest {
  private static final int FEWEST = 4;
  private static final int SYSTEM = 20;

  private final RecentPrompts recent = new RecentPrompts();

  /** A system prompt, and then the tokens of a question. */
  private static int[] prompt(int... question) {
    return IntStream.concat(IntStream.range(1000, 1000 + SYSTEM), IntStream.of(question)).toArray();
  }

  private int parting(int... question) {
    return recent.parting(prompt(question), 0, FEWEST);
  }

  @Test
  void wantsNothingOfTheFirstPrompt() {
    assertThat(parting(1, 2, 3)).isZero();
  }

  @Test
  void wantsWhatTwoPromptsHaveInCommonBeforeTheyPart() {
    recent.add(prompt(1, 2, 3));
    assertThat(parting(4, 5, 6)).isEqualTo(SYSTEM);
  }

  @Test
  void wantsNothingOfTheNextTurnOfAConversation() {
    recent.add(prompt(1, 2, 3));
    assertThat(parting(1, 2, 3, 4, 5, 6)).isZero();
  }

  @Test
  void wantsNothingOfTheSamePromptAgain() {
    recent.add(prompt(1, 2, 3));
    assertThat(parting(1, 2, 3)).isZero();
  }

  @Test
  void wantsNothingThatIsTooShort() {
    recent.add(new int[] {1, 2, 3, 9});
    assertThat(recent.parting(new int[] {1, 2, 3, 8}, 0, FEWEST)).isZero();
    recent.add(new int[] {1, 2, 3, 4, 9});
    assertThat(recent.parting(new int[] {1, 2, 3, 4, 8}, 0, FEWEST)).isEqualTo(4);
  }

  @Test
  void prefersWhatManyShareToWhatTwoHaveByChance() {
    recent.add(prompt(1, 2, 3, 4, 5));
    recent.add(prompt(6, 7));
    recent.add(prompt(7, 8));
    assertThat(parting(1, 2, 3, 4, 6)).isEqualTo(SYSTEM);
  }

  @Test
  void countsOnlyTokensThatHaveToBeRead() {
    recent.add(prompt(1, 2, 3, 4, 5));
    recent.add(prompt(6, 7));
    int[] prompt = prompt(1, 2, 3, 4, 6);
    assertThat(recent.parting(prompt, SYSTEM, FEWEST)).isEqualTo(SYSTEM + 4);
    assertThat(recent.parting(prompt, SYSTEM + 1, FEWEST)).isZero();
  }

  @Test
  void forgetsTheOldestOfTooManyPrompts() {
    recent.add(prompt(1, 2, 3));
    for (int i = 0; i < RecentPrompts.MOST_PROMPTS; i++) {
      recent.add(new int[] {i, i, i, i, i});
    }
    assertThat(parting(4, 5, 6)).isZero();
  }

  @Test
  void forgetsTheOldestOfTooManyTokens() {
    recent.add(prompt(1, 2, 3));
    for (int i = 0; i < 4; i++) {
      int first = i;
      recent.add(IntStream.range(0, RecentPrompts.MOST_TOKENS / 4).map(t -> first).toArray());
    }
    assertThat(parting(4, 5, 6)).isZero();
  }
}
