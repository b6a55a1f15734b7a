package io.edgellm.inference.sampling;

import java.util.BitSet;

/** Some tokens, immutable. */
final class TokenSet {
  private final BitSet tokens;

  TokenSet(BitSet tokens) {
    this.tokens = (BitSet) tokens.clone();
  }

  boolean has(int token) {
    return tokens.get(token);
  }
}
