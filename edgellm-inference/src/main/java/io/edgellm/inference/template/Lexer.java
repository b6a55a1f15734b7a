package io.edgellm.inference.template;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Cuts a template into tokens, with the white-space rules of Hugging Face's environment: {@code
 * trim_blocks} (the line feed after a block goes) and {@code lstrip_blocks} (the spaces before a
 * block on its line go), {@code -} and {@code +} overrule them. After jinja2's lexer.py, but by
 * hand: every character is looked at a bounded number of times and nothing recurses, so that a
 * hostile template costs no more than its length.
 */
final class Lexer {
  private static final String RAW = "raw";
  private static final String END_RAW = "endraw";

  private final Source source;
  private final String text;
  private final List<Token> tokens = new ArrayList<>();
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
    char sign = charAt(mark + 2);
    data(at, endOfTextBefore(at, mark, sign, kind != '{'));
    at = mark + (sign == '-' || sign == '+' ? 3 : 2);
    if (kind == '#') {
      skipComment(mark);
    } else if (kind == '{') {
      expression(Token.Kind.VARIABLE_BEGIN, "{{", Token.Kind.VARIABLE_END, "}}", mark);
    } else {
      int bodyOfRaw = rawBody();
      if (bodyOfRaw >= 0) {
        raw(bodyOfRaw, mark);
      } else {
        expression(Token.Kind.BLOCK_BEGIN, "{%", Token.Kind.BLOCK_END, "%}", mark);
      }
    }
  }

  /** The character at an offset, or one that means nothing behind the end. */
  private char charAt(int offset) {
    return offset < text.length() ? text.charAt(offset) : '\uFFFF';
  }

  private int skipSpace(int from) {
    int i = from;
    while (i < text.length() && PythonSpace.is(text.charAt(i))) {
      i++;
    }
    return i;
  }

  /** Where the text before a mark ends: {@code -} and lstrip_blocks take white space away. */
  private int endOfTextBefore(int start, int mark, char sign, boolean block) {
    int end = mark;
    if (sign == '-') {
      while (end > start && PythonSpace.is(text.charAt(end - 1))) {
        end--;
      }
      return end;
    }
    if (sign == '+' || !block) {
      return mark;
    }
    while (end > start && PythonSpace.is(text.charAt(end - 1)) && text.charAt(end - 1) != '\n') {
      end--;
    }
    boolean lineBegins = end > start ? text.charAt(end - 1) == '\n' : lineStarting;
    return lineBegins ? end : mark;
  }

  /** Behind {@code {% raw %}}, if that is what stands here, or -1. */
  private int rawBody() {
    int word = skipSpace(at);
    if (!text.startsWith(RAW, word)) {
      return -1;
    }
    int end = skipSpace(word + RAW.length());
    if (text.startsWith("%}", end)) {
      return end + 2;
    }
    return text.startsWith("-%}", end) ? skipSpace(end + 3) : -1;
  }

  private void raw(int start, int mark) {
    closedAt(start);
    for (int i = text.indexOf("{%", start); i >= 0; i = text.indexOf("{%", i + 2)) {
      char sign = charAt(i + 2);
      int word = skipSpace(sign == '-' || sign == '+' ? i + 3 : i + 2);
      int closing = text.startsWith(END_RAW, word) ? skipSpace(word + END_RAW.length()) : -1;
      int end = closing < 0 ? -1 : endOfMark(closing, "%}");
      if (end >= 0) {
        data(start, endOfTextBefore(start, i, sign, true));
        closedAt(end);
        return;
      }
    }
    if (start < text.length()) {
      throw source.malformed(mark, "This raw block has no endraw.");
    }
  }

  /** Behind the sign that closes a block or comment here, and the white space it takes, or -1. */
  private int endOfMark(int offset, String close) {
    char sign = charAt(offset);
    if (sign == '-' && text.startsWith(close, offset + 1)) {
      return skipSpace(offset + 1 + close.length());
    }
    if (sign == '+' && text.startsWith(close, offset + 1)) {
      return offset + 1 + close.length();
    }
    if (!text.startsWith(close, offset)) {
      return -1;
    }
    int end = offset + close.length();
    return charAt(end) == '\n' ? end + 1 : end;
  }

  private void skipComment(int mark) {
    int close = text.indexOf("#}", at);
    if (at == text.length()) {
      return;
    }
    if (close < 0) {
      throw source.malformed(mark, "This comment does not end.");
    }
    char sign = close > at ? text.charAt(close - 1) : ' ';
    closedAt(endOfMark(sign == '-' || sign == '+' ? close - 1 : close, "#}"));
  }

  private void closedAt(int end) {
    at = end;
    lineStarting = text.charAt(end - 1) == '\n';
  }

  private void expression(Token.Kind begin, String open, Token.Kind end, String close, int mark) {
    tokens.add(new Token(begin, open, mark));
    Words words = new Words(source, tokens);
    Deque<Character> brackets = new ArrayDeque<>();
    while (at < text.length()) {
      int closed = brackets.isEmpty() ? closed(close) : -1;
      if (closed >= 0) {
        tokens.add(new Token(end, close, at));
        closedAt(closed);
        return;
      }
      at = PythonSpace.is(text.charAt(at)) ? at + 1 : words.read(at, brackets);
    }
    throw source.malformed(mark, "This mark is not closed.");
  }

  private int closed(String close) {
    if (close.equals("%}")) {
      return endOfMark(at, close);
    }
    if (text.startsWith(close, at)) {
      return at + close.length();
    }
    return text.charAt(at) == '-' && text.startsWith(close, at + 1)
        ? skipSpace(at + 1 + close.length())
        : -1;
  }

  private void data(int start, int end) {
    if (start < end) {
      tokens.add(new Token(Token.Kind.DATA, text.substring(start, end), start));
    }
  }
}
