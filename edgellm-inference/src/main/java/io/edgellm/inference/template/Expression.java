package io.edgellm.inference.template;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A parsed expression; {@code at} is its offset in the source. */
sealed interface Expression {
  int at();

  /** A constant. */
  record Literal(Value value, int at) implements Expression {}

  /** A variable. */
  record Name(String name, int at) implements Expression {}

  /** A list or tuple. */
  record Listing(List<Expression> items, Value.Items.Kind kind, int at) implements Expression {}

  /** A dict. */
  record DictLiteral(List<Entry> entries, int at) implements Expression {}

  /** One key and value of a dict. */
  record Entry(Expression key, Expression value) {}

  /** {@code a.b}. */
  record Attribute(Expression target, String name, int at) implements Expression {}

  /** {@code a[b]}. */
  record Item(Expression target, Expression index, int at) implements Expression {}

  /** {@code a[b:c:d]}. */
  record Slice(
      Expression target,
      @Nullable Expression start,
      @Nullable Expression stop,
      @Nullable Expression step,
      int at)
      implements Expression {}

  /** {@code a(…)}. */
  record Call(Expression callee, Arguments arguments, int at) implements Expression {}

  /** The arguments of a call, with {@code *positional} and {@code **named} ones at the end. */
  record Arguments(
      List<Expression> positional,
      Map<String, Expression> named,
      @Nullable Expression morePositional,
      @Nullable Expression moreNamed) {
    static final Arguments NONE = new Arguments(List.of(), Map.of(), null, null);

    boolean isEmpty() {
      return positional.isEmpty() && named.isEmpty() && morePositional == null && moreNamed == null;
    }
  }

  /** {@code a|name(…)}. */
  record Filtered(Expression input, FilterCall call) implements Expression {
    @Override
    public int at() {
      return call.at();
    }
  }

  /** A filter and its arguments, without what it is applied to. */
  record FilterCall(String name, Filter filter, Arguments arguments, int at) {}

  /** {@code a is name(…)}. */
  record Tested(Expression input, String name, Test test, Arguments arguments, int at)
      implements Expression {}

  /** {@code not a}. */
  record Not(Expression operand, int at) implements Expression {}

  /** {@code -a}. */
  record Negated(Expression operand, int at) implements Expression {}

  /** {@code +a}. */
  record Unsigned(Expression operand, int at) implements Expression {}

  /** {@code a and b}. */
  record And(Expression left, Expression right, int at) implements Expression {}

  /** {@code a or b}. */
  record Or(Expression left, Expression right, int at) implements Expression {}

  /** Arithmetic. */
  record Binary(Operator operator, Expression left, Expression right, int at)
      implements Expression {}

  /** The operators of arithmetic. */
  enum Operator {
    ADD,
    SUBTRACT,
    MULTIPLY,
    DIVIDE,
    FLOOR_DIVIDE,
    MODULO,
    POWER
  }

  /** {@code a ~ b ~ c}. */
  record Concatenation(List<Expression> parts, int at) implements Expression {}

  /** {@code a < b <= c}. */
  record Comparison(Expression first, List<Step> steps, int at) implements Expression {}

  /** One comparison of a chain. */
  record Step(Relation relation, Expression operand) {}

  /** The relations of a comparison. */
  enum Relation {
    EQUAL,
    NOT_EQUAL,
    LESS,
    LESS_OR_EQUAL,
    GREATER,
    GREATER_OR_EQUAL,
    IN,
    NOT_IN
  }

  /** {@code a if b else c}. */
  record Conditional(Expression condition, Expression then, @Nullable Expression otherwise, int at)
      implements Expression {}
}
