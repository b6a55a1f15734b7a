package io.edgellm.inference.constraint;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.edgellm.inference.grammar.Grammar;
import io.edgellm.inference.grammar.GrammarException;
import io.edgellm.llm.InferenceException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Compiles grammars for one model and keeps those that were used lately, by weight. Requests with
 * the same constraint share one, and those that ask for it while it is compiled wait for it. What
 * is refused is not kept.
 *
 * <p>Safe for use by several threads.
 */
public final class ConstraintCompiler {
  /** How much memory compiled grammars may take, without masks. */
  private static final long GRAMMAR_BYTES = 32L << 20;

  /** How much memory the pieces of masks may take, of all grammars together. */
  private static final long MASK_BYTES = 32L << 20;

  private final Lexicon lexicon;
  private final Function<String, int[]> encode;
  private final ReachSpace space = new ReachSpace(MASK_BYTES);

  /** Futures, since a cache that computes values itself lets other keys wait meanwhile. */
  private final AsyncCache<Object, CompiledConstraint> compiled =
      Caffeine.newBuilder()
          .maximumWeight(GRAMMAR_BYTES)
          .weigher(ConstraintCompiler::weight)
          .executor(Runnable::run)
          .buildAsync();

  /**
   * @param lexicon the tokens of the model
   * @param encode how the model's tokenizer spells a text that continues another one; asked only
   *     for text that has to come
   */
  public ConstraintCompiler(Lexicon lexicon, Function<String, int[]> encode) {
    this.lexicon = lexicon;
    this.encode = encode;
  }

  private static int weight(Object key, CompiledConstraint constraint) {
    long keyBytes = 2L * key.toString().length();
    return (int) Math.min(Integer.MAX_VALUE, 1_024 + keyBytes + constraint.bytes());
  }

  /**
   * Returns the constraint of a grammar.
   *
   * @param key what the grammar was made of: equal keys stand for the same grammar
   * @param grammar makes the grammar, if it has not been compiled lately
   * @throws InferenceException INVALID_CONSTRAINT if there can be no such grammar, or the model's
   *     tokens cannot spell any of its texts
   */
  public CompiledConstraint compile(Object key, Supplier<Grammar> grammar) {
    CompletableFuture<CompiledConstraint> made = new CompletableFuture<>();
    CompletableFuture<CompiledConstraint> before = compiled.asMap().putIfAbsent(key, made);
    if (before != null) {
      return awaited(before);
    }
    try {
      CompiledConstraint constraint = compile(grammar);
      made.complete(constraint);
      return constraint;
    } catch (RuntimeException | Error e) {
      made.completeExceptionally(e);
      throw e;
    }
  }

  private static CompiledConstraint awaited(CompletableFuture<CompiledConstraint> other) {
    try {
      return other.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof InferenceException refused) {
        throw new InferenceException(
            refused.reason(),
            String.valueOf(refused.getMessage()),
            refused.subject().orElse(null),
            refused);
      }
      throw e;
    }
  }

  private CompiledConstraint compile(Supplier<Grammar> grammar) {
    try {
      return new CompiledConstraint(grammar.get(), lexicon, encode, space);
    } catch (GrammarException e) {
      throw Refusal.of(e);
    }
  }
}
