package io.edgellm.inference.text;

import java.nio.charset.StandardCharsets;

/**
 * WordPiece: an entry with the prefix goes on with a word, any other begins one. The text that was
 * encoded does not come back: its spaces and mostly its capitals are gone.
 *
 * @param prefix of an entry that goes on with a word, mostly {@code ##}
 */
record WordPieces(String prefix) implements Pieces {
  static final String USUAL_PREFIX = "##";

  @Override
  public byte[] bytes(String piece) {
    String text =
        piece.startsWith(prefix) && piece.length() > prefix.length()
            ? piece.substring(prefix.length())
            : " " + piece;
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public LeadingSpace leadingSpace() {
    return LeadingSpace.DROP_ONE;
  }
}
