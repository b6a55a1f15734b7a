package io.edgellm.inference.grammar;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Random grammars, followed side by side with their derivatives. */
final class ParsePropertiesTest {
  private static final int SEEDS = 200;

  @Test
  void followsWhatTheDerivativesFollow() {
    int grammars = 0;
    for (int seed = 0; seed < SEEDS; seed++) {
      Optional<RandomGrammar.Made> made = new RandomGrammar(seed).next();
      if (made.isPresent()) {
        grammars++;
        compare(made.get(), new Random(seed), "seed " + seed + ": " + made.get().rules());
      }
    }
    assertThat(grammars).isGreaterThan(SEEDS / 5);
  }

  private static void compare(RandomGrammar.Made made, Random random, String what) {
    Parse parse = Parse.start(made.grammar());
    NaiveLanguage naive = new NaiveLanguage(made.rules(), "S");
    StringBuilder text = new StringBuilder();
    for (int length = 0; length < 12; length++) {
      String where = what + " after " + text;
      assertThat(parse.accepts()).as(where).isEqualTo(naive.mayEnd());
      List<String> following = following(made.grammar(), parse, naive, where);
      checkForced(made.grammar(), parse, following, where);
      checkWayToEnd(parse, where);
      assertThat(parse.isOver()).as(where).isEqualTo(following.isEmpty());
      if (following.isEmpty()) {
        return;
      }
      String symbol = following.get(random.nextInt(following.size()));
      text.append(symbol);
      parse = require(parse.next(symbol(made.grammar(), symbol)));
      naive = naive.after(symbol);
    }
  }

  private static List<String> following(
      Grammar grammar, Parse parse, NaiveLanguage naive, String where) {
    List<String> following = new ArrayList<>();
    for (String symbol : RandomGrammar.SYMBOLS) {
      boolean follows = parse.next(symbol(grammar, symbol)) != null;
      assertThat(follows).as(where + " " + symbol).isEqualTo(!naive.after(symbol).isNever());
      if (follows) {
        following.add(symbol);
      }
    }
    return following;
  }

  private static void checkForced(
      Grammar grammar, Parse parse, List<String> following, String where) {
    boolean several =
        following.size() != 1
            || parse.accepts()
            || symbol(grammar, following.get(0)) == grammar.symbols().other();
    int expected = several ? Parse.NOT_FORCED : symbol(grammar, following.get(0));
    assertThat(parse.forced()).as(where).isEqualTo(expected);
  }

  private static void checkWayToEnd(Parse parse, String where) {
    if (!parse.leadsToAnEnd()) {
      return;
    }
    int[] way = parse.wayToEnd();
    assertThat(way).as(where).hasSize(parse.symbolsToEnd());
    Parse at = parse;
    for (int symbol : way) {
      assertThat(at.accepts()).as(where + ": a shorter way").isFalse();
      at = require(at.next(symbol));
    }
    assertThat(at.accepts()).as(where).isTrue();
  }

  private static Parse require(@Nullable Parse parse) {
    assertThat(parse).isNotNull();
    return Objects.requireNonNull(parse);
  }

  private static int symbol(Grammar grammar, String symbol) {
    return symbol.length() == 1 ? symbol.charAt(0) : grammar.symbols().of(symbol);
  }
}
