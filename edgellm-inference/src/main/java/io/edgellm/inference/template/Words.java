package io.edgellm.inference.template;

import java.util.Deque;
import java.util.List;

/** Reads the words between two marks: names, numbers, strings, operators; after jinja2's lexer. */
final class Words {
  private static final String[] OPERATORS = {
    "**", "//", "==", "!=", ">=", "<=", "+", "-", "/", "*", "%", "~", "[", "]", "(", ")", "{", "}",
    ">", "<", "=", ".", ":", "|", ",", ";"
  };

  private final Source source;
  private final String text;
  private final List<Token> tokens;

  Words(Source source, List<Token> tokens) {
    this.source = source;
    this.text = source.text();
    this.tokens = tokens;
  }

  /**
   * Adds the word at an offset to the tokens.
   *
   * @param open the brackets that are open, as the ones that will close them
   * @return the offset behind the word
   */
  int read(int at, Deque<Character> open) {
    char c = text.charAt(at);
    if (isDigit(c, 10)) {
      return number(at);
    }
    if (c == '"' || c == '\'') {
      return string(at, c);
    }
    int end = nameEnd(at);
    if (end > at) {
      tokens.add(new Token(Token.Kind.NAME, text.substring(at, end), at));
      return end;
    }
    return operator(at, open);
  }

  private int nameEnd(int at) {
    int i = at;
    while (i < text.length()) {
      int c = text.codePointAt(i);
      boolean belongs = i == at ? c == '_' || Character.isLetter(c) : isNamePart(c);
      if (!belongs) {
        break;
      }
      i += Character.charCount(c);
    }
    return i;
  }

  static boolean isNamePart(int c) {
    return c == '_'
        || Character.isLetterOrDigit(c)
        || switch (Character.getType(c)) {
          case Character.LETTER_NUMBER,
              Character.NON_SPACING_MARK,
              Character.COMBINING_SPACING_MARK,
              Character.CONNECTOR_PUNCTUATION ->
              true;
          default -> false;
        };
  }

  private int number(int at) {
    int radix =
        text.charAt(at) != '0' || at + 1 == text.length()
            ? 10
            : switch (Character.toLowerCase(text.charAt(at + 1))) {
              case 'x' -> 16;
              case 'o' -> 8;
              case 'b' -> 2;
              default -> 10;
            };
    if (radix != 10) {
      int end = digits(at + 2, radix);
      if (end > at + 2) {
        return add(Token.Kind.INTEGER, at, end);
      }
    }
    int end = digits(at, 10);
    int fraction = afterDot(at) ? end : fractionEnd(end);
    if (fraction > end) {
      return add(Token.Kind.FLOAT, at, fraction);
    }
    return add(Token.Kind.INTEGER, at, text.charAt(at) == '0' ? zeros(at) : end);
  }

  /** A number behind a point is an index: {@code list.0.1}. */
  private boolean afterDot(int at) {
    return at > 0 && text.charAt(at - 1) == '.';
  }

  private int fractionEnd(int integerEnd) {
    int end = integerEnd;
    if (end < text.length() && text.charAt(end) == '.') {
      int decimals = digits(end + 1, 10);
      if (decimals == end + 1) {
        return integerEnd;
      }
      end = decimals;
    }
    if (end < text.length() && Character.toLowerCase(text.charAt(end)) == 'e') {
      int sign = end + 1 < text.length() && "+-".indexOf(text.charAt(end + 1)) >= 0 ? 1 : 0;
      int exponent = digits(end + 1 + sign, 10);
      if (exponent > end + 1 + sign) {
        return exponent;
      }
    }
    return end;
  }

  /** Behind digits with single underscores between them; such an underscore may also lead. */
  private int digits(int start, int radix) {
    int end = start;
    int i = start;
    while (i < text.length()) {
      if (text.charAt(i) == '_' && (i > start || radix != 10)) {
        i++;
      }
      if (i == text.length() || !isDigit(text.charAt(i), radix)) {
        break;
      }
      end = ++i;
    }
    return end;
  }

  /** A whole number with a leading zero is zeros only; what follows is a word of its own. */
  private int zeros(int start) {
    int end = start + 1;
    int i = end;
    while (i < text.length()) {
      if (text.charAt(i) == '_') {
        i++;
      }
      if (i == text.length() || text.charAt(i) != '0') {
        break;
      }
      end = ++i;
    }
    return end;
  }

  private static boolean isDigit(char c, int radix) {
    return c < 0x80 && Character.digit(c, radix) >= 0;
  }

  private int add(Token.Kind kind, int at, int end) {
    tokens.add(new Token(kind, text.substring(at, end).replace("_", ""), at));
    return end;
  }

  private int string(int at, char quote) {
    for (int i = at + 1; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\\') {
        i++;
      } else if (c == quote) {
        String value = StringLiteral.value(text.substring(at + 1, i), source, at);
        tokens.add(new Token(Token.Kind.STRING, value, at));
        return i + 1;
      }
    }
    throw source.malformed(at, "This string does not end.");
  }

  private int operator(int at, Deque<Character> open) {
    for (String operator : OPERATORS) {
      if (text.startsWith(operator, at)) {
        brackets(operator.charAt(0), at, open);
        tokens.add(new Token(Token.Kind.OPERATOR, operator, at));
        return at + operator.length();
      }
    }
    throw source.malformed(
        at, "Unexpected character '" + Character.toString(text.codePointAt(at)) + "'.");
  }

  private void brackets(char operator, int at, Deque<Character> open) {
    switch (operator) {
      case '(' -> open.push(')');
      case '[' -> open.push(']');
      case '{' -> open.push('}');
      case ')', ']', '}' -> {
        if (open.isEmpty() || open.pop() != operator) {
          throw source.malformed(at, "Unexpected '" + operator + "'.");
        }
      }
      default -> {}
    }
  }
}
