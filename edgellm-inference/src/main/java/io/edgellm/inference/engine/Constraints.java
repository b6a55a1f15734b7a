package io.edgellm.inference.engine;

import io.edgellm.inference.answer.AnswerPlan;
import io.edgellm.inference.constraint.CompiledConstraint;
import io.edgellm.inference.constraint.ConstraintCompiler;
import io.edgellm.inference.constraint.Lexicon;
import io.edgellm.inference.grammar.Grammar;
import io.edgellm.inference.text.Tokenizer;
import io.edgellm.llm.InferenceException;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What the answers of a model are held to. The vocabulary is made ready for that by the first
 * request that needs it. Safe for use by several threads.
 */
final class Constraints {
  private final Tokenizer tokenizer;
  private final Set<Integer> endTokens;
  private @Nullable ConstraintCompiler compiler;

  Constraints(Tokenizer tokenizer, Set<Integer> endTokens) {
    this.tokenizer = tokenizer;
    this.endTokens = endTokens;
  }

  /**
   * Returns what an answer is held to; null if it is free.
   *
   * @param room how many tokens it may have
   * @throws InferenceException INVALID_CONSTRAINT if that cannot be enforced, or no such answer has
   *     room
   */
  @Nullable CompiledConstraint of(AnswerPlan plan, int room) {
    Optional<Supplier<Grammar>> grammar = plan.grammar();
    if (grammar.isEmpty()) {
      return null;
    }
    CompiledConstraint compiled = compiler().compile(plan.key(), grammar.get());
    if (compiled.tokensToEnd() > room) {
      throw new InferenceException(
          InferenceException.Reason.INVALID_CONSTRAINT,
          "The shortest answer that meets the constraint takes "
              + compiled.tokensToEnd()
              + " tokens, and there is room for "
              + room
              + "; raise maxTokens, or shorten the conversation.",
          "maxTokens");
    }
    return compiled;
  }

  private synchronized ConstraintCompiler compiler() {
    ConstraintCompiler made = compiler;
    if (made == null) {
      Lexicon lexicon = new Lexicon(tokenizer.vocabulary(), endTokens);
      made = new ConstraintCompiler(lexicon, tokenizer::encodeContinuation);
      compiler = made;
    }
    return made;
  }
}
