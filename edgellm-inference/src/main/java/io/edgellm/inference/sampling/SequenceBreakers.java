package io.edgellm.inference.sampling;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Set;
import java.util.function.IntFunction;

/**
 * Finds the tokens that break a sequence: those that write one of some texts, alone or among other
 * characters.
 *
 * <p>Looking through a vocabulary takes milliseconds, and the requests of a host mostly have the
 * same texts, so the last answer is kept.
 */
final class SequenceBreakers {
  private final int vocabularySize;
  private final IntFunction<byte[]> bytes;
  private Set<String> lastTexts = Set.of();
  private TokenSet last = new TokenSet(new BitSet());

  SequenceBreakers(int vocabularySize, IntFunction<byte[]> bytes) {
    this.vocabularySize = vocabularySize;
    this.bytes = bytes;
  }

  TokenSet of(Set<String> texts) {
    if (!texts.equals(lastTexts)) {
      byte[][] wanted =
          texts.stream().map(t -> t.getBytes(StandardCharsets.UTF_8)).toArray(byte[][]::new);
      BitSet tokens = new BitSet(vocabularySize);
      for (int token = 0; token < vocabularySize; token++) {
        tokens.set(token, containsAny(bytes.apply(token), wanted));
      }
      last = new TokenSet(tokens);
      lastTexts = texts;
    }
    return last;
  }

  private static boolean containsAny(byte[] token, byte[][] wanted) {
    for (byte[] text : wanted) {
      for (int at = 0; at + text.length <= token.length; at++) {
        if (Arrays.equals(token, at, at + text.length, text, 0, text.length)) {
          return true;
        }
      }
    }
    return false;
  }
}
