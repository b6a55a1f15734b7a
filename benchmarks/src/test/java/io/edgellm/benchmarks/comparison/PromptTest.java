package io.edgellm.benchmarks.comparison;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import org.junit.jupiter.api.Test;

class PromptTest {
  private static int words(String text) {
    return (int) text.chars().filter(c -> c == ' ').count();
  }

  @Test
  void hasExactlyTheLengthThatTheEngineCounts() {
    String text = Prompt.of(40, 1, prompt -> words(prompt) + 7);

    assertThat(words(text)).isEqualTo(33);
  }

  @Test
  void isTheSameForTheSameVariantAndNoOther() {
    assertThat(Prompt.of(20, 1, PromptTest::words)).isEqualTo(Prompt.of(20, 1, PromptTest::words));
    assertThat(Prompt.of(20, 1, PromptTest::words))
        .isNotEqualTo(Prompt.of(20, 2, PromptTest::words));
  }

  @Test
  void refusesALengthThatNoTextHas() {
    assertThatIllegalStateException()
        .isThrownBy(() -> Prompt.of(5, 1, text -> 2 * words(text)))
        .withMessageContaining("exactly 5 tokens");
  }
}
