package io.edgellm.inference.constraint;

import io.edgellm.inference.grammar.GrammarException;
import io.edgellm.inference.grammar.Parse;
import io.edgellm.inference.sampling.TokenFilter;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Holds the tokens of one answer to a grammar.
 *
 * <p>Whatever tokens were accepted, the answer can still be led to an end, and {@link #wayToEnd}
 * says how. A caller whose answers have a bound keeps {@code wayToEnd().length <= left} from the
 * beginning on: it takes a token only if it {@link #fits}, and if the one that was chosen does not,
 * takes the way to the end instead. Then every answer ends in time and is a text of the grammar.
 *
 * <p>For one answer and one thread at a time; constraints of the same {@link CompiledConstraint}
 * may be used by several threads.
 */
public final class TokenConstraint implements TokenFilter {
  private final CompiledConstraint compiled;
  private final Lexicon lexicon;
  private final Controls controls;
  private Parse parse;
  private boolean ended;
  private long @Nullable [] mask;
  private boolean maskHolds;

  TokenConstraint(CompiledConstraint compiled, Parse start) {
    this.compiled = compiled;
    this.lexicon = compiled.lexicon();
    this.controls = compiled.controls();
    this.parse = start;
  }

  /**
   * Whether the token may come next. Only the token's own bytes are looked at.
   *
   * @throws io.edgellm.llm.InferenceException INVALID_CONSTRAINT if the text with it has too many
   *     readings, or is too deep, to be followed
   */
  @Override
  public boolean allows(int token) {
    return !ended && (endsHere(token) || after(token) != null);
  }

  private boolean endsHere(int token) {
    return lexicon.isEnd(token) && parse.accepts();
  }

  /** Where a token leads, or null if it may not come. */
  private @Nullable Parse after(int token) {
    if (token < 0 || token >= lexicon.size()) {
      return null;
    }
    try {
      return lexicon.isControl(token) ? controls.next(parse, token) : after(lexicon.bytes(token));
    } catch (GrammarException e) {
      throw Refusal.of(e);
    }
  }

  private @Nullable Parse after(byte[] text) {
    Parse next = text.length == 0 ? null : parse.next(text);
    return next == null || next.leadsToAnEnd() ? next : null;
  }

  /**
   * {@inheritDoc}
   *
   * @throws io.edgellm.llm.InferenceException INVALID_CONSTRAINT if the text with one of them has
   *     too many readings, or is too deep, to be followed
   */
  @Override
  public long[] allowed() {
    long[] tokens = mask;
    if (tokens == null) {
      tokens = lexicon.emptyMask();
      mask = tokens;
    }
    if (!maskHolds) {
      Arrays.fill(tokens, 0);
      if (!ended) {
        fill(tokens);
      }
      maskHolds = true;
    }
    return tokens;
  }

  private void fill(long[] tokens) {
    try {
      compiled.reaches().addTo(tokens, parse);
      controls.addTo(tokens, parse);
    } catch (GrammarException e) {
      throw Refusal.of(e);
    }
  }

  /**
   * Takes a token as the next one of the answer.
   *
   * @throws IllegalArgumentException if it is not allowed
   */
  public void accept(int token) {
    Parse next = ended ? null : after(token);
    if (next != null) {
      parse = next;
      ended = lexicon.isEnd(token);
    } else if (!ended && endsHere(token)) {
      ended = true;
    } else {
      throw new IllegalArgumentException("The token " + token + " is not allowed here.");
    }
    maskHolds = false;
  }

  /** Whether the answer may end here. */
  public boolean mayEnd() {
    return ended || parse.accepts();
  }

  /** Whether nothing can follow: the answer is complete, or an end token was accepted. */
  public boolean isOver() {
    return ended || parse.isOver();
  }

  /**
   * Returns the tokens that come next whatever the model wants, spelled as its tokenizer would;
   * empty if the model has a choice, or if its tokenizer spells something else.
   */
  public int[] forced() {
    try {
      return ended ? new int[0] : compiled.forced(parse);
    } catch (GrammarException e) {
      throw Refusal.of(e);
    }
  }

  /**
   * Returns how many tokens {@link #wayToEnd} has at most. Found at once; the way itself may be
   * much shorter.
   */
  public int tokensToEnd() {
    return ended ? 0 : parse.symbolsToEnd();
  }

  /**
   * Returns tokens of a short way to where the answer may end, without a token that ends it; none
   * if it may end here. All of them are allowed in their turn.
   */
  public int[] wayToEnd() {
    return ended ? new int[0] : compiled.wayToEnd(parse);
  }

  /**
   * Whether a token is allowed and leaves a way to the end.
   *
   * @param left how many tokens may follow it, not counted one that ends the answer
   */
  public boolean fits(int token, int left) {
    if (!ended && endsHere(token)) {
      return true;
    }
    Parse next = ended ? null : after(token);
    if (next == null) {
      return false;
    }
    int symbols = next.symbolsToEnd();
    if (symbols <= left || lexicon.isEnd(token)) {
      return true;
    }
    return symbols <= (long) left * lexicon.longestToken()
        && compiled.wayToEnd(next).length <= left;
  }
}
