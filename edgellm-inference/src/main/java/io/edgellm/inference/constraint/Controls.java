package io.edgellm.inference.constraint;

import io.edgellm.inference.grammar.Parse;
import io.edgellm.inference.grammar.Symbols;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * The control tokens of a model as symbols of one grammar. A token that ends the answer may come
 * where the text may end; one that the grammar names also where it asks for it, provided that the
 * text may end behind it. Immutable.
 */
final class Controls {
  private final Lexicon lexicon;
  private final Symbols symbols;
  private final BitSet unnamed;

  Controls(Lexicon lexicon, Symbols symbols) {
    this.lexicon = lexicon;
    this.symbols = symbols;
    this.unnamed = (BitSet) lexicon.controls().clone();
    unnamed.andNot(lexicon.ends());
    for (String name : symbols.named()) {
      for (int token : lexicon.controls(name)) {
        unnamed.clear(token);
      }
    }
  }

  /** The symbols that a way to the end may be made of: bytes with a token each, named tokens. */
  BitSet spellable() {
    BitSet usable = new BitSet();
    TokenTrie trie = lexicon.trie();
    for (int value = 0; value < Symbols.BYTES; value++) {
      int node = trie.child(TokenTrie.ROOT, value);
      usable.set(value, node != TokenTrie.NONE && trie.tokenCount(node) > 0);
    }
    for (String name : symbols.named()) {
      usable.set(symbols.of(name), lexicon.controls(name).length > 0);
    }
    usable.set(symbols.other(), !unnamed.isEmpty());
    return usable;
  }

  /** Where a control token leads within the grammar, or null. */
  @Nullable Parse next(Parse parse, int token) {
    int symbol = symbols.of(lexicon.content(token));
    if (lexicon.isEnd(token) && symbol == symbols.other()) {
      return null;
    }
    Parse next = parse.next(symbol);
    if (next == null || (lexicon.isEnd(token) && !next.accepts())) {
      return null;
    }
    return next.leadsToAnEnd() ? next : null;
  }

  /** Adds the control tokens and those that end the answer to a mask. */
  void addTo(long[] mask, Parse parse) {
    if (parse.accepts()) {
      add(mask, lexicon.ends());
    }
    for (String name : symbols.named()) {
      for (int token : lexicon.controls(name)) {
        if (next(parse, token) != null) {
          mask[token >> 6] |= 1L << token;
        }
      }
    }
    if (!unnamed.isEmpty() && next(parse, unnamed.nextSetBit(0)) != null) {
      add(mask, unnamed);
    }
  }

  private static void add(long[] mask, BitSet tokens) {
    for (int t = tokens.nextSetBit(0); t >= 0; t = tokens.nextSetBit(t + 1)) {
      mask[t >> 6] |= 1L << t;
    }
  }

  /** The only token of a control symbol, or -1. */
  int only(int symbol) {
    int[] tokens = tokens(symbol);
    return tokens.length == 1 ? tokens[0] : -1;
  }

  /** A token of a control symbol that is known to have one. */
  int any(int symbol) {
    return symbol == symbols.other() ? unnamed.nextSetBit(0) : tokens(symbol)[0];
  }

  private int[] tokens(int symbol) {
    return lexicon.controls(symbols.named().get(symbol - Symbols.BYTES));
  }
}
