package io.edgellm.inference.template;

import io.edgellm.inference.template.Expression.Arguments;
import io.edgellm.inference.template.Expression.FilterCall;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Parses what stands between operators: literals, variables, brackets, and what hangs on them,
 * attributes, items, calls, filters and tests. Filters and tests are looked up here, so that a
 * template with an unknown one is refused before it runs.
 */
final class OperandParser {
  /** Python reads no longer numbers. */
  private static final int MAX_DIGITS = 4_300;

  private final TokenStream tokens;
  private final ExpressionParser expressions;
  private final Set<String> namesSeen = new HashSet<>();
  private final List<Unknown> unknown = new ArrayList<>();

  OperandParser(TokenStream tokens, ExpressionParser expressions) {
    this.tokens = tokens;
    this.expressions = expressions;
  }

  /** The variables that were read so far; a macro asks whether its body speaks of varargs. */
  Set<String> namesSeen() {
    return namesSeen;
  }

  /** A literal, a variable or a bracket, with what hangs on it: attributes, items, calls. */
  Expression operand() {
    return postfix(primary());
  }

  private Expression primary() {
    Token token = tokens.next();
    return switch (token.kind()) {
      case NAME -> name(token);
      case STRING -> string(token);
      case INTEGER -> new Expression.Literal(integer(token), token.at());
      case FLOAT -> new Expression.Literal(Value.of(Double.parseDouble(token.text())), token.at());
      case OPERATOR -> bracketed(token);
      default -> throw unexpected(token);
    };
  }

  private Expression name(Token token) {
    Value constant =
        switch (token.text()) {
          case "true", "True" -> Value.Bool.TRUE;
          case "false", "False" -> Value.Bool.FALSE;
          case "none", "None" -> Value.None.NONE;
          default -> null;
        };
    if (constant != null) {
      return new Expression.Literal(constant, token.at());
    }
    namesSeen.add(token.text());
    return new Expression.Name(token.text(), token.at());
  }

  private Expression string(Token first) {
    StringBuilder joined = new StringBuilder(first.text());
    while (tokens.is(Token.Kind.STRING)) {
      joined.append(tokens.next().text());
    }
    return new Expression.Literal(Value.ofTemplate(joined.toString()), first.at());
  }

  private Value integer(Token token) {
    String digits = token.text();
    int radix =
        switch (digits.length() > 1 ? Character.toLowerCase(digits.charAt(1)) : ' ') {
          case 'x' -> 16;
          case 'o' -> 8;
          case 'b' -> 2;
          default -> 10;
        };
    if (digits.length() > MAX_DIGITS) {
      throw tokens.source().unsupported(token.at(), "This number has too many digits.");
    }
    return Value.of(new BigInteger(radix == 10 ? digits : digits.substring(2), radix));
  }

  private Expression bracketed(Token token) {
    return switch (token.text()) {
      case "(" -> {
        Expression inner =
            tokens.isOperator(")")
                ? new Expression.Listing(List.of(), Value.Items.Kind.TUPLE, token.at())
                : expressions.tuple(true);
        tokens.expectOperator(")");
        yield inner;
      }
      case "[" -> new Expression.Listing(items("]"), Value.Items.Kind.LIST, token.at());
      case "{" -> dict(token);
      default -> throw unexpected(token);
    };
  }

  private List<Expression> items(String close) {
    List<Expression> items = new ArrayList<>();
    while (!tokens.takeOperator(close)) {
      if (!items.isEmpty()) {
        tokens.expectOperator(",");
        if (tokens.takeOperator(close)) {
          break;
        }
      }
      items.add(expressions.expression());
    }
    return items;
  }

  private Expression dict(Token open) {
    List<Expression.Entry> entries = new ArrayList<>();
    while (!tokens.takeOperator("}")) {
      if (!entries.isEmpty()) {
        tokens.expectOperator(",");
        if (tokens.takeOperator("}")) {
          break;
        }
      }
      Expression key = expressions.expression();
      tokens.expectOperator(":");
      entries.add(new Expression.Entry(key, expressions.expression()));
    }
    return new Expression.DictLiteral(entries, open.at());
  }

  private Expression postfix(Expression start) {
    Expression value = start;
    for (int links = 0; ; links++) {
      int at = tokens.at();
      if (tokens.isOperator(".")) {
        tokens.link(links);
        value = attribute(value, at);
      } else if (tokens.isOperator("[")) {
        tokens.link(links);
        value = subscript(value, at);
      } else if (tokens.isOperator("(")) {
        tokens.link(links);
        value = new Expression.Call(value, arguments(), at);
      } else {
        return value;
      }
    }
  }

  private Expression attribute(Expression target, int at) {
    if (tokens.is(Token.Kind.INTEGER)) {
      Token index = tokens.next();
      return new Expression.Item(target, new Expression.Literal(integer(index), index.at()), at);
    }
    return new Expression.Attribute(
        target, tokens.expect(Token.Kind.NAME, "the name of an attribute").text(), at);
  }

  private Expression subscript(Expression target, int at) {
    if (tokens.takeOperator("]")) {
      return new Expression.Item(
          target, new Expression.Listing(List.of(), Value.Items.Kind.TUPLE, at), at);
    }
    Expression start = tokens.isOperator(":") ? null : expressions.tuple(true);
    if (start != null && tokens.takeOperator("]")) {
      return new Expression.Item(target, start, at);
    }
    tokens.expectOperator(":");
    Expression stop = sliceEnd() ? null : expressions.expression();
    Expression step = tokens.takeOperator(":") && !sliceEnd() ? expressions.expression() : null;
    tokens.expectOperator("]");
    return new Expression.Slice(target, start, stop, step, at);
  }

  private boolean sliceEnd() {
    return tokens.isOperator("]") || tokens.isOperator(":");
  }

  /** The arguments of a call; the bracket before them is already taken. */
  private Arguments arguments() {
    List<Expression> positional = new ArrayList<>();
    Map<String, Expression> named = new LinkedHashMap<>();
    Expression morePositional = null;
    Expression moreNamed = null;
    boolean first = true;
    while (!tokens.takeOperator(")")) {
      if (!first) {
        tokens.expectOperator(",");
        if (tokens.takeOperator(")")) {
          break;
        }
      }
      first = false;
      if (tokens.takeOperator("*")) {
        morePositional = expressions.expression();
      } else if (tokens.takeOperator("**")) {
        moreNamed = expressions.expression();
      } else if (tokens.is(Token.Kind.NAME) && tokens.following().isOperator("=")) {
        String name = tokens.next().text();
        tokens.next();
        named.put(name, expressions.expression());
      } else if (named.isEmpty() && moreNamed == null) {
        positional.add(expressions.expression());
      } else {
        throw tokens.source().malformed(tokens.at(), "A positional argument follows a named one.");
      }
    }
    return new Arguments(positional, named, morePositional, moreNamed);
  }

  Expression filtersAndTests(Expression start) {
    Expression value = start;
    for (int links = 0; ; links++) {
      int at = tokens.at();
      if (tokens.isOperator("|")) {
        tokens.link(links);
        value = new Expression.Filtered(value, filterCall());
      } else if (tokens.isName("is")) {
        tokens.link(links);
        value = test(value);
      } else if (tokens.isOperator("(")) {
        tokens.link(links);
        value = new Expression.Call(value, arguments(), at);
      } else {
        return value;
      }
    }
  }

  /** A filter; the bar before it is already taken. */
  FilterCall filterCall() {
    int at = tokens.at();
    String name = dottedName("a filter");
    Filter filter = Filters.named(name);
    if (filter == null) {
      String message = addUnknown("filter", name, at);
      filter =
          (rendering, input, args) -> {
            throw new Fault(message);
          };
    }
    Arguments arguments = tokens.takeOperator("(") ? arguments() : Arguments.NONE;
    return new FilterCall(name, filter, arguments, at);
  }

  private String addUnknown(String kind, String name, int at) {
    String message = "There is no " + kind + " '" + name + "'.";
    if (!expressions.isConditional()) {
      unknown.add(new Unknown(message, at));
    }
    return message;
  }

  /** How many unknown filters and tests wait to be refused. */
  int unknown() {
    return unknown.size();
  }

  /**
   * Forgets what was added behind a count, because it runs under a condition: there Jinja asks for
   * a filter only when the template comes along, and published templates count on that.
   */
  void allowUnknown(int count) {
    unknown.subList(count, unknown.size()).clear();
  }

  void refuseUnknown() {
    if (!unknown.isEmpty()) {
      throw tokens.source().unsupported(unknown.get(0).at(), unknown.get(0).message());
    }
  }

  /** A filter or test that does not exist. */
  private record Unknown(String message, int at) {}

  private Expression test(Expression value) {
    boolean negated = tokens.takeName("not");
    int at = tokens.at();
    String name = dottedName("a test");
    Test test = Tests.named(name);
    if (test == null) {
      String message = addUnknown("test", name, at);
      test =
          (rendering, input, args) -> {
            throw new Fault(message);
          };
    }
    Expression tested = new Expression.Tested(value, name, test, testArguments(), at);
    return negated ? new Expression.Not(tested, at) : tested;
  }

  private Arguments testArguments() {
    if (tokens.takeOperator("(")) {
      return arguments();
    }
    boolean operand =
        switch (tokens.current().kind()) {
          case STRING, INTEGER, FLOAT -> true;
          case NAME ->
              !tokens.isName("else")
                  && !tokens.isName("or")
                  && !tokens.isName("and")
                  && !tokens.isName("is")
                  && !tokens.isName("if")
                  && !tokens.isName("in")
                  && !tokens.isName("not");
          case OPERATOR -> tokens.isOperator("[") || tokens.isOperator("{");
          default -> false;
        };
    return operand ? new Arguments(List.of(operand()), Map.of(), null, null) : Arguments.NONE;
  }

  private String dottedName(String what) {
    StringBuilder name = new StringBuilder(tokens.expect(Token.Kind.NAME, what).text());
    while (tokens.takeOperator(".")) {
      name.append('.').append(tokens.expect(Token.Kind.NAME, what).text());
    }
    return name.toString();
  }

  private RuntimeException unexpected(Token token) {
    return tokens
        .source()
        .malformed(token.at(), "Expected an expression, found " + token.described() + ".");
  }
}
