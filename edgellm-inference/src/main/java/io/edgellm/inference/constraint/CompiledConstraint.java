package io.edgellm.inference.constraint;

import io.edgellm.inference.grammar.Grammar;
import io.edgellm.inference.grammar.Parse;
import java.util.function.Function;

/**
 * A grammar in terms of the tokens of one model. It keeps what it finds out about its states for
 * all answers. Safe for use by several threads.
 */
public final class CompiledConstraint {
  private static final int MAX_SPELLED = 1 << 20;

  private final Grammar grammar;
  private final Lexicon lexicon;
  private final Controls controls;
  private final Speller speller;
  private final Function<String, int[]> encode;
  private final Reaches reaches;
  private final int tokensToEnd;

  /**
   * @throws io.edgellm.inference.grammar.GrammarException UNSPELLABLE if the tokens cannot spell a
   *     text of the grammar
   */
  CompiledConstraint(
      Grammar grammar, Lexicon lexicon, Function<String, int[]> encode, ReachSpace space) {
    this.lexicon = lexicon;
    this.controls = new Controls(lexicon, grammar.symbols());
    this.grammar = grammar.spelledWith(controls.spellable());
    this.speller = new Speller(lexicon, controls);
    this.encode = encode;
    this.reaches = new Reaches(this.grammar, lexicon, space);
    Parse start = Parse.start(this.grammar);
    int symbols = start.symbolsToEnd();
    this.tokensToEnd = symbols > MAX_SPELLED ? symbols : wayToEnd(start).length;
  }

  /** Returns a constraint for one answer. */
  public TokenConstraint begin() {
    return new TokenConstraint(this, Parse.start(grammar));
  }

  /** Returns how many tokens a short answer takes; one with a smaller bound is not possible. */
  public int tokensToEnd() {
    return tokensToEnd;
  }

  /** About how much memory it takes, without what is found out later. */
  long bytes() {
    return grammar.bytes() + lexicon.size() / 8;
  }

  Lexicon lexicon() {
    return lexicon;
  }

  Controls controls() {
    return controls;
  }

  Reaches reaches() {
    return reaches;
  }

  int[] wayToEnd(Parse parse) {
    return speller.spell(parse.wayToEnd());
  }

  int[] forced(Parse parse) {
    return new ForcedRun(speller, controls, encode).from(parse);
  }
}
