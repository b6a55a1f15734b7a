package io.edgellm.inference.template;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Takes tags, comments and entities out of HTML, as markupsafe's {@code striptags} does. */
final class Tags {
  private static final Map<String, String> ENTITIES =
      Map.of("amp", "&", "lt", "<", "gt", ">", "quot", "\"", "apos", "'", "nbsp", "\u00A0");

  private static final int LONGEST_ENTITY = 9;

  private Tags() {}

  static String stripped(String html) {
    String bare = without(without(html, "<!--", "-->"), "<", ">");
    StringBuilder words = new StringBuilder();
    for (Value word : Strings.splitAtSpace(Text.template(bare), -1)) {
      words.append(words.length() == 0 ? "" : " ").append(word);
    }
    return withoutEntities(words.toString());
  }

  private static String without(String text, String open, String close) {
    StringBuilder rest = new StringBuilder();
    int done = 0;
    for (int start = text.indexOf(open); start >= 0; start = text.indexOf(open, done)) {
      int end = text.indexOf(close, start);
      if (end < 0) {
        break;
      }
      rest.append(text, done, start);
      done = end + close.length();
    }
    return rest.append(text, done, text.length()).toString();
  }

  private static String withoutEntities(String text) {
    StringBuilder plain = new StringBuilder();
    int done = 0;
    for (int start = text.indexOf('&'); start >= 0; start = text.indexOf('&', start + 1)) {
      int end = text.indexOf(';', start);
      String meant =
          end < 0 || end - start > LONGEST_ENTITY ? null : meaning(text.substring(start + 1, end));
      if (meant != null) {
        plain.append(text, done, start).append(meant);
        done = end + 1;
      }
    }
    return plain.append(text, done, text.length()).toString();
  }

  private static @Nullable String meaning(String entity) {
    if (!entity.startsWith("#")) {
      return ENTITIES.get(entity);
    }
    boolean hexadecimal = entity.startsWith("#x") || entity.startsWith("#X");
    try {
      int codePoint =
          Integer.parseInt(entity.substring(hexadecimal ? 2 : 1), hexadecimal ? 16 : 10);
      return Character.isValidCodePoint(codePoint) ? Character.toString(codePoint) : "\uFFFD";
    } catch (NumberFormatException e) {
      return null;
    }
  }
}
