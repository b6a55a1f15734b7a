package io.edgellm.inference.template;

import io.edgellm.inference.template.Expression.Operator;
import io.edgellm.inference.template.Expression.Relation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Parses expressions by recursive descent, with jinja2's order of precedence (its parser.py):
 * {@code if} – {@code or} – {@code and} – {@code not} – comparisons – {@code + -} – {@code ~} –
 * {@code * / // %} – {@code **} – signs – filters and tests.
 */
final class ExpressionParser {
  private static final int MAX_DEPTH = 100;
  private static final Map<String, Relation> RELATIONS =
      Map.of(
          "==", Relation.EQUAL,
          "!=", Relation.NOT_EQUAL,
          "<", Relation.LESS,
          "<=", Relation.LESS_OR_EQUAL,
          ">", Relation.GREATER,
          ">=", Relation.GREATER_OR_EQUAL);
  private static final Map<String, Operator> SUMS =
      Map.of("+", Operator.ADD, "-", Operator.SUBTRACT);
  private static final Map<String, Operator> PRODUCTS =
      Map.of(
          "*", Operator.MULTIPLY,
          "/", Operator.DIVIDE,
          "//", Operator.FLOOR_DIVIDE,
          "%", Operator.MODULO);

  private final TokenStream tokens;
  private final OperandParser operands;
  private int depth;
  private boolean conditional;

  ExpressionParser(TokenStream tokens) {
    this.tokens = tokens;
    this.operands = new OperandParser(tokens, this);
  }

  /** The parser of the parts between the operators. */
  OperandParser operands() {
    return operands;
  }

  /** Whether what is parsed now runs under a condition only. */
  boolean isConditional() {
    return conditional;
  }

  /**
   * Says whether what is parsed from now on runs under a condition only.
   *
   * @return what was said before
   */
  boolean conditional(boolean now) {
    boolean before = conditional;
    conditional = now;
    return before;
  }

  Expression expression() {
    enter();
    int unknownBefore = operands.unknown();
    Expression value = or();
    while (tokens.isName("if")) {
      int at = tokens.next().at();
      Expression condition = or();
      Expression otherwise = tokens.takeName("else") ? expression() : null;
      value = new Expression.Conditional(condition, value, otherwise, at);
      operands.allowUnknown(unknownBefore);
    }
    leave();
    return value;
  }

  /** An expression that ends before {@code if}, as the items of a loop do. */
  Expression withoutCondition() {
    enter();
    Expression value = tuple(false);
    leave();
    return value;
  }

  /** One expression, or several with commas between them, which are a tuple. */
  Expression tuple(boolean withCondition) {
    int at = tokens.at();
    Expression first = withCondition ? expression() : or();
    if (!tokens.isOperator(",")) {
      return first;
    }
    List<Expression> items = new ArrayList<>(List.of(first));
    while (tokens.takeOperator(",")) {
      if (endsTuple()) {
        break;
      }
      items.add(withCondition ? expression() : or());
    }
    return new Expression.Listing(items, Value.Items.Kind.TUPLE, at);
  }

  private boolean endsTuple() {
    return tokens.is(Token.Kind.BLOCK_END)
        || tokens.is(Token.Kind.VARIABLE_END)
        || tokens.isOperator(")")
        || tokens.isOperator("=")
        || tokens.isName("in")
        || tokens.isName("recursive");
  }

  private Expression or() {
    Expression left = and();
    for (int links = 0; tokens.isName("or"); links++) {
      int at = tokens.link(links);
      left = new Expression.Or(left, and(), at);
    }
    return left;
  }

  private Expression and() {
    Expression left = not();
    for (int links = 0; tokens.isName("and"); links++) {
      int at = tokens.link(links);
      left = new Expression.And(left, not(), at);
    }
    return left;
  }

  private Expression not() {
    if (!tokens.isName("not")) {
      return comparison();
    }
    enter();
    int at = tokens.next().at();
    Expression operand = not();
    depth--;
    return new Expression.Not(operand, at);
  }

  private Expression comparison() {
    int at = tokens.at();
    Expression first = sum();
    List<Expression.Step> steps = new ArrayList<>();
    for (Relation relation = relation(); relation != null; relation = relation()) {
      steps.add(new Expression.Step(relation, sum()));
    }
    return steps.isEmpty() ? first : new Expression.Comparison(first, steps, at);
  }

  private @Nullable Relation relation() {
    if (tokens.is(Token.Kind.OPERATOR)) {
      Relation relation = RELATIONS.get(tokens.current().text());
      if (relation != null) {
        tokens.next();
      }
      return relation;
    }
    if (tokens.takeName("in")) {
      return Relation.IN;
    }
    if (tokens.isName("not") && tokens.following().isName("in")) {
      tokens.next();
      tokens.next();
      return Relation.NOT_IN;
    }
    return null;
  }

  private Expression sum() {
    Expression left = concatenation();
    for (int links = 0; ; links++) {
      Operator operator = operator(SUMS);
      if (operator == null) {
        return left;
      }
      int at = tokens.link(links);
      left = new Expression.Binary(operator, left, concatenation(), at);
    }
  }

  private Expression concatenation() {
    int at = tokens.at();
    Expression first = product();
    if (!tokens.isOperator("~")) {
      return first;
    }
    List<Expression> parts = new ArrayList<>(List.of(first));
    while (tokens.takeOperator("~")) {
      parts.add(product());
    }
    return new Expression.Concatenation(parts, at);
  }

  private Expression product() {
    Expression left = power();
    for (int links = 0; ; links++) {
      Operator operator = operator(PRODUCTS);
      if (operator == null) {
        return left;
      }
      int at = tokens.link(links);
      left = new Expression.Binary(operator, left, power(), at);
    }
  }

  private Expression power() {
    Expression left = signed(true);
    for (int links = 0; tokens.isOperator("**"); links++) {
      int at = tokens.link(links);
      left = new Expression.Binary(Operator.POWER, left, signed(true), at);
    }
    return left;
  }

  private @Nullable Operator operator(Map<String, Operator> operators) {
    return tokens.is(Token.Kind.OPERATOR) ? operators.get(tokens.current().text()) : null;
  }

  private Expression signed(boolean withFilters) {
    enter();
    Expression value;
    int at = tokens.at();
    if (tokens.takeOperator("-")) {
      value = new Expression.Negated(signed(false), at);
    } else if (tokens.takeOperator("+")) {
      value = new Expression.Unsigned(signed(false), at);
    } else {
      value = operands.operand();
    }
    depth--;
    return withFilters ? operands.filtersAndTests(value) : value;
  }

  private void leave() {
    if (--depth == 0) {
      operands.refuseUnknown();
    }
  }

  private void enter() {
    if (++depth > MAX_DEPTH) {
      throw tokens.source().unsupported(tokens.at(), "This expression is nested too deeply.");
    }
  }
}
