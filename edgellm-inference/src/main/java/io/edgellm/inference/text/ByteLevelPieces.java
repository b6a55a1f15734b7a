package io.edgellm.inference.text;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Byte-level BPE: every character of an entry stands for one byte.
 *
 * <p>The alphabet is GPT-2's {@code bytes_to_unicode}: printable Latin-1 characters stand for
 * themselves, the other 68 bytes for U+0100 and up, in the order of the bytes. An entry with a
 * character outside of the alphabet stands for its own UTF-8, as in Hugging Face's ByteLevel
 * decoder.
 */
record ByteLevelPieces() implements Pieces {
  private static final int ALPHABET_END = 0x100 + 68;
  private static final short[] BYTE_OF_CHAR = byteOfChar();

  @Override
  public byte[] bytes(String piece) {
    byte[] bytes = new byte[piece.length()];
    for (int i = 0; i < bytes.length; i++) {
      char c = piece.charAt(i);
      if (c >= ALPHABET_END || BYTE_OF_CHAR[c] < 0) {
        return piece.getBytes(StandardCharsets.UTF_8);
      }
      bytes[i] = (byte) BYTE_OF_CHAR[c];
    }
    return bytes;
  }

  @Override
  public LeadingSpace leadingSpace() {
    return LeadingSpace.KEEP;
  }

  private static short[] byteOfChar() {
    short[] table = new short[ALPHABET_END];
    Arrays.fill(table, (short) -1);
    int next = 0x100;
    for (int b = 0; b < 256; b++) {
      boolean printable =
          (b >= '!' && b <= '~') || (b >= 0xA1 && b <= 0xAC) || (b >= 0xAE && b <= 0xFF);
      table[printable ? b : next++] = (short) b;
    }
    return table;
  }
}
