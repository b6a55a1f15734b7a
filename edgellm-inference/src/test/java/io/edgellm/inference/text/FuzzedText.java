package io.edgellm.inference.text;

import java.util.List;
import java.util.Random;

/** Random texts that look for the edges of tokenizers: spaces, scripts, marks, near misses. */
final class FuzzedText {
  private static final List<String> PARTS =
      List.of(
          " ",
          "  ",
          "   ",
          "\n",
          "\r\n",
          "\t",
          "\u0000",
          "\u0013",
          "\u00a0",
          "\u3000",
          "\u2028",
          "\u0085",
          "hello",
          " the",
          "The",
          "don't",
          "I'LL",
          "1234567",
          "3.14",
          "👩‍👩‍👧‍👦",
          "é",
          "e\u0301",
          "漢字",
          "ﬁ",
          "①",
          "नमस्ते",
          "שלום",
          "\uFFFD",
          "\uFEFF",
          "{\"a\":",
          "▁",
          "▁▁",
          "<0x41>",
          "Ġ",
          "##",
          "##he",
          "!!!",
          "...",
          "<",
          ">",
          "|",
          "</",
          "[",
          "ß",
          "İ",
          "\u200b",
          "\u0301",
          "a=b&c",
          "snake_case",
          "camelCase",
          "＜",
          "\n\n",
          "edgeword");

  private final Random random;
  private final List<String> names;

  /** Takes the names of control tokens that occur, whole or in parts. */
  FuzzedText(Random random, List<String> names) {
    this.random = random;
    this.names = names;
  }

  String next(int parts) {
    StringBuilder text = new StringBuilder();
    for (int left = random.nextInt(parts + 1); left > 0; left--) {
      switch (random.nextInt(8)) {
        case 0, 1, 2, 3 -> text.append(PARTS.get(random.nextInt(PARTS.size())));
        case 4 -> text.appendCodePoint(codePoint());
        case 5 -> word(text);
        default -> text.append(nearName());
      }
    }
    return text.toString();
  }

  /** A name, a part of one, one in another or one with a look-alike in it. */
  String nearName() {
    if (names.isEmpty()) {
      return "";
    }
    String name = names.get(random.nextInt(names.size()));
    int cut = random.nextInt(name.length() + 1);
    return switch (random.nextInt(6)) {
      case 0 -> name.substring(0, cut);
      case 1 -> name.substring(cut);
      case 2 -> name.substring(0, cut) + name + name.substring(cut);
      case 3 -> name.replace('<', '＜').replace('|', '｜');
      case 4 -> name + name;
      default -> name;
    };
  }

  private void word(StringBuilder text) {
    for (int left = 1 + random.nextInt(6); left > 0; left--) {
      text.append("etaoinshrdlu".charAt(random.nextInt(12)));
    }
  }

  private int codePoint() {
    int[] ends = {0x80, 0x250, 0x10000, 0x110000};
    int codePoint = random.nextInt(ends[random.nextInt(ends.length)]);
    return codePoint >= 0xD800 && codePoint <= 0xDFFF ? 'x' : codePoint;
  }
}
