package io.edgellm.inference.grammar;

import static io.edgellm.inference.grammar.Expression.bytes;
import static io.edgellm.inference.grammar.Expression.choice;
import static io.edgellm.inference.grammar.Expression.empty;
import static io.edgellm.inference.grammar.Expression.finite;
import static io.edgellm.inference.grammar.Expression.optional;
import static io.edgellm.inference.grammar.Expression.repeat;
import static io.edgellm.inference.grammar.Expression.rule;
import static io.edgellm.inference.grammar.Expression.sequence;
import static io.edgellm.inference.grammar.Expression.zeroOrMore;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.edgellm.inference.automaton.Language;
import io.edgellm.inference.grammar.GrammarException.Reason;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class GrammarTest {
  private static final Expression NESTED_LISTS =
      choice(sequence(bytes("["), rule("list"), bytes("]")), bytes("x"));

  @Test
  void refusesARuleThatNobodyDefined() {
    refused(Reason.UNDEFINED_RULE, "b", () -> Grammar.builder().define("a", rule("b")).build("a"));
    refused(Reason.UNDEFINED_RULE, "a", () -> Grammar.builder().build("a"));
  }

  @Test
  void refusesASecondDefinition() {
    Grammar.Builder builder = Grammar.builder().define("a", bytes("x"));
    refused(Reason.DUPLICATE_RULE, "a", () -> builder.define("a", bytes("y")));
  }

  @Test
  void refusesARuleThatNeverEnds() {
    Grammar.Builder builder =
        Grammar.builder()
            .define("start", choice(bytes("x"), rule("endless")))
            .define("endless", sequence(bytes("["), rule("other"), bytes("]")))
            .define("other", choice(rule("endless"), sequence(bytes("y"), rule("endless"))));
    refused(Reason.ENDLESS_RULE, "endless", () -> builder.build("start"));
    refused(Reason.ENDLESS_RULE, "a", () -> Grammar.builder().define("a", choice()).build("a"));
  }

  @Test
  void refusesARuleThatBeginsWithItself() {
    Grammar.Builder direct =
        Grammar.builder().define("sum", choice(sequence(rule("sum"), bytes("+x")), bytes("x")));
    refused(Reason.LEFT_RECURSION, "sum", () -> direct.build("sum"));
    Grammar.Builder behindNothing =
        Grammar.builder()
            .define("a", choice(sequence(rule("b"), bytes("x")), bytes("y")))
            .define("b", sequence(optional(bytes("-")), rule("a"), bytes("z")));
    refused(Reason.LEFT_RECURSION, null, () -> behindNothing.build("a"));
  }

  @Test
  void acceptsARuleOfWhichOneAlternativeIsTheRuleItself() {
    Grammar grammar = Grammar.builder().define("a", choice(rule("a"), bytes("x"))).build("a");
    assertThat(matches(grammar, "x")).isTrue();
    assertThat(matches(grammar, "xx")).isFalse();
  }

  @Test
  void refusesCountsThatMultiplyBeyondMeasure() {
    Expression many = bytes("x");
    for (int i = 0; i < 4; i++) {
      many = repeat(many, 0, 1_000);
    }
    Grammar.Builder builder = Grammar.builder().define("many", many);
    refused(Reason.TOO_LARGE, "many", () -> builder.build("many"));
  }

  @Test
  void refusesExpressionsThatNestBeyondMeasure() {
    Expression deep = bytes("x");
    for (int i = 0; i < 100_000; i++) {
      deep = sequence(deep);
    }
    Grammar.Builder builder = Grammar.builder().define("deep", deep);
    refused(Reason.TOO_LARGE, "deep", () -> builder.build("deep"));
  }

  @Test
  void buildsALongChainOfRules() {
    Grammar.Builder builder = Grammar.builder();
    for (int i = 0; i < 5_000; i++) {
      builder.define("r" + i, sequence(bytes("("), rule("r" + (i + 1)), bytes(")")));
    }
    builder.define("r5000", bytes("x"));
    Parse parse = Parse.start(builder.build("r0"));
    assertThat(parse.symbolsToEnd()).isEqualTo(10_001);
  }

  @Test
  void matchesTheEmptyText() {
    Grammar nothingElse = Grammar.builder().define("a", empty()).build("a");
    assertThat(Parse.start(nothingElse).accepts()).isTrue();
    assertThat(Parse.start(nothingElse).isOver()).isTrue();
    Grammar list = Grammar.builder().define("a", zeroOrMore(bytes("x"))).build("a");
    assertThat(matches(list, "")).isTrue();
    assertThat(matches(list, "xxx")).isTrue();
  }

  @Test
  void embedsFiniteAutomata() {
    Grammar grammar =
        Grammar.builder()
            .define(
                "a",
                sequence(zeroOrMore(finite(Language.of(List.of("ä", "bc")).utf8())), bytes("!")))
            .build("a");
    assertThat(matches(grammar, "!")).isTrue();
    assertThat(matches(grammar, "äbcä!")).isTrue();
    assertThat(matches(grammar, "b!")).isFalse();
  }

  @Test
  void followsTenThousandNestedListsAndLeadsThemToTheirEnd() {
    Parse parse = Parse.start(Grammar.builder().define("list", NESTED_LISTS).build("list"));
    for (int i = 0; i < 10_000; i++) {
      parse = next(parse, "[");
    }
    assertThat(parse.symbolsToEnd()).isEqualTo(10_001);
    int[] way = parse.wayToEnd();
    assertThat(way).hasSize(10_001);
    for (int symbol : way) {
      assertThat(parse.accepts()).isFalse();
      parse = next(parse, String.valueOf((char) symbol));
    }
    assertThat(parse.accepts()).isTrue();
    assertThat(parse.isOver()).isTrue();
  }

  @Test
  void rightRecursionNeedsNoStack() {
    Grammar grammar =
        Grammar.builder()
            .define("list", choice(bytes("x"), sequence(bytes("x,"), rule("list"))))
            .build("list");
    Parse parse = Parse.start(grammar);
    for (int i = 0; i < 1_000; i++) {
      parse = next(parse, "x,");
    }
    assertThat(parse.heads()).isEqualTo(1);
    assertThat(parse.stack(0).depth()).isZero();
  }

  @Test
  void sharesTheStacksOfAlternativesThatLookTheSame() {
    Grammar grammar =
        Grammar.builder()
            .define("node", choice(rule("left"), rule("right")))
            .define("left", choice(bytes("."), sequence(bytes("("), rule("node"), bytes(")"))))
            .define("right", choice(bytes("."), sequence(bytes("("), rule("node"), bytes(")"))))
            .build("node");
    Parse parse = Parse.start(grammar);
    for (int i = 0; i < 200; i++) {
      parse = next(parse, "(");
      assertThat(parse.heads()).isLessThanOrEqualTo(4);
    }
    assertThat(parse.wayToEnd()).hasSize(201);
  }

  @Test
  void failsByNameWhereATextHasTooManyReadings() {
    Grammar grammar =
        Grammar.builder()
            .define("s", choice(bytes("a"), sequence(bytes("a"), rule("s"), rule("s"))))
            .build("s");
    refused(
        Reason.TOO_AMBIGUOUS,
        null,
        () -> {
          Parse parse = Parse.start(grammar);
          for (int i = 0; i < 5_000; i++) {
            parse = next(parse, "a");
          }
        });
  }

  @Test
  void leavesOutWhatTheSymbolsCannotSpell() {
    Grammar grammar =
        Grammar.builder()
            .define("a", choice(bytes("ab"), bytes("xyz"), sequence(bytes("q"), bytes("r"))))
            .build("a");
    BitSet usable = new BitSet();
    usable.set('x', 'z' + 1);
    Grammar spelled = grammar.spelledWith(usable);
    assertThat(Parse.start(spelled).symbolsToEnd()).isEqualTo(3);
    assertThat(next(Parse.start(spelled), "a").leadsToAnEnd()).isFalse();
    refused(Reason.UNSPELLABLE, null, () -> grammar.spelledWith(new BitSet()));
  }

  private static boolean matches(Grammar grammar, String text) {
    Parse parse = Parse.start(grammar).next(text.getBytes(StandardCharsets.UTF_8));
    return parse != null && parse.accepts();
  }

  private static Parse next(Parse parse, String text) {
    Parse next = parse.next(text.getBytes(StandardCharsets.UTF_8));
    if (next == null) {
      throw new AssertionError(text + " cannot follow");
    }
    return next;
  }

  private static void refused(Reason reason, @Nullable String rule, ThrowingCallable call) {
    GrammarException thrown = catchThrowableOfType(GrammarException.class, call);
    assertThat(thrown.reason()).isEqualTo(reason);
    if (rule != null) {
      assertThat(thrown.rule()).contains(rule);
      assertThat(thrown).hasMessageContaining(rule);
    }
  }
}
