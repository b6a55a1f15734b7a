package io.edgellm.inference.constraint;

import io.edgellm.inference.text.Vocabulary;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.function.IntPredicate;

/**
 * The tokens of a model as a grammar sees them: those that are text, by their bytes; those that
 * steer the model, by their content; and those that end an answer. Tokens without bytes are none of
 * the three and never allowed.
 *
 * <p>Made once per model; immutable. It takes about 60 bytes per token.
 */
public final class Lexicon {
  private static final int[] NO_TOKENS = {};

  private final int size;
  private final IntFunction<byte[]> bytes;
  private final BitSet controls = new BitSet();
  private final Map<String, int[]> byContent = new HashMap<>();
  private final BitSet ends = new BitSet();
  private final TokenTrie trie;
  private final int longestToken;
  private final SafeText safeText;

  /** Reads the tokens of a vocabulary; ids beyond it are never allowed. */
  public Lexicon(Vocabulary vocabulary, Set<Integer> endTokens) {
    this(vocabulary.size(), vocabulary::bytes, vocabulary::isControl, endTokens);
  }

  /**
   * @param size the number of ids
   * @param bytes the bytes of a token, of a control token those of its content
   * @param isControl whether a token steers the model
   * @param endTokens the ids that end an answer
   */
  public Lexicon(
      int size, IntFunction<byte[]> bytes, IntPredicate isControl, Set<Integer> endTokens) {
    this.size = size;
    this.bytes = bytes;
    endTokens.stream().filter(token -> token < size).forEach(ends::set);
    List<Integer> texts = new ArrayList<>();
    for (int token = 0; token < size; token++) {
      if (isControl.test(token) || ends.get(token)) {
        controls.set(token);
        String content = new String(bytes.apply(token), StandardCharsets.UTF_8);
        byContent.merge(content, new int[] {token}, Lexicon::joined);
      } else if (bytes.apply(token).length > 0) {
        texts.add(token);
      }
    }
    int[] ids = texts.stream().mapToInt(i -> i).toArray();
    trie = new TokenTrie(ids, bytes);
    longestToken = trie.longest();
    safeText = new SafeText(this, ids);
  }

  private static int[] joined(int[] a, int[] b) {
    int[] both = Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, both, a.length, b.length);
    return both;
  }

  int size() {
    return size;
  }

  /** The bytes of the longest text token. */
  int longestToken() {
    return longestToken;
  }

  byte[] bytes(int token) {
    return bytes.apply(token);
  }

  /** Whether it is a token of the vocabulary that steers the model or ends the answer. */
  boolean isControl(int token) {
    return controls.get(token);
  }

  boolean isEnd(int token) {
    return ends.get(token);
  }

  BitSet ends() {
    return ends;
  }

  BitSet controls() {
    return controls;
  }

  String content(int control) {
    return new String(bytes(control), StandardCharsets.UTF_8);
  }

  /** The control tokens of a content. */
  int[] controls(String content) {
    return byContent.getOrDefault(content, NO_TOKENS);
  }

  /** All tokens that are text. */
  TokenTrie trie() {
    return trie;
  }

  SafeText safeText() {
    return safeText;
  }

  /** A mask in which no token is allowed. */
  long[] emptyMask() {
    return new long[(size + 63) >> 6];
  }
}
