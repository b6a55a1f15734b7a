package io.edgellm.inference.template;

/** Python's escape sequences in a string literal. */
final class StringLiteral {
  private StringLiteral() {}

  static String value(String body, Source source, int at) {
    if (body.indexOf('\\') < 0) {
      return body;
    }
    StringBuilder value = new StringBuilder(body.length());
    int i = 0;
    while (i < body.length()) {
      char c = body.charAt(i++);
      if (c != '\\') {
        value.append(c);
        continue;
      }
      char escape = body.charAt(i++);
      switch (escape) {
        case '\n' -> {}
        case 'n' -> value.append('\n');
        case 't' -> value.append('\t');
        case 'r' -> value.append('\r');
        case 'b' -> value.append('\b');
        case 'f' -> value.append('\f');
        case 'a' -> value.append('\u0007');
        case 'v' -> value.append('\u000B');
        case '\\', '\'', '"' -> value.append(escape);
        case 'x' -> i = hex(body, i, 2, value, source, at);
        case 'u' -> i = hex(body, i, 4, value, source, at);
        case 'U' -> i = hex(body, i, 8, value, source, at);
        case 'N' -> i = named(body, i, value, source, at);
        default -> {
          if (escape >= '0' && escape <= '7') {
            i = octal(body, i - 1, value);
          } else {
            value.append('\\').append(escape);
          }
        }
      }
    }
    return value.toString();
  }

  private static int hex(
      String body, int start, int digits, StringBuilder value, Source source, int at) {
    int end = start + digits;
    int codePoint = 0;
    for (int i = start; i < end; i++) {
      int digit = i < body.length() ? Character.digit(body.charAt(i), 16) : -1;
      codePoint = codePoint << 4 | digit;
      if (digit < 0 || !Character.isValidCodePoint(codePoint)) {
        throw source.malformed(at, "This string has an escape without its hexadecimal digits.");
      }
    }
    value.appendCodePoint(codePoint);
    return end;
  }

  /** The character of a name in Unicode, {@code \\N{BULLET}}. */
  private static int named(String body, int start, StringBuilder value, Source source, int at) {
    int end = body.startsWith("{", start) ? body.indexOf('}', start) : -1;
    try {
      value.appendCodePoint(
          Character.codePointOf(body.substring(start + 1, Math.max(end, start + 1))));
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      throw source.malformed(at, "This string has an escape without the name of a character.");
    }
    return end + 1;
  }

  private static int octal(String body, int start, StringBuilder value) {
    int end = start;
    int codePoint = 0;
    while (end < body.length()
        && end < start + 3
        && body.charAt(end) >= '0'
        && body.charAt(end) <= '7') {
      codePoint = codePoint << 3 | (body.charAt(end++) - '0');
    }
    value.append((char) codePoint);
    return end;
  }
}
