package io.edgellm.inference.text;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a prompt at its control tokens: the leftmost one, and of those the longest, as the library's
 * automaton does, but only where every character of it was written by the template.
 */
final class ControlTokens {
  private static final int ZERO_WIDTH_NON_JOINER = 0x200C;
  private static final int ZERO_WIDTH_JOINER = 0x200D;

  private final Map<Character, List<AddedToken>> byFirstChar = new HashMap<>();

  ControlTokens(List<AddedToken> added) {
    List<AddedToken> longestFirst = new ArrayList<>(added);
    longestFirst.removeIf(token -> !token.isControl());
    longestFirst.sort(Comparator.comparingInt(token -> -token.content().length()));
    for (AddedToken token : longestFirst) {
      byFirstChar.computeIfAbsent(token.content().charAt(0), c -> new ArrayList<>()).add(token);
    }
  }

  /** A part of a prompt. */
  sealed interface Segment {}

  /**
   * Text between two control tokens.
   *
   * @param text the text, never empty
   * @param atStart whether nothing stands before it
   */
  record Text(String text, boolean atStart) implements Segment {}

  /**
   * A control token.
   *
   * @param id its token id
   */
  record Control(int id) implements Segment {}

  List<Segment> cut(List<TextSpan> spans) {
    StringBuilder joined = new StringBuilder();
    BitSet plain = new BitSet();
    for (TextSpan span : spans) {
      int start = joined.length();
      joined.append(span.text());
      if (span.reading() == TextSpan.Reading.PLAIN) {
        plain.set(start, joined.length());
      }
    }
    return cut(joined.toString(), plain);
  }

  private List<Segment> cut(String text, BitSet plain) {
    List<Segment> segments = new ArrayList<>();
    int done = 0;
    int at = plain.nextClearBit(0);
    while (at < text.length()) {
      int firstPlain = plain.nextSetBit(at);
      AddedToken token = match(text, at, firstPlain < 0 ? text.length() : firstPlain);
      if (token == null) {
        at = plain.nextClearBit(at + 1);
        continue;
      }
      int end = at + token.content().length();
      addText(segments, text, done, token.stripsLeft() ? spacesBefore(text, done, at) : at);
      segments.add(new Control(token.id()));
      done = token.stripsRight() ? spacesAfter(text, end) : end;
      at = plain.nextClearBit(done);
    }
    addText(segments, text, done, text.length());
    return segments;
  }

  private @Nullable AddedToken match(String text, int at, int limit) {
    for (AddedToken token : byFirstChar.getOrDefault(text.charAt(at), List.of())) {
      String content = token.content();
      int end = at + content.length();
      if (end <= limit
          && text.startsWith(content, at)
          && (!token.singleWord() || standsAlone(text, at, end))) {
        return token;
      }
    }
    return null;
  }

  private static boolean standsAlone(String text, int start, int end) {
    return (start == 0 || !isWordCharacter(text.codePointBefore(start)))
        && (end == text.length() || !isWordCharacter(text.codePointAt(end)));
  }

  /** What {@code \w} matches: Unicode's letters, marks, decimal digits, connectors and joiners. */
  private static boolean isWordCharacter(int codePoint) {
    return Character.isAlphabetic(codePoint)
        || codePoint == ZERO_WIDTH_NON_JOINER
        || codePoint == ZERO_WIDTH_JOINER
        || switch (Character.getType(codePoint)) {
          case Character.NON_SPACING_MARK,
              Character.ENCLOSING_MARK,
              Character.COMBINING_SPACING_MARK,
              Character.DECIMAL_DIGIT_NUMBER,
              Character.CONNECTOR_PUNCTUATION ->
              true;
          default -> false;
        };
  }

  private static int spacesBefore(String text, int from, int at) {
    int start = at;
    while (start > from && isSpace(text.charAt(start - 1))) {
      start--;
    }
    return start;
  }

  private static int spacesAfter(String text, int at) {
    int end = at;
    while (end < text.length() && isSpace(text.charAt(end))) {
      end++;
    }
    return end;
  }

  /** Unicode's White_Space, all of which lies in the basic plane. */
  private static boolean isSpace(char c) {
    return Character.isSpaceChar(c) || (c >= '\t' && c <= '\r') || c == '\u0085';
  }

  private static void addText(List<Segment> segments, String text, int start, int end) {
    if (start < end) {
      segments.add(new Text(text.substring(start, end), start == 0));
    }
  }
}
