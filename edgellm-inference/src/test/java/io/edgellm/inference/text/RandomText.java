package io.edgellm.inference.text;

import java.util.Random;

/** Texts of all scripts and some specials, for tests with a seed. */
final class RandomText {
  private static final String[] PARTS = {
    " ",
    "  ",
    "\n",
    "\t",
    "\u0000",
    "hello",
    " the",
    "<|end|>",
    "👩‍👩‍👧‍👦",
    "é",
    "e\u0301",
    "漢字",
    "नमस्ते",
    "שלום",
    "\uFFFD",
    "\uFEFF",
    "{\"tool\":",
    "▁",
    "<0x41>",
    "Ġ"
  };

  private RandomText() {}

  static String of(Random random, int parts) {
    StringBuilder text = new StringBuilder();
    int count = random.nextInt(parts);
    for (int i = 0; i < count; i++) {
      if (random.nextBoolean()) {
        text.append(PARTS[random.nextInt(PARTS.length)]);
      } else {
        text.appendCodePoint(codePoint(random));
      }
    }
    return text.toString();
  }

  private static int codePoint(Random random) {
    int candidate = random.nextInt(random.nextBoolean() ? 0x250 : 0x110000);
    return candidate >= 0xD800 && candidate <= 0xDFFF ? 'x' : candidate;
  }
}
