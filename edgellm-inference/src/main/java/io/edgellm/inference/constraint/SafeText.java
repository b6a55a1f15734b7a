package io.edgellm.inference.constraint;

import java.util.ArrayList;
import java.util.List;

/**
 * The tokens that are plain text wherever text may stand: characters in UTF-8 without quotation
 * mark, backslash and control characters, the last of which may be cut off. Inside a string nearly
 * the whole vocabulary is of this kind, and whether all of it may come is a question about the
 * grammar and not about any token: its answer is a mask that was made once. Bounded strings ask how
 * many characters may come, so there is a mask for each number.
 *
 * <p>The idea is that of llguidance's slices. Immutable.
 */
final class SafeText {
  /** Tokens with more characters are looked at one by one. */
  static final int MAX_CHARACTERS = 32;

  private static final int NOT_SAFE = -1;

  private final long[][] upTo = new long[MAX_CHARACTERS + 1][];
  private final TokenTrie others;

  /**
   * @param lexicon the tokens
   * @param texts those of them that are text
   */
  SafeText(Lexicon lexicon, int[] texts) {
    List<List<Integer>> byCharacters = new ArrayList<>();
    for (int i = 0; i <= MAX_CHARACTERS; i++) {
      byCharacters.add(new ArrayList<>());
    }
    List<Integer> rest = new ArrayList<>();
    for (int token : texts) {
      int characters = characters(lexicon.bytes(token));
      (characters == NOT_SAFE ? rest : byCharacters.get(characters)).add(token);
    }
    long[] mask = lexicon.emptyMask();
    for (int i = 0; i <= MAX_CHARACTERS; i++) {
      byCharacters.get(i).forEach(token -> mask[token >> 6] |= 1L << token);
      upTo[i] = mask.clone();
    }
    others = new TokenTrie(rest.stream().mapToInt(i -> i).toArray(), lexicon::bytes);
  }

  /** Of how many characters the bytes are, the last of which need not be complete. */
  private static int characters(byte[] bytes) {
    int characters = 0;
    int at = 0;
    while (at < bytes.length) {
      int length = safePrefix(bytes, at);
      if (length == NOT_SAFE || ++characters > MAX_CHARACTERS) {
        return NOT_SAFE;
      }
      at += length;
    }
    return characters;
  }

  /** The number of bytes of the character that begins there, or of what there is of it. */
  private static int safePrefix(byte[] bytes, int at) {
    int lead = bytes[at] & 0xFF;
    if (lead < 0x80) {
      return isSafe(lead) ? 1 : NOT_SAFE;
    }
    Utf8Form form = Utf8Form.of(lead);
    if (form == null) {
      return NOT_SAFE;
    }
    int length = Math.min(bytes.length - at, form.length());
    for (int i = 1; i < length; i++) {
      int value = bytes[at + i] & 0xFF;
      if (value < (i == 1 ? form.secondFrom() : 0x80)
          || value > (i == 1 ? form.secondTo() : 0xBF)) {
        return NOT_SAFE;
      }
    }
    return length;
  }

  /** Whether an ASCII character is safe. */
  static boolean isSafe(int ascii) {
    return ascii >= 0x20 && ascii != '"' && ascii != '\\';
  }

  /** The tokens of at most so many characters; at most {@link #MAX_CHARACTERS}. */
  long[] upTo(int characters) {
    return upTo[characters];
  }

  /** All other tokens. */
  TokenTrie others() {
    return others;
  }
}
