package io.edgellm.inference.constraint;

import java.util.HashMap;
import java.util.Map;

/**
 * What may come from a state of a grammar's automaton without a look at what is open around it: the
 * tokens that stay inside its rule or end with it, and the places in the trie where the rule may
 * end inside a token. What follows such a place depends on where the rule was called; for each
 * answer to that there is another reach, which is found once and kept.
 *
 * <p>So the masks of all positions are put together from few pieces, as in XGrammar (arXiv
 * 2411.15100), which keeps those of the first kind; the continuations are kept here as well.
 */
final class Reach {
  private final TokenTrie trie;
  private final long[] mask;
  private final int[] tokens;
  private final int[] ends;
  private final Map<Integer, Reach> after = new HashMap<>();

  /**
   * @param trie where the places are
   * @param mask all allowed tokens, or nothing if they are few
   * @param tokens all allowed tokens, if they are few
   * @param ends the nodes after which the rule may have ended while tokens go on
   */
  Reach(TokenTrie trie, long[] mask, int[] tokens, int[] ends) {
    this.trie = trie;
    this.mask = mask;
    this.tokens = tokens;
    this.ends = ends;
  }

  void addTo(long[] all) {
    for (int i = 0; i < mask.length; i++) {
      all[i] |= mask[i];
    }
    for (int token : tokens) {
      all[token >> 6] |= 1L << token;
    }
  }

  TokenTrie trie() {
    return trie;
  }

  int[] ends() {
    return ends;
  }

  boolean mayEndInside() {
    return ends.length > 0;
  }

  /** What follows, by the state in which the caller of the rule goes on. */
  Map<Integer, Reach> after() {
    return after;
  }

  /** About how much memory it takes. */
  long bytes() {
    return 160L + 8L * mask.length + 4L * tokens.length + 4L * ends.length;
  }
}
