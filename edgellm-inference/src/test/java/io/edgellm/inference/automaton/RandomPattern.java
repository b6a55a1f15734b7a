package io.edgellm.inference.automaton;

import java.util.Random;

/**
 * A random pattern twice: as ECMA-262 has it, and as java.util.regex says the same. Java's {@code
 * $}, {@code .}, {@code \s} and {@code \b} mean something else, and are spelled out.
 *
 * <p>Two differences are left, some twenty in a million: Java's {@code find} sees places within a
 * surrogate pair, and a turn of a counted group that reads nothing ends all its turns.
 */
record RandomPattern(String ecma, String java) {
  private static final String WORD = "[0-9A-Z_a-z]";
  private static final String SPACE =
      "\\t-\\r \\u00A0\\u1680\\u2000-\\u200A\\u2028\\u2029\\u202F\\u205F\\u3000\\uFEFF";

  /** Spelled in the same way by both. */
  private static final String[] CHARACTERS = {
    "a", "b", "c", "\\-", "é", "漢", "😀", "\\x61", "\\u0062", "\\n", "\\t", " ", "_", "0", "\\."
  };

  private static final RandomPattern[] CLASSES = {
    both("[ab]"),
    both("[^a]"),
    both("[a-c_]"),
    both("[^é-漢]"),
    both("\\d"),
    both("\\D"),
    both("\\w"),
    both("\\W"),
    both("[\\w\\-]"),
    both("[^\\d\\n]"),
    both("[" + SPACE + "]").withEcma("\\s"),
    both("[^" + SPACE + "]").withEcma("\\S"),
    both("[\\s\\S]").withEcma("[^]"),
    both("(?:(?!a)a)").withEcma("[]"),
    both("[^\\n\\r\\u2028\\u2029]").withEcma("."),
    both("\\x{1F600}").withEcma("\\u{1F600}"),
  };

  private static final RandomPattern[] PLACES = {
    both("\\A").withEcma("^"),
    both("\\z").withEcma("$"),
    both("(?:(?<=" + WORD + ")(?!" + WORD + ")|(?<!" + WORD + ")(?=" + WORD + "))").withEcma("\\b"),
    both("(?:(?<=" + WORD + ")(?=" + WORD + ")|(?<!" + WORD + ")(?!" + WORD + "))").withEcma("\\B"),
  };

  private static final String[] QUANTIFIERS = {
    "*", "+", "?", "*?", "+?", "??", "{2}", "{1,3}", "{0,2}?", "{2,}", "{0}"
  };

  private static RandomPattern both(String pattern) {
    return new RandomPattern(pattern, pattern);
  }

  private RandomPattern withEcma(String pattern) {
    return new RandomPattern(pattern, java);
  }

  private RandomPattern then(RandomPattern next) {
    return new RandomPattern(ecma + next.ecma, java + next.java);
  }

  private RandomPattern within(String before, String after) {
    return new RandomPattern(before + ecma + after, before + java + after);
  }

  static RandomPattern of(Random random, int depth) {
    RandomPattern pattern = sequence(random, depth);
    for (int i = random.nextInt(3); i > 1; i--) {
      pattern = pattern.then(both("|")).then(sequence(random, depth));
    }
    return pattern;
  }

  private static RandomPattern sequence(Random random, int depth) {
    RandomPattern sequence = both("");
    for (int i = random.nextInt(4); i > 0; i--) {
      sequence = sequence.then(term(random, depth));
    }
    return sequence;
  }

  private static RandomPattern term(Random random, int depth) {
    int kind = random.nextInt(depth == 0 ? 6 : 10);
    return switch (kind) {
      case 0, 1 -> both(CHARACTERS[random.nextInt(CHARACTERS.length)]);
      case 2 -> CLASSES[random.nextInt(CLASSES.length)];
      case 3 -> PLACES[random.nextInt(PLACES.length)];
      case 4, 5 ->
          CLASSES[random.nextInt(CLASSES.length)].then(
              both(QUANTIFIERS[random.nextInt(QUANTIFIERS.length)]));
      case 6 ->
          of(random, depth - 1)
              .within("(?:", ")")
              .then(both(QUANTIFIERS[random.nextInt(QUANTIFIERS.length)]));
      case 7 -> of(random, depth - 1).within("(", ")");
      case 8 -> of(random, depth - 1).within("(?=", ")");
      default -> of(random, depth - 1).within("(?!", ")");
    };
  }

  static String text(Random random, int most) {
    String[] characters = {
      "a", "b", "c", "-", "é", "漢", "😀", "\n", "\t", " ", "_", "0", ".", "Ω", "\u2028", "A"
    };
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(most + 1); i > 0; i--) {
      text.append(characters[random.nextInt(random.nextBoolean() ? 3 : characters.length)]);
    }
    return text.toString();
  }
}
