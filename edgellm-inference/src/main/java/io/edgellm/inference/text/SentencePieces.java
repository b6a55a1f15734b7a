package io.edgellm.inference.text;

import java.nio.charset.StandardCharsets;

/**
 * SentencePiece: U+2581 stands for a space, {@code <0xNN>} for one byte, the rest for itself.
 *
 * @param leadingSpace what the decoder does with the space that the encoder put in front
 */
record SentencePieces(LeadingSpace leadingSpace) implements Pieces {
  static final char SPACE_MARK = '\u2581';

  @Override
  public byte[] bytes(String piece) {
    int fallback = fallbackByte(piece);
    return fallback >= 0
        ? new byte[] {(byte) fallback}
        : piece.replace(SPACE_MARK, ' ').getBytes(StandardCharsets.UTF_8);
  }

  private static int fallbackByte(String piece) {
    if (piece.length() != 6 || !piece.startsWith("<0x") || piece.charAt(5) != '>') {
      return -1;
    }
    int high = Character.digit(piece.charAt(3), 16);
    int low = Character.digit(piece.charAt(4), 16);
    return high < 0 || low < 0 ? -1 : high << 4 | low;
  }
}
