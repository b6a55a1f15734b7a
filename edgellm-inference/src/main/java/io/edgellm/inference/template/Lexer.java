package io.edgellm.inference.template;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a template into tokens, with the white-space rules of Hugging Face's environment: {@code
 * trim_blocks} (the line feed after a block goes) and {@code lstrip_blocks} (the spaces before a
 * block on its line go), {@code -} and {@code +} overrule them. After jinja2's lexer.py.
 */
final class Lexer {
  private static final Pattern RAW = Pattern.compile("\\{%[-+]?\\s*raw\\s*(?:-%\\}\\s*|%\\})");
  private static final Pattern END_RAW =
      Pattern.compile("\\{%([-+]?)\\s*endraw\\s*(?:\\+%\\}|-%\\}\\s*|%\\}\\n?)");
  private static final Pattern COMMENT_END = Pattern.compile("\\+#\\}|-#\\}\\s*|#\\}\\n?");
  private static final Pattern BLOCK_END = Pattern.compile("\\+%\\}|-%\\}\\s*|%\\}\\n?");
  private static final Pattern VARIABLE_END = Pattern.compile("-\\}\\}\\s*|\\}\\}");
  private static final Pattern FLOAT =
      Pattern.compile(
          "[0-9](?:_?[0-9])*(?:\\.[0-9](?:_?[0-9])*(?:[eE][-+]?[0-9](?:_?[0-9])*)?"
              + "|[eE][-+]?[0-9](?:_?[0-9])*)");
  private static final Pattern INTEGER =
      Pattern.compile(
          "0[bB](?:_?[01])+|0[oO](?:_?[0-7])+|0[xX](?:_?[0-9a-fA-F])+|[1-9](?:_?[0-9])*|0(?:_?0)*");
  private static final Pattern NAME =
      Pattern.compile("[\\p{L}_][\\p{L}\\p{N}\\p{M}_]*", Pattern.UNICODE_CHARACTER_CLASS);
  private static final Pattern STRING =
      Pattern.compile(
          "'[^'\\\\]*+(?:\\\\.[^'\\\\]*+)*+'|\"[^\"\\\\]*+(?:\\\\.[^\"\\\\]*+)*+\"",
          Pattern.DOTALL);
  private static final Pattern OPERATOR =
      Pattern.compile("\\*\\*|//|==|!=|>=|<=|[-+/*%~\\[\\](){}><=.:|,;]");

  private final Source source;
  private final String text;
  private final List<Token> tokens = new ArrayList<>();
  private final Map<Pattern, Matcher> matchers = new HashMap<>();
  private int at;
  private boolean lineStarting = true;

  private Lexer(Source source) {
    this.source = source;
    this.text = source.text();
  }

  static List<Token> tokens(Source source) {
    Lexer lexer = new Lexer(source);
    lexer.run();
    return lexer.tokens;
  }

  private void run() {
    while (at < text.length()) {
      int mark = nextMark();
      if (mark < 0) {
        data(at, text.length());
        at = text.length();
      } else {
        open(mark);
      }
    }
    tokens.add(new Token(Token.Kind.END, "", text.length()));
  }

  private int nextMark() {
    int i = text.indexOf('{', at);
    while (i >= 0 && i + 1 < text.length()) {
      char second = text.charAt(i + 1);
      if (second == '{' || second == '%' || second == '#') {
        return i;
      }
      i = text.indexOf('{', i + 1);
    }
    return -1;
  }

  private void open(int mark) {
    char kind = text.charAt(mark + 1);
    char sign = mark + 2 < text.length() ? text.charAt(mark + 2) : ' ';
    data(at, endOfTextBefore(mark, sign, kind != '{'));
    at = mark + (sign == '-' || sign == '+' ? 3 : 2);
    if (kind == '#') {
      skipComment(mark);
    } else if (kind == '{') {
      expression(Token.Kind.VARIABLE_BEGIN, Token.Kind.VARIABLE_END, mark);
    } else {
      Matcher raw = RAW.matcher(text).region(mark, text.length());
      if (raw.lookingAt()) {
        raw(raw.end(), mark);
      } else {
        expression(Token.Kind.BLOCK_BEGIN, Token.Kind.BLOCK_END, mark);
      }
    }
  }

  /** Where the text before a mark ends: {@code -} and lstrip_blocks take white space away. */
  private int endOfTextBefore(int mark, char sign, boolean block) {
    if (sign == '-') {
      int end = mark;
      while (end > at && PythonSpace.is(text.charAt(end - 1))) {
        end--;
      }
      return end;
    }
    if (sign == '+' || !block) {
      return mark;
    }
    int line = mark == 0 ? 0 : text.lastIndexOf('\n', mark - 1) + 1;
    int start = Math.max(line, at);
    boolean blank = line > at || lineStarting;
    for (int i = start; i < mark && blank; i++) {
      blank = PythonSpace.is(text.charAt(i));
    }
    return blank ? start : mark;
  }

  private void raw(int start, int mark) {
    Matcher end = END_RAW.matcher(text);
    if (!end.find(start)) {
      throw source.malformed(mark, "This raw block has no endraw.");
    }
    closedAt(start);
    String sign = end.group(1);
    data(start, endOfTextBefore(end.start(), sign.isEmpty() ? ' ' : sign.charAt(0), true));
    closedAt(end.end());
  }

  private void skipComment(int mark) {
    Matcher end = COMMENT_END.matcher(text);
    if (!end.find(at)) {
      throw source.malformed(mark, "This comment does not end.");
    }
    closedAt(end.end());
  }

  private void closedAt(int end) {
    at = end;
    lineStarting = text.charAt(end - 1) == '\n';
  }

  private void expression(Token.Kind begin, Token.Kind end, int mark) {
    boolean block = end == Token.Kind.BLOCK_END;
    tokens.add(new Token(begin, block ? "{%" : "{{", mark));
    Deque<Character> open = new ArrayDeque<>();
    while (at < text.length()) {
      Matcher closing = open.isEmpty() ? matching(block ? BLOCK_END : VARIABLE_END) : null;
      if (closing != null) {
        tokens.add(new Token(end, block ? "%}" : "}}", at));
        closedAt(closing.end());
        return;
      }
      if (PythonSpace.is(text.charAt(at))) {
        at++;
      } else {
        word(open);
      }
    }
    throw source.malformed(mark, "This mark is not closed.");
  }

  private void word(Deque<Character> open) {
    char c = text.charAt(at);
    boolean known;
    if (c >= '0' && c <= '9') {
      known = add(Token.Kind.FLOAT, FLOAT) || add(Token.Kind.INTEGER, INTEGER);
    } else if (c == '"' || c == '\'') {
      known = add(Token.Kind.STRING, STRING);
    } else {
      known = operator(open) || add(Token.Kind.NAME, NAME);
    }
    if (!known) {
      throw source.malformed(
          at, "Unexpected character '" + Character.toString(text.codePointAt(at)) + "'.");
    }
  }

  private boolean add(Token.Kind kind, Pattern pattern) {
    Matcher matcher = matching(pattern);
    if (matcher == null) {
      return false;
    }
    String word = matcher.group();
    String value =
        switch (kind) {
          case STRING -> StringLiteral.value(word.substring(1, word.length() - 1), source, at);
          case FLOAT, INTEGER -> word.replace("_", "");
          default -> word;
        };
    tokens.add(new Token(kind, value, at));
    at = matcher.end();
    return true;
  }

  private boolean operator(Deque<Character> open) {
    Matcher matcher = matching(OPERATOR);
    if (matcher == null) {
      return false;
    }
    char first = matcher.group().charAt(0);
    switch (first) {
      case '(' -> open.push(')');
      case '[' -> open.push(']');
      case '{' -> open.push('}');
      case ')', ']', '}' -> {
        if (open.isEmpty() || open.pop() != first) {
          throw source.malformed(at, "Unexpected '" + first + "'.");
        }
      }
      default -> {}
    }
    tokens.add(new Token(Token.Kind.OPERATOR, matcher.group(), at));
    at = matcher.end();
    return true;
  }

  private @Nullable Matcher matching(Pattern pattern) {
    Matcher matcher = matchers.computeIfAbsent(pattern, p -> p.matcher(text));
    return matcher.region(at, text.length()).lookingAt() ? matcher : null;
  }

  private void data(int start, int end) {
    if (start < end) {
      tokens.add(new Token(Token.Kind.DATA, text.substring(start, end), start));
    }
  }
}
