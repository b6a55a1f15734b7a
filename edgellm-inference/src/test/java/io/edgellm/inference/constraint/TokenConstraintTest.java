package io.edgellm.inference.constraint;

import static io.edgellm.inference.grammar.Expression.anyByte;
import static io.edgellm.inference.grammar.Expression.bytes;
import static io.edgellm.inference.grammar.Expression.choice;
import static io.edgellm.inference.grammar.Expression.control;
import static io.edgellm.inference.grammar.Expression.optional;
import static io.edgellm.inference.grammar.Expression.otherControl;
import static io.edgellm.inference.grammar.Expression.range;
import static io.edgellm.inference.grammar.Expression.rule;
import static io.edgellm.inference.grammar.Expression.sequence;
import static io.edgellm.inference.grammar.Expression.zeroOrMore;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.edgellm.inference.grammar.Expression;
import io.edgellm.inference.grammar.Grammar;
import io.edgellm.llm.InferenceException;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class TokenConstraintTest {
  private final SmallLexicon tokens = new SmallLexicon().allBytes();

  private TokenConstraint begin(Expression expression) {
    return tokens
        .compiler()
        .compile(expression, () -> Grammar.builder().define("a", expression).build("a"))
        .begin();
  }

  private int add(String text) {
    tokens.texts(text);
    return tokens.size() - 1;
  }

  private int addControl(String content) {
    tokens.controls(content);
    return tokens.size() - 1;
  }

  private static boolean inMask(TokenConstraint constraint, int token) {
    long[] mask = constraint.allowed();
    return token >> 6 < mask.length && (mask[token >> 6] >>> token & 1) != 0;
  }

  private static void check(TokenConstraint constraint, int token, boolean allowed) {
    assertThat(constraint.allows(token)).isEqualTo(allowed);
    assertThat(inMask(constraint, token)).isEqualTo(allowed);
  }

  @Test
  void aTokenMayEndInsideACharacter() {
    tokens.bytes(new byte[] {'x', (byte) 0xE6, (byte) 0x97});
    int half = tokens.size() - 1;
    tokens.bytes(new byte[] {(byte) 0xA5, 'y'});
    int otherHalf = tokens.size() - 1;
    tokens.end("<end>");
    TokenConstraint constraint = begin(bytes("x日y"));
    check(constraint, half, true);
    constraint.accept(half);
    assertThat(constraint.mayEnd()).isFalse();
    check(constraint, otherHalf, true);
    constraint.accept(otherHalf);
    assertThat(constraint.mayEnd()).isTrue();
  }

  @Test
  void anEndTokenMayComeWhereTheTextMayEnd() {
    tokens.end("<end>");
    TokenConstraint constraint = begin(sequence(bytes("a"), optional(bytes("b"))));
    check(constraint, tokens.endToken(), false);
    constraint.accept('a');
    check(constraint, tokens.endToken(), true);
    check(constraint, 'b', true);
    constraint.accept(tokens.endToken());
    assertThat(constraint.isOver()).isTrue();
    check(constraint, 'b', false);
  }

  @Test
  void anEndTokenThatTheGrammarNamesClosesTheText() {
    tokens.end("<|call|>");
    TokenConstraint constraint = begin(sequence(bytes("a"), control("<|call|>")));
    check(constraint, tokens.endToken(), false);
    constraint.accept('a');
    check(constraint, tokens.endToken(), true);
    assertThat(constraint.mayEnd()).isFalse();
    assertThat(constraint.wayToEnd()).containsExactly(tokens.endToken());
    constraint.accept(tokens.endToken());
    assertThat(constraint.mayEnd()).isTrue();
    assertThat(constraint.isOver()).isTrue();
  }

  @Test
  void idsBeyondTheVocabularyAreNeverAllowed() {
    tokens.end("<end>");
    TokenConstraint constraint = begin(zeroOrMore(choice(anyByte(), otherControl())));
    check(constraint, tokens.size(), false);
    check(constraint, tokens.size() + 200, false);
  }

  @Test
  void bytesNeverSpellAControlToken() {
    int control = addControl("<t>");
    tokens.end("<end>");
    TokenConstraint text = begin(zeroOrMore(anyByte()));
    check(text, control, false);
    for (char c : "<t>".toCharArray()) {
      text.accept(c);
    }
    TokenConstraint steered = begin(control("<t>"));
    check(steered, '<', false);
    check(steered, control, true);
  }

  @Test
  void otherControlsAreAllButTheNamedAndTheEnd() {
    int one = addControl("<one>");
    int two = addControl("<two>");
    tokens.end("<end>");
    TokenConstraint constraint = begin(sequence(otherControl("<one>"), bytes("x")));
    check(constraint, one, false);
    check(constraint, two, true);
    check(constraint, tokens.endToken(), false);
  }

  @Test
  void forcesWhatLeavesNoChoiceAsTheTokenizerSpellsIt() {
    int call = addControl("<call>");
    int name = add("{\"name\":");
    tokens.end("<end>");
    TokenConstraint constraint =
        begin(sequence(control("<call>"), bytes("{\"name\":"), range('0', '9'), bytes("}")));
    assertThat(constraint.forced()).containsExactly(call, name);
    constraint.accept(call);
    constraint.accept(name);
    assertThat(constraint.forced()).isEmpty();
    constraint.accept('7');
    assertThat(constraint.forced()).containsExactly('}');
  }

  @Test
  void leavesTokensToTheModelThatALongerOneCouldBeginWith() {
    int name = add("name");
    add("\":1");
    tokens.end("<end>");
    TokenConstraint constraint = begin(sequence(bytes("name\":"), range('0', '9')));
    assertThat(constraint.forced()).containsExactly(name);
  }

  @Test
  void forcesTheEndOfTheTextAsWell() {
    int close = add("}}");
    add("}}}");
    tokens.end("<end>");
    assertThat(begin(bytes("}}")).forced()).containsExactly(close);
  }

  @Test
  void forcesNothingThatTheTokenizerSpellsOtherwise() {
    tokens.end("<end>");
    Expression expression = bytes("abc");
    ConstraintCompiler compiler =
        new ConstraintCompiler(tokens.lexicon(), text -> new int[] {' ', 'a', 'b', 'c'});
    TokenConstraint constraint =
        compiler.compile("", () -> Grammar.builder().define("a", expression).build("a")).begin();
    assertThat(constraint.forced()).isEmpty();
  }

  @Test
  void neverStopsWhereNoTokenGoesOn() {
    SmallLexicon few = new SmallLexicon().texts("é", "x", "\"").bytes(new byte[] {(byte) 0xC3});
    few.end("<end>");
    Expression text = sequence(zeroOrMore(choice(bytes("é"), bytes("x"))), bytes("\""));
    TokenConstraint constraint =
        few.compiler().compile("", () -> Grammar.builder().define("a", text).build("a")).begin();
    check(constraint, 0, true);
    check(constraint, 3, false);
    constraint.accept(0);
    assertThat(few.textOf(constraint.wayToEnd())).isEqualTo("\"");
  }

  @Test
  void spellsTheWayToTheEndInLongTokens() {
    int pair = add("]}");
    tokens.end("<end>");
    TokenConstraint constraint = begin(sequence(bytes("["), zeroOrMore(bytes("1")), bytes("]}")));
    constraint.accept('[');
    assertThat(constraint.wayToEnd()).containsExactly(pair);
    assertThat(constraint.tokensToEnd()).isEqualTo(2);
    assertThat(constraint.fits('1', 1)).isTrue();
    assertThat(constraint.fits('1', 0)).isFalse();
    assertThat(constraint.fits('x', 9)).isFalse();
  }

  @Test
  void refusesATokenThatIsNotAllowed() {
    tokens.end("<end>");
    TokenConstraint constraint = begin(bytes("a"));
    assertThatThrownBy(() -> constraint.accept('b')).isInstanceOf(IllegalArgumentException.class);
    constraint.accept('a');
    assertThat(constraint.isOver()).isTrue();
  }

  @Test
  void aTextThatCannotBeFollowedLeavesNothingBehind() {
    add("a".repeat(2_000));
    tokens.end("<end>");
    CompiledConstraint compiled =
        tokens
            .compiler()
            .compile(
                "",
                () ->
                    Grammar.builder()
                        .define(
                            "start",
                            choice(sequence(bytes("x"), rule("tree")), sequence(bytes("yb"))))
                        .define(
                            "tree",
                            choice(bytes("a"), sequence(bytes("a"), rule("tree"), rule("tree"))))
                        .build("start"));
    TokenConstraint ambiguous = compiled.begin();
    ambiguous.accept('x');
    assertThatThrownBy(ambiguous::allowed)
        .isInstanceOf(InferenceException.class)
        .hasMessageContaining("ways");
    TokenConstraint other = compiled.begin();
    other.accept('y');
    check(other, 'a', false);
    check(other, 'b', true);
  }

  @Test
  void severalTokensMayEndAnAnswer() {
    tokens.controls("<eos>", "<eot>");
    int eot = tokens.size() - 1;
    Lexicon lexicon =
        new Lexicon(tokens.size(), tokens::bytesOf, tokens::isControl, Set.of(eot - 1, eot, 9_999));
    TokenConstraint constraint =
        new ConstraintCompiler(lexicon, tokens.longestFirst())
            .compile("", () -> Grammar.builder().define("a", bytes("a")).build("a"))
            .begin();
    constraint.accept('a');
    check(constraint, eot, true);
    check(constraint, eot - 1, true);
  }
}
