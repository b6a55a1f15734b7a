package io.edgellm.inference.text;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * SentencePiece: U+2581 stands for a space, {@code <0xNN>} for one byte where the vocabulary falls
 * back to bytes, the rest for itself.
 *
 * @param leadingSpace what the decoder does with the space that the encoder put in front
 * @param byteFallback whether there are entries for single bytes; without them {@code <0x41>} is
 *     six characters
 */
record SentencePieces(LeadingSpace leadingSpace, boolean byteFallback) implements Pieces {
  static final char SPACE_MARK = '\u2581';

  @Override
  public byte[] bytes(String piece) {
    int fallback = byteFallback ? fallbackByte(piece) : -1;
    return fallback >= 0
        ? new byte[] {(byte) fallback}
        : piece.replace(SPACE_MARK, ' ').getBytes(StandardCharsets.UTF_8);
  }

  /** Runs of U+2581 that are added tokens are spaces; in the name of a control token it is none. */
  @Override
  public byte[] bytes(AddedToken token) {
    return token.isControl() ? Pieces.super.bytes(token) : bytes(token.content());
  }

  private static int fallbackByte(String piece) {
    return piece.length() == 6
            && piece.startsWith("<0x")
            && HexFormat.isHexDigit(piece.charAt(3))
            && HexFormat.isHexDigit(piece.charAt(4))
            && piece.charAt(5) == '>'
        ? HexFormat.fromHexDigits(piece, 3, 5)
        : -1;
  }
}
