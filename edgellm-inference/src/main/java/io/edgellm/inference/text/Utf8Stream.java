package io.edgellm.inference.text;

/**
 * Decodes UTF-8 byte by byte.
 *
 * <p>What is not UTF-8 becomes U+FFFD, one for each maximal part of a character, as the Unicode
 * Standard recommends (chapter 3.9, table 3-7) and as Rust's {@code from_utf8_lossy} does. Java's
 * own decoder counts differently for surrogates and cannot be asked what it holds back.
 */
final class Utf8Stream {
  private static final char REPLACEMENT = '\uFFFD';

  private int codePoint;
  private int missing;
  private int lowest;
  private int highest;

  /** Takes the next byte (0 to 255) and appends what is now complete. */
  void write(int value, StringBuilder text) {
    if (missing > 0) {
      if (value >= lowest && value <= highest) {
        follow(value, text);
        return;
      }
      missing = 0;
      text.append(REPLACEMENT);
    }
    lead(value, text);
  }

  /** Ends the text: an unfinished character becomes U+FFFD. */
  void finish(StringBuilder text) {
    if (missing > 0) {
      missing = 0;
      text.append(REPLACEMENT);
    }
  }

  private void follow(int value, StringBuilder text) {
    codePoint = codePoint << 6 | (value & 0x3F);
    lowest = 0x80;
    highest = 0xBF;
    if (--missing == 0) {
      text.appendCodePoint(codePoint);
    }
  }

  private void lead(int value, StringBuilder text) {
    if (value < 0x80) {
      text.append((char) value);
    } else if (value >= 0xC2 && value <= 0xDF) {
      expect(1, value & 0x1F, 0x80, 0xBF);
    } else if (value >= 0xE0 && value <= 0xEF) {
      expect(2, value & 0x0F, value == 0xE0 ? 0xA0 : 0x80, value == 0xED ? 0x9F : 0xBF);
    } else if (value >= 0xF0 && value <= 0xF4) {
      expect(3, value & 0x07, value == 0xF0 ? 0x90 : 0x80, value == 0xF4 ? 0x8F : 0xBF);
    } else {
      text.append(REPLACEMENT);
    }
  }

  private void expect(int bytes, int bits, int lowestNext, int highestNext) {
    missing = bytes;
    codePoint = bits;
    lowest = lowestNext;
    highest = highestNext;
  }
}
