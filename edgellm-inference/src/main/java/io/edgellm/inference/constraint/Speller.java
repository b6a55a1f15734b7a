package io.edgellm.inference.constraint;

import io.edgellm.inference.grammar.Symbols;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.stream.IntStream;

/** Spells symbols of a grammar in tokens. Immutable. */
final class Speller {
  private final Lexicon lexicon;
  private final Controls controls;

  Speller(Lexicon lexicon, Controls controls) {
    this.lexicon = lexicon;
    this.controls = controls;
  }

  /**
   * Spells with the longest token that fits at each place.
   *
   * @param symbols bytes that are tokens of their own, and control tokens that there are
   */
  int[] spell(int[] symbols) {
    IntStream.Builder tokens = IntStream.builder();
    int at = 0;
    while (at < symbols.length) {
      if (symbols[at] >= Symbols.BYTES) {
        tokens.add(controls.any(symbols[at++]));
      } else {
        int node = longestToken(symbols, at);
        tokens.add(lexicon.trie().token(node, 0));
        at += lexicon.trie().depth(node);
      }
    }
    return tokens.build().toArray();
  }

  private int longestToken(int[] symbols, int from) {
    TokenTrie trie = lexicon.trie();
    int longest = TokenTrie.NONE;
    int node = TokenTrie.ROOT;
    for (int at = from; at < symbols.length && symbols[at] < Symbols.BYTES; at++) {
      node = trie.child(node, symbols[at]);
      if (node == TokenTrie.NONE) {
        break;
      }
      if (trie.tokenCount(node) > 0) {
        longest = node;
      }
    }
    if (longest == TokenTrie.NONE) {
      throw new IllegalStateException("No token spells the byte " + symbols[from] + ".");
    }
    return longest;
  }

  /** Whether the tokens spell exactly these bytes. */
  boolean spells(int[] tokens, byte[] bytes) {
    ByteArrayOutputStream spelled = new ByteArrayOutputStream(bytes.length);
    for (int token : tokens) {
      if (token < 0 || token >= lexicon.size() || lexicon.isControl(token)) {
        return false;
      }
      spelled.writeBytes(lexicon.bytes(token));
    }
    return Arrays.equals(spelled.toByteArray(), bytes);
  }

  /**
   * How many of the tokens are certain, whatever bytes follow: none of them, nor of those before
   * it, could be the beginning of a longer token that reaches over the end.
   */
  int certain(int[] tokens, byte[] bytes) {
    int from = 0;
    for (int i = 0; i < tokens.length; i++) {
      if (reachesOver(bytes, from)) {
        return i;
      }
      from += lexicon.bytes(tokens[i]).length;
    }
    return tokens.length;
  }

  private boolean reachesOver(byte[] bytes, int from) {
    TokenTrie trie = lexicon.trie();
    int node = TokenTrie.ROOT;
    for (int at = from; at < bytes.length; at++) {
      node = trie.child(node, bytes[at] & 0xFF);
      if (node == TokenTrie.NONE) {
        return false;
      }
    }
    return trie.hasChildren(node);
  }
}
