package io.edgellm.inference.constraint;

import static org.assertj.core.api.Assertions.assertThat;

import io.edgellm.inference.grammar.NaiveLanguage;
import io.edgellm.inference.grammar.RandomGrammar;
import io.edgellm.llm.InferenceException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Random grammars and vocabularies: every token at every position, compared with derivatives. */
final class TokenConstraintPropertiesTest {
  private static final int SEEDS = 120;

  @Test
  void allowsExactlyTheTokensAfterWhichATextCanStillEnd() {
    int answers = 0;
    for (int seed = 0; seed < SEEDS; seed++) {
      Random random = new Random(seed);
      SmallLexicon lexicon = vocabulary(random);
      Optional<RandomGrammar.Made> made = new RandomGrammar(seed).next();
      if (made.isPresent()) {
        answers += compare(made.get(), lexicon, random, "seed " + seed + ": " + made.get().rules());
      }
    }
    assertThat(answers).isGreaterThan(SEEDS / 5);
  }

  private static SmallLexicon vocabulary(Random random) {
    SmallLexicon lexicon = new SmallLexicon().texts("a", "b", "c", "");
    for (int i = random.nextInt(20); i >= 0; i--) {
      StringBuilder text = new StringBuilder();
      for (int length = random.nextInt(4); length >= 0; length--) {
        text.append("abc".charAt(random.nextInt(3)));
      }
      lexicon.texts(text.toString());
    }
    return lexicon.controls("<x>", "<y>", "<z>").end("<end>");
  }

  private static int compare(
      RandomGrammar.Made made, SmallLexicon lexicon, Random random, String what) {
    TokenConstraint constraint;
    try {
      constraint = lexicon.compiler().compile("", made::grammar).begin();
    } catch (InferenceException e) {
      assertThat(e.reason()).isEqualTo(InferenceException.Reason.INVALID_CONSTRAINT);
      return 0;
    }
    NaiveLanguage naive = new NaiveLanguage(made.rules(), "S");
    StringBuilder text = new StringBuilder();
    for (int length = 0; length < 6; length++) {
      String where = what + " after " + text;
      List<Integer> allowed = checkMask(constraint, naive, lexicon, where);
      checkForced(constraint, naive, lexicon, where);
      checkWayToEnd(constraint, naive, lexicon, where);
      if (allowed.isEmpty()) {
        assertThat(naive.mayEnd()).as(where).isTrue();
        return 1;
      }
      int token = allowed.get(random.nextInt(allowed.size()));
      constraint.accept(token);
      naive = after(naive, lexicon, token);
      text.append(lexicon.textOf(token));
    }
    return 1;
  }

  private static List<Integer> checkMask(
      TokenConstraint constraint, NaiveLanguage naive, SmallLexicon lexicon, String where) {
    List<Integer> allowed = new ArrayList<>();
    long[] mask = constraint.allowed();
    for (int token = 0; token < lexicon.size() + 70; token++) {
      boolean inMask = token >> 6 < mask.length && (mask[token >> 6] >>> token & 1) != 0;
      boolean expected = isAllowed(naive, lexicon, token);
      int id = token;
      assertThat(List.of(inMask, constraint.allows(token)))
          .as(() -> where + " token " + id)
          .containsOnly(expected);
      if (expected && token != lexicon.endToken()) {
        allowed.add(token);
      }
    }
    return allowed;
  }

  private static boolean isAllowed(NaiveLanguage naive, SmallLexicon lexicon, int token) {
    if (token == lexicon.endToken()) {
      return naive.mayEnd();
    }
    return token < lexicon.size()
        && lexicon.bytesOf(token).length > 0
        && !after(naive, lexicon, token).isNever();
  }

  private static NaiveLanguage after(NaiveLanguage naive, SmallLexicon lexicon, int token) {
    if (lexicon.isControl(token)) {
      return naive.after(lexicon.textOf(token));
    }
    NaiveLanguage after = naive;
    for (byte value : lexicon.bytesOf(token)) {
      after = after.after(String.valueOf((char) value));
    }
    return after;
  }

  private static void checkForced(
      TokenConstraint constraint, NaiveLanguage naive, SmallLexicon lexicon, String where) {
    NaiveLanguage at = naive;
    for (int token : constraint.forced()) {
      assertThat(at.mayEnd()).as(where).isFalse();
      assertThat(after(at, lexicon, token).isNever()).as(where).isFalse();
      String first = lexicon.isControl(token) ? lexicon.textOf(token) : firstByte(lexicon, token);
      for (String symbol : RandomGrammar.SYMBOLS) {
        assertThat(at.after(symbol).isNever())
            .as(where + ": only " + first + ", but " + symbol)
            .isEqualTo(!symbol.equals(first));
      }
      at = after(at, lexicon, token);
    }
  }

  private static String firstByte(SmallLexicon lexicon, int token) {
    return String.valueOf((char) lexicon.bytesOf(token)[0]);
  }

  private static void checkWayToEnd(
      TokenConstraint constraint, NaiveLanguage naive, SmallLexicon lexicon, String where) {
    int[] way = constraint.wayToEnd();
    assertThat(way.length).as(where).isLessThanOrEqualTo(constraint.tokensToEnd());
    NaiveLanguage at = naive;
    for (int token : way) {
      at = after(at, lexicon, token);
    }
    assertThat(at.mayEnd()).as(where).isTrue();
    if (way.length > 0) {
      assertThat(constraint.fits(way[0], way.length - 1)).as(where).isTrue();
    }
  }
}
