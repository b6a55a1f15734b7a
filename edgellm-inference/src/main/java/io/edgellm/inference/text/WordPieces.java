package io.edgellm.inference.text;

import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * WordPiece: an entry with the prefix goes on with a word, any other begins one. The text that was
 * encoded does not come back: its spaces and mostly its capitals are gone.
 *
 * @param prefix of an entry that goes on with a word, mostly {@code ##}
 * @param cleanup whether no space is written before a punctuation mark or the end of a contraction
 */
record WordPieces(String prefix, boolean cleanup) implements Pieces {
  static final String USUAL_PREFIX = "##";

  /** As in Hugging Face's decoder, which looks at the beginning of the entry only. */
  private static final List<String> CLINGING =
      List.of(".", "?", "!", ",", "n't", "'m", "'s", "'ve", "'re");

  @Override
  public byte[] bytes(String piece) {
    return text(piece).getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public byte[] bytes(AddedToken token) {
    return bytes(token.content());
  }

  private String text(String piece) {
    if (piece.startsWith(prefix) && !prefix.isEmpty()) {
      return piece.substring(prefix.length());
    }
    return cleanup && CLINGING.stream().anyMatch(piece::startsWith) ? piece : " " + piece;
  }

  @Override
  public LeadingSpace leadingSpace() {
    return LeadingSpace.DROP_ONE;
  }
}
