package io.edgellm.inference.drift;

import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The words of mteval-v13a, which sacreBLEU takes unless told otherwise ({@code tok:13a}): ASCII
 * punctuation stands alone, but for points and commas between digits.
 */
final class BleuWords {
  private static final Pattern PUNCTUATION = Pattern.compile("([{-~\\[-` -&(-+:-@/])");
  private static final Pattern POINT_AFTER_OTHER = Pattern.compile("([^0-9])([.,])");
  private static final Pattern POINT_BEFORE_OTHER = Pattern.compile("([.,])([^0-9])");
  private static final Pattern DASH_AFTER_DIGIT = Pattern.compile("([0-9])(-)");

  /** What Python's {@code str.split()} splits at. */
  private static final Pattern BLANKS =
      Pattern.compile(
          "[\\s\\x1c-\\x1f\\x85\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000\\x0b]+");

  private BleuWords() {}

  static List<String> of(String text) {
    String line = " " + unescaped(text.stripTrailing()) + " ";
    line = PUNCTUATION.matcher(line).replaceAll(" $1 ");
    line = POINT_AFTER_OTHER.matcher(line).replaceAll("$1 $2 ");
    line = POINT_BEFORE_OTHER.matcher(line).replaceAll(" $1 $2");
    line = DASH_AFTER_DIGIT.matcher(line).replaceAll("$1 $2 ");
    return Arrays.stream(BLANKS.split(line)).filter(word -> !word.isEmpty()).toList();
  }

  private static String unescaped(String text) {
    return text.replace("<skipped>", "")
        .replace("-\n", "")
        .replace("\n", " ")
        .replace("&quot;", "\"")
        .replace("&amp;", "&")
        .replace("&lt;", "<")
        .replace("&gt;", ">");
  }
}
