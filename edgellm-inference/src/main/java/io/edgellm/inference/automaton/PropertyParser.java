package io.edgellm.inference.automaton;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Reads properties of Unicode in a pattern: general categories, scripts and the binary properties
 * that Java knows, in the version of Unicode that Java has.
 */
final class PropertyParser {
  private final PatternCursor cursor;
  private final Map<String, CodePoints> known = new HashMap<>();

  PropertyParser(PatternCursor cursor) {
    this.cursor = cursor;
  }

  /**
   * Reads a property in braces.
   *
   * @param at where the backslash before it is
   */
  CodePoints inBraces(int at) {
    if (!cursor.eat("{")) {
      throw cursor.syntax(at, "\\p and \\P need a property in braces.");
    }
    String property = cursor.until('}', "the braces of the property are not closed.");
    CodePoints set = known.get(property);
    if (set == null) {
      set = CodePoints.matching(test(property, at));
      known.put(property, set);
    }
    return set;
  }

  private IntPredicate test(String property, int at) {
    int equals = property.indexOf('=');
    String name = equals < 0 ? "" : property.substring(0, equals);
    String value = property.substring(equals + 1);
    Optional<IntPredicate> test =
        switch (name) {
          case "" -> category(value).or(() -> binary(value));
          case "General_Category", "gc" -> category(value);
          case "Script", "sc" -> script(value);
          default -> Optional.empty();
        };
    return test.orElseThrow(
        () ->
            cursor.unsupported(
                at,
                "the property {"
                    + property
                    + "} is not known; there are general categories, Script=… and the binary"
                    + " properties of Java."));
  }

  private static Optional<IntPredicate> category(String name) {
    return GeneralCategory.named(name).map(category -> category::contains);
  }

  private static Optional<IntPredicate> script(String name) {
    try {
      Character.UnicodeScript script =
          Character.UnicodeScript.forName(name.toUpperCase(Locale.ROOT));
      return Optional.of(codePoint -> Character.UnicodeScript.of(codePoint) == script);
    } catch (IllegalArgumentException unknown) {
      return Optional.empty();
    }
  }

  private static Optional<IntPredicate> binary(String name) {
    @Nullable IntPredicate test =
        switch (name) {
          case "Any" -> codePoint -> true;
          case "ASCII" -> codePoint -> codePoint < 0x80;
          case "Assigned" -> Character::isDefined;
          case "Alphabetic", "Alpha" -> Character::isAlphabetic;
          case "Uppercase", "Upper" -> Character::isUpperCase;
          case "Lowercase", "Lower" -> Character::isLowerCase;
          case "Ideographic", "Ideo" -> Character::isIdeographic;
          case "White_Space", "space" -> PropertyParser::isWhiteSpace;
          case "ASCII_Hex_Digit", "AHex" -> codePoint -> isHexDigit(codePoint);
          case "ID_Start", "IDS" -> Character::isUnicodeIdentifierStart;
          case "ID_Continue", "IDC" -> PropertyParser::continuesIdentifier;
          default -> null;
        };
    return Optional.ofNullable(test);
  }

  private static boolean isWhiteSpace(int codePoint) {
    return Character.isSpaceChar(codePoint)
        || (codePoint >= '\t' && codePoint <= '\r')
        || codePoint == 0x85;
  }

  private static boolean isHexDigit(int codePoint) {
    return codePoint < 0x80 && Character.digit(codePoint, 16) >= 0;
  }

  private static boolean continuesIdentifier(int codePoint) {
    return Character.isUnicodeIdentifierPart(codePoint)
        && !Character.isIdentifierIgnorable(codePoint);
  }
}
