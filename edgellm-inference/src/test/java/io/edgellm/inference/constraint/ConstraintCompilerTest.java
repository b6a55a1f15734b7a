package io.edgellm.inference.constraint;

import static io.edgellm.inference.grammar.Expression.bytes;
import static io.edgellm.inference.grammar.Expression.rule;
import static io.edgellm.inference.grammar.Expression.sequence;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.edgellm.inference.grammar.Grammar;
import io.edgellm.llm.InferenceException;
import io.edgellm.llm.InferenceException.Reason;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class ConstraintCompilerTest {
  private final SmallLexicon tokens = new SmallLexicon().texts("a", "b").end("<end>");
  private final ConstraintCompiler compiler = tokens.compiler();

  private static Grammar text(String text) {
    return Grammar.builder().define("text", bytes(text)).build("text");
  }

  @Test
  void compilesAGrammarOnce() {
    AtomicInteger made = new AtomicInteger();
    for (int i = 0; i < 3; i++) {
      CompiledConstraint compiled =
          compiler.compile(
              "ab",
              () -> {
                made.incrementAndGet();
                return text("ab");
              });
      assertThat(compiled.tokensToEnd()).isEqualTo(2);
    }
    assertThat(made).hasValue(1);
  }

  @Test
  void refusesWhatTheTokensCannotSpell() {
    InferenceException thrown =
        catchThrowableOfType(
            InferenceException.class, () -> compiler.compile("abc", () -> text("abc")));
    assertThat(thrown.reason()).isEqualTo(Reason.INVALID_CONSTRAINT);
  }

  @Test
  void namesTheRuleOfAGrammarThatIsNone() {
    InferenceException thrown =
        catchThrowableOfType(
            InferenceException.class,
            () ->
                compiler.compile(
                    "loop",
                    () ->
                        Grammar.builder()
                            .define("loop", sequence(bytes("a"), rule("loop")))
                            .build("loop")));
    assertThat(thrown.reason()).isEqualTo(Reason.INVALID_CONSTRAINT);
    assertThat(thrown.subject()).contains("loop");
  }

  @Test
  void doesNotKeepAFailure() {
    assertThatThrownBy(() -> compiler.compile("k", () -> text("z")))
        .isInstanceOf(InferenceException.class);
    assertThat(compiler.compile("k", () -> text("a")).tokensToEnd()).isEqualTo(1);
  }
}
