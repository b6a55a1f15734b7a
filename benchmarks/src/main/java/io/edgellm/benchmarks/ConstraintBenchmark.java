package io.edgellm.benchmarks;

import io.edgellm.inference.constraint.CompiledConstraint;
import io.edgellm.inference.constraint.ConstraintCompiler;
import io.edgellm.inference.constraint.Lexicon;
import io.edgellm.inference.constraint.TokenConstraint;
import io.edgellm.inference.grammar.Grammar;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What a constraint costs per token, at every position of a corpus of JSON in turn, with 128,000
 * tokens of o200k_base. The samples give the percentiles.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class ConstraintBenchmark {
  private static final int VOCABULARY = 128_000;

  /** Which grammar. */
  @Param({"any JSON", "order"})
  public String grammar = "any JSON";

  /** Whether the answers before have left what they found out about the grammar. */
  @Param({"kept", "nothing"})
  public String memory = "kept";

  private final TiktokenVocabulary vocabulary = new TiktokenVocabulary(VOCABULARY);
  private final Lexicon lexicon = vocabulary.lexicon();
  private final List<int[]> documents =
      new JsonCorpus(1).documents(100).stream().map(vocabulary::encode).toList();
  private CompiledConstraint compiled = compile();
  private TokenConstraint constraint = compiled.begin();
  private int document;
  private int position = -1;

  private CompiledConstraint compile() {
    return new ConstraintCompiler(lexicon, vocabulary::encode).compile(grammar, this::grammar);
  }

  private Grammar grammar() {
    return grammar.equals("order") ? JsonGrammars.order() : JsonGrammars.anyJson();
  }

  /** Compiles the grammar of this run. */
  @Setup
  public void prepare() {
    compiled = compile();
    constraint = compiled.begin();
    position = -1;
  }

  /** Goes on to the next position of the corpus. */
  @Setup(Level.Invocation)
  public void advance() {
    int[] tokens = documents.get(document);
    if (position >= 0) {
      constraint.accept(tokens[position]);
    }
    if (++position < tokens.length) {
      return;
    }
    document = (document + 1) % documents.size();
    position = 0;
    if (memory.equals("nothing")) {
      compiled = compile();
    }
    constraint = compiled.begin();
  }

  /** Whether the token that comes is allowed. */
  @Benchmark
  public boolean allows() {
    return constraint.allows(documents.get(document)[position]);
  }

  /** All tokens that are allowed. */
  @Benchmark
  public long[] mask() {
    return constraint.allowed();
  }

  /** The grammar's automata. */
  @Benchmark
  public Grammar compileGrammar() {
    return grammar();
  }
}
