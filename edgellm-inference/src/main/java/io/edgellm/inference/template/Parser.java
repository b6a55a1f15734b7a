package io.edgellm.inference.template;

import io.edgellm.inference.template.Expression.FilterCall;
import io.edgellm.inference.template.Statement.Branch;
import io.edgellm.inference.template.Statement.Parameter;
import io.edgellm.inference.template.Statement.Signature;
import io.edgellm.inference.template.Statement.Target;
import java.util.ArrayList;
import java.util.List;

/** Parses the statements of a template; what this engine does not run is refused here. */
final class Parser {
  private static final int MAX_DEPTH = 100;

  private final TokenStream tokens;
  private final ExpressionParser expressions;
  private int depth;
  private int loops;

  private Parser(TokenStream tokens) {
    this.tokens = tokens;
    this.expressions = new ExpressionParser(tokens);
  }

  static List<Statement> parse(Source source) {
    Parser parser = new Parser(new TokenStream(source));
    List<Statement> statements = parser.statements();
    if (!parser.tokens.is(Token.Kind.END)) {
      throw parser.tokens.unexpected("a statement");
    }
    return statements;
  }

  /** Statements that run under a condition only, or not. */
  private List<Statement> statements(boolean conditional, String... ends) {
    boolean outer = expressions.conditional(conditional);
    List<Statement> statements = statements(ends);
    expressions.conditional(outer);
    return statements;
  }

  /** Statements up to a word that ends or continues a block, which stays the current token. */
  private List<Statement> statements(String... ends) {
    if (++depth > MAX_DEPTH) {
      throw tokens
          .source()
          .unsupported(tokens.at(), "These blocks are nested more than " + MAX_DEPTH + " deep.");
    }
    List<Statement> statements = new ArrayList<>();
    while (!tokens.is(Token.Kind.END)) {
      Token token = tokens.next();
      switch (token.kind()) {
        case DATA -> statements.add(new Statement.Data(Text.template(token.text())));
        case VARIABLE_BEGIN -> {
          statements.add(new Statement.Print(expressions.tuple(true)));
          tokens.expect(Token.Kind.VARIABLE_END, "'}}'");
        }
        default -> {
          if (List.of(ends).contains(tokens.current().text())) {
            depth--;
            return statements;
          }
          statements.add(statement());
        }
      }
    }
    if (ends.length > 0) {
      throw tokens.unexpected("'" + ends[ends.length - 1] + "'");
    }
    depth--;
    return statements;
  }

  private Statement statement() {
    Token word = tokens.expect(Token.Kind.NAME, "a statement");
    return switch (word.text()) {
      case "if" -> choice();
      case "for" -> loop(word.at());
      case "set" -> set(word.at());
      case "macro" -> macro(word.at());
      case "call" -> call();
      case "filter" -> filter();
      case "with" -> with();
      case "generation" -> new Statement.With(List.of(), List.of(), body("endgeneration"));
      case "print" -> prints();
      case "break" -> inLoop(word, new Statement.Break());
      case "continue" -> inLoop(word, new Statement.Continue());
      default ->
          throw tokens
              .source()
              .unsupported(word.at(), "There is no statement '" + word.text() + "' here.");
    };
  }

  private Statement prints() {
    List<Statement> prints = new ArrayList<>();
    do {
      prints.add(new Statement.Print(expressions.expression()));
    } while (tokens.takeOperator(","));
    return closed(new Statement.With(List.of(), List.of(), prints));
  }

  private Statement closed(Statement statement) {
    tokens.expect(Token.Kind.BLOCK_END, "'%}'");
    return statement;
  }

  private Statement inLoop(Token word, Statement statement) {
    if (loops == 0) {
      throw tokens.source().malformed(word.at(), "'" + word.text() + "' stands outside a loop.");
    }
    return closed(statement);
  }

  /** The end of what opens a block; as in Python, a colon may stand there. */
  private void openBody() {
    tokens.takeOperator(":");
    tokens.expect(Token.Kind.BLOCK_END, "'%}'");
  }

  /** The statements of a block and its end word. */
  private List<Statement> body(String end) {
    openBody();
    List<Statement> body = statements(false, end);
    tokens.next();
    if (end.equals("endmacro") && tokens.is(Token.Kind.NAME)) {
      tokens.next();
    }
    tokens.expect(Token.Kind.BLOCK_END, "'%}'");
    return body;
  }

  private Statement choice() {
    List<Branch> branches = new ArrayList<>();
    List<Statement> otherwise = List.of();
    while (true) {
      boolean outer = expressions.conditional(true);
      Expression condition = expressions.withoutCondition();
      openBody();
      branches.add(new Branch(condition, statements("elif", "else", "endif")));
      expressions.conditional(outer);
      if (tokens.takeName("elif")) {
        continue;
      }
      if (tokens.takeName("else")) {
        openBody();
        otherwise = statements(true, "endif");
      }
      tokens.expectName("endif");
      return closed(new Statement.If(branches, otherwise));
    }
  }

  private Statement loop(int at) {
    Target target = target();
    tokens.expectName("in");
    Expression items = expressions.withoutCondition();
    Expression condition = tokens.takeName("if") ? expressions.expression() : null;
    boolean recursive = tokens.takeName("recursive");
    openBody();
    loops++;
    List<Statement> body = statements(false, "else", "endfor");
    loops--;
    List<Statement> otherwise = List.of();
    if (tokens.takeName("else")) {
      openBody();
      otherwise = statements(false, "endfor");
    }
    tokens.expectName("endfor");
    return closed(new Statement.For(target, items, condition, body, otherwise, recursive, at));
  }

  private Statement set(int at) {
    Target target = target();
    if (tokens.takeOperator("=")) {
      return closed(new Statement.Set(target, expressions.tuple(true), at));
    }
    List<FilterCall> filters = tokens.takeOperator("|") ? filterCalls() : List.of();
    return new Statement.SetBlock(target, filters, body("endset"), at);
  }

  private Target target() {
    int at = tokens.at();
    Target first = singleTarget();
    if (!tokens.isOperator(",")) {
      return first;
    }
    List<Target> targets = new ArrayList<>(List.of(first));
    while (tokens.takeOperator(",")) {
      if (tokens.isName("in") || tokens.isOperator("=") || tokens.isOperator(")")) {
        break;
      }
      targets.add(singleTarget());
    }
    return new Target.Unpacking(targets, at);
  }

  private Target singleTarget() {
    if (tokens.takeOperator("(")) {
      Target inner = target();
      tokens.expectOperator(")");
      return inner;
    }
    Token name = tokens.expect(Token.Kind.NAME, "the name of a variable");
    if (tokens.takeOperator(".")) {
      Token attribute = tokens.expect(Token.Kind.NAME, "the name of an attribute");
      return new Target.NamespaceAttribute(name.text(), attribute.text(), name.at());
    }
    return new Target.Variable(name.text());
  }

  private Statement macro(int at) {
    String name = tokens.expect(Token.Kind.NAME, "the name of the macro").text();
    List<Parameter> parameters = parameters();
    int outerLoops = loops;
    loops = 0;
    expressions.operands().namesSeen().clear();
    List<Statement> body = body("endmacro");
    loops = outerLoops;
    return new Statement.MacroDefinition(name, signature(parameters), body, at);
  }

  private Signature signature(List<Parameter> parameters) {
    return new Signature(
        parameters,
        expressions.operands().namesSeen().contains("varargs"),
        expressions.operands().namesSeen().contains("kwargs"),
        expressions.operands().namesSeen().contains("caller"));
  }

  private List<Parameter> parameters() {
    List<Parameter> parameters = new ArrayList<>();
    tokens.expectOperator("(");
    while (!tokens.takeOperator(")")) {
      if (!parameters.isEmpty()) {
        tokens.expectOperator(",");
      }
      String name = tokens.expect(Token.Kind.NAME, "the name of a parameter").text();
      parameters.add(
          new Parameter(name, tokens.takeOperator("=") ? expressions.expression() : null));
    }
    return parameters;
  }

  private Statement call() {
    List<Parameter> parameters = tokens.isOperator("(") ? parameters() : List.of();
    int at = tokens.at();
    if (!(expressions.expression() instanceof Expression.Call call)) {
      throw tokens.source().malformed(at, "A call block calls a macro.");
    }
    int outerLoops = loops;
    loops = 0;
    List<Statement> body = body("endcall");
    loops = outerLoops;
    return new Statement.CallBlock(call, new Signature(parameters, false, false, false), body);
  }

  private Statement filter() {
    return new Statement.FilterBlock(filterCalls(), body("endfilter"));
  }

  private List<FilterCall> filterCalls() {
    boolean outer = expressions.conditional(false);
    List<FilterCall> filters = new ArrayList<>();
    do {
      filters.add(expressions.operands().filterCall());
      expressions.operands().refuseUnknown();
    } while (tokens.takeOperator("|"));
    expressions.conditional(outer);
    return filters;
  }

  private Statement with() {
    List<Target> targets = new ArrayList<>();
    List<Expression> values = new ArrayList<>();
    while (!tokens.is(Token.Kind.BLOCK_END)) {
      if (!targets.isEmpty()) {
        tokens.expectOperator(",");
      }
      targets.add(singleTarget());
      tokens.expectOperator("=");
      values.add(expressions.expression());
    }
    return new Statement.With(targets, values, body("endwith"));
  }
}
