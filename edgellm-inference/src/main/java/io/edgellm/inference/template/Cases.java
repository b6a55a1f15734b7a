package io.edgellm.inference.template;

import java.util.Locale;

/** Python's ideas of the case of a string. */
final class Cases {
  private Cases() {}

  /** Some letter is large and none is small. */
  static boolean isUpper(String text) {
    return text.codePoints().anyMatch(Character::isUpperCase)
        && text.codePoints().noneMatch(c -> Character.isLowerCase(c) || Character.isTitleCase(c));
  }

  /** Some letter is small and none is large. */
  static boolean isLower(String text) {
    return text.codePoints().anyMatch(Character::isLowerCase)
        && text.codePoints().noneMatch(c -> Character.isUpperCase(c) || Character.isTitleCase(c));
  }

  /** Every word begins with a large letter and goes on with small ones, and there is one. */
  static boolean isTitle(String text) {
    boolean inWord = false;
    boolean any = false;
    for (int c : text.codePoints().toArray()) {
      boolean large = Character.isUpperCase(c) || Character.isTitleCase(c);
      boolean small = Character.isLowerCase(c);
      if (inWord ? large : small) {
        return false;
      }
      inWord = large || small;
      any |= inWord;
    }
    return any;
  }

  /** Folds what the lower case leaves apart: U+00DF is ss, and both small sigmas are one. */
  static String folded(String text) {
    return text.toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT).replace('\u03C2', '\u03C3');
  }
}
