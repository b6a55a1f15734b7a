package io.edgellm.inference.template;

import java.util.List;

/** The tokens of a template, read in order with one token of look-ahead. */
final class TokenStream {
  private static final int MAX_LINKS = 1_000;

  private final Source source;
  private final List<Token> tokens;
  private int position;

  TokenStream(Source source) {
    this.source = source;
    this.tokens = Lexer.tokens(source);
  }

  Source source() {
    return source;
  }

  Token current() {
    return tokens.get(position);
  }

  Token following() {
    return tokens.get(Math.min(position + 1, tokens.size() - 1));
  }

  int at() {
    return current().at();
  }

  Token next() {
    Token token = current();
    if (position < tokens.size() - 1) {
      position++;
    }
    return token;
  }

  /** Takes the operator of a chain like {@code a + b + c}, which nests to the left. */
  int link(int links) {
    if (links == MAX_LINKS) {
      throw source.unsupported(at(), "This expression is too long.");
    }
    return next().at();
  }

  boolean isOperator(String operator) {
    return current().isOperator(operator);
  }

  boolean isName(String name) {
    return current().isName(name);
  }

  boolean is(Token.Kind kind) {
    return current().kind() == kind;
  }

  boolean takeOperator(String operator) {
    if (!isOperator(operator)) {
      return false;
    }
    next();
    return true;
  }

  boolean takeName(String name) {
    if (!isName(name)) {
      return false;
    }
    next();
    return true;
  }

  Token expect(Token.Kind kind, String what) {
    if (!is(kind)) {
      throw unexpected(what);
    }
    return next();
  }

  void expectOperator(String operator) {
    if (!takeOperator(operator)) {
      throw unexpected("'" + operator + "'");
    }
  }

  void expectName(String name) {
    if (!takeName(name)) {
      throw unexpected("'" + name + "'");
    }
  }

  RuntimeException unexpected(String expected) {
    return source.malformed(
        at(), "Expected " + expected + ", found " + current().described() + ".");
  }
}
