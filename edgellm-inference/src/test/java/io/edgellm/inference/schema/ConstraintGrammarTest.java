package io.edgellm.inference.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.edgellm.inference.grammar.Grammar;
import io.edgellm.llm.Constraint;
import io.edgellm.llm.Constraint.Whitespace;
import io.edgellm.llm.InferenceException;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Constraints that are no schemas. */
final class ConstraintGrammarTest {
  private static final long SEED = 7;

  @ParameterizedTest
  @EnumSource(Whitespace.class)
  void producesAnyJsonThatParses(Whitespace policy) throws Exception {
    Grammar grammar = ConstraintGrammar.of(new Constraint.AnyJson(policy));
    for (int i = 0; i < 300; i++) {
      Random random = new Random(SEED + i);
      String text = CompiledSchema.walk(grammar, random, random.nextInt(200));
      assertThat(CompiledSchema.JSON.readTree(text).isContainerNode())
          .as("seed " + (SEED + i) + ": " + text)
          .isTrue();
    }
  }

  @Test
  void takesAnyObjectOrArray() {
    Grammar grammar = ConstraintGrammar.of(new Constraint.AnyJson(Whitespace.FLEXIBLE));
    assertThat(CompiledSchema.accepts(grammar, "{\"a\": [1, -2.5e3, \"x\\u00e9\"], \"b\":null}"))
        .isTrue();
    assertThat(CompiledSchema.accepts(grammar, "[\n  true,\n  {}\n]")).isTrue();
    assertThat(CompiledSchema.accepts(grammar, "1")).isFalse();
    assertThat(CompiledSchema.accepts(grammar, "{\"a\":1")).isFalse();
  }

  @Test
  void takesTextsThatARegularExpressionMatchesAsAWhole() {
    Grammar grammar = ConstraintGrammar.of(Constraint.regex("\\d{3}-[é-ü]+|none"));
    assertThat(CompiledSchema.accepts(grammar, "123-éü")).isTrue();
    assertThat(CompiledSchema.accepts(grammar, "none")).isTrue();
    assertThat(CompiledSchema.accepts(grammar, "x none")).isFalse();
  }

  @Test
  void takesOneOfTheTexts() {
    Grammar grammar = ConstraintGrammar.of(Constraint.choice("yes", "yes!", "no"));
    assertThat(List.of("yes", "yes!", "no"))
        .allMatch(text -> CompiledSchema.accepts(grammar, text));
    assertThat(List.of("", "ye", "noo")).noneMatch(text -> CompiledSchema.accepts(grammar, text));
  }

  @Test
  void refusesARegularExpressionThatIsNone() {
    refuses(Constraint.regex("(a"), "regular expression");
  }

  @Test
  void refusesARegularExpressionThatMatchesNothing() {
    refuses(Constraint.regex("[^\\s\\S]"), "No text matches");
  }

  @Test
  void refusesARegularExpressionThatGrowsWithoutBound() {
    refuses(Constraint.regex("(?:[ab]*a[ab]{60}){3}"), "regular expression");
  }

  @Test
  void refusesHalfOfASurrogatePairAsAChoice() {
    refuses(Constraint.choice("a\ud800"), "surrogate");
  }

  private static void refuses(Constraint constraint, String words) {
    assertThatThrownBy(() -> ConstraintGrammar.of(constraint))
        .isInstanceOfSatisfying(
            InferenceException.class,
            e -> assertThat(e.reason()).isEqualTo(InferenceException.Reason.INVALID_CONSTRAINT))
        .hasMessageContaining(words);
  }
}
