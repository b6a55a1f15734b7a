package io.edgellm.inference.template;

import io.edgellm.inference.template.Expression.Arguments;
import io.edgellm.inference.template.Expression.FilterCall;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Evaluates expressions, and remembers where in the template it is, so that whatever fails inside
 * of a filter or an operator can be reported with its place.
 */
final class Evaluator {
  private final Rendering rendering;
  private int at;

  Evaluator(Rendering rendering) {
    this.rendering = rendering;
  }

  /** The offset of the expression that was evaluated last. */
  int at() {
    return at;
  }

  void moveTo(int offset) {
    at = offset;
  }

  Value value(Expression expression, Scope scope) {
    rendering.budget().spend(1);
    if (expression instanceof Expression.Literal literal) {
      return literal.value();
    } else if (expression instanceof Expression.Name name) {
      at = name.at();
      Value value = scope.get(name.name());
      return value != null ? value : new Value.Undefined("'" + name.name() + "' is undefined.");
    } else if (expression instanceof Expression.Attribute attribute) {
      Value target = value(attribute.target(), scope);
      at = attribute.at();
      return Attributes.attribute(target, attribute.name());
    } else if (expression instanceof Expression.Item item) {
      Value target = value(item.target(), scope);
      Value index = value(item.index(), scope);
      at = item.at();
      return Attributes.item(target, index, rendering.budget());
    } else if (expression instanceof Expression.Comparison comparison) {
      return comparison(comparison, scope);
    } else if (expression instanceof Expression.And and) {
      Value left = value(and.left(), scope);
      return left.isTrue() ? value(and.right(), scope) : left;
    } else if (expression instanceof Expression.Or or) {
      Value left = value(or.left(), scope);
      return left.isTrue() ? left : value(or.right(), scope);
    } else if (expression instanceof Expression.Not not) {
      return Value.of(!value(not.operand(), scope).isTrue());
    } else if (expression instanceof Expression.Binary binary) {
      Value left = value(binary.left(), scope);
      Value right = value(binary.right(), scope);
      at = binary.at();
      return Operators.apply(rendering, binary.operator(), left, right);
    } else if (expression instanceof Expression.Concatenation concatenation) {
      return concatenation(concatenation, scope);
    } else if (expression instanceof Expression.Filtered filtered) {
      return filtered(value(filtered.input(), scope), filtered.call(), scope);
    } else if (expression instanceof Expression.Tested tested) {
      return tested(tested, scope);
    } else if (expression instanceof Expression.Call call) {
      return call(call, scope, null);
    }
    return rare(expression, scope);
  }

  private Value rare(Expression expression, Scope scope) {
    if (expression instanceof Expression.Conditional conditional) {
      return conditional(conditional, scope);
    } else if (expression instanceof Expression.Slice slice) {
      Value target = value(slice.target(), scope);
      Long start = bound(slice.start(), scope);
      Long stop = bound(slice.stop(), scope);
      Long step = bound(slice.step(), scope);
      at = slice.at();
      Value cut = Sequences.slice(target, start, stop, step, rendering.budget());
      rendering.budget().made(cut instanceof Value.Str ? cut : Value.None.NONE);
      return cut;
    } else if (expression instanceof Expression.Listing listing) {
      rendering.budget().items(listing.items().size());
      List<Value> items = new ArrayList<>(listing.items().size());
      for (Expression item : listing.items()) {
        items.add(value(item, scope));
      }
      return new Value.Items(items, listing.kind());
    } else if (expression instanceof Expression.DictLiteral dict) {
      Entries entries = new Entries(rendering.budget());
      rendering.budget().values(2);
      for (Expression.Entry entry : dict.entries()) {
        Value key = value(entry.key(), scope);
        Value value = value(entry.value(), scope);
        at = dict.at();
        entries.put(key, value);
      }
      return entries.dict();
    } else if (expression instanceof Expression.Unsigned unsigned) {
      Value operand = value(unsigned.operand(), scope);
      at = unsigned.at();
      return Operators.unsigned(operand);
    } else if (expression instanceof Expression.Negated negated) {
      Value operand = value(negated.operand(), scope);
      at = negated.at();
      return Operators.negated(operand);
    }
    throw new IllegalStateException("Unknown expression: " + expression);
  }

  private Value conditional(Expression.Conditional conditional, Scope scope) {
    if (value(conditional.condition(), scope).isTrue()) {
      return value(conditional.then(), scope);
    }
    return conditional.otherwise() != null
        ? value(conditional.otherwise(), scope)
        : new Value.Undefined("This condition has no else part.");
  }

  private @Nullable Long bound(@Nullable Expression bound, Scope scope) {
    Value value = bound == null ? Value.None.NONE : value(bound, scope);
    return value instanceof Value.None ? null : (Long) Numbers.integer(value, "A slice");
  }

  private Value comparison(Expression.Comparison comparison, Scope scope) {
    Value left = value(comparison.first(), scope);
    for (Expression.Step step : comparison.steps()) {
      Value right = value(step.operand(), scope);
      at = comparison.at();
      if (!rendering.comparisons().holds(step.relation(), left, right)) {
        return Value.Bool.FALSE;
      }
      left = right;
    }
    return Value.Bool.TRUE;
  }

  private Value concatenation(Expression.Concatenation concatenation, Scope scope) {
    TextBuilder text = new TextBuilder(rendering.budget());
    for (Expression part : concatenation.parts()) {
      text.append(PythonText.str(value(part, scope), rendering.budget()));
      at = concatenation.at();
    }
    return Value.of(text.build());
  }

  Value filtered(Value input, FilterCall call, Scope scope) {
    Args args = args(call.name(), call.arguments(), scope, null);
    at = call.at();
    Value result = call.filter().apply(rendering, input, args);
    args.end();
    return result;
  }

  private Value tested(Expression.Tested tested, Scope scope) {
    Value input = value(tested.input(), scope);
    Args args = args(tested.name(), tested.arguments(), scope, null);
    at = tested.at();
    boolean holds = tested.test().holds(rendering, input, args);
    args.end();
    return Value.of(holds);
  }

  /** Calls a function; a call block hands itself over as {@code caller}. */
  Value call(Expression.Call call, Scope scope, Value.@Nullable Callable caller) {
    Value callee = value(call.callee(), scope);
    Args args = args(name(call.callee()), call.arguments(), scope, caller);
    at = call.at();
    Operators.defined(callee);
    if (callee instanceof Value.Callable function) {
      return function.call(rendering, args);
    }
    throw new Fault("A " + callee.typeName() + " cannot be called.");
  }

  private static String name(Expression callee) {
    if (callee instanceof Expression.Name name) {
      return name.name();
    }
    return callee instanceof Expression.Attribute attribute ? attribute.name() : "function";
  }

  private Args args(
      String callee, Arguments arguments, Scope scope, Value.@Nullable Callable caller) {
    if (arguments.isEmpty() && caller == null) {
      return Args.none(callee);
    }
    List<Value> positional = new ArrayList<>(arguments.positional().size());
    for (Expression argument : arguments.positional()) {
      positional.add(value(argument, scope));
    }
    Map<Text, Value> named = new LinkedHashMap<>();
    for (Map.Entry<String, Expression> argument : arguments.named().entrySet()) {
      named.put(Text.template(argument.getKey()), value(argument.getValue(), scope));
    }
    if (arguments.morePositional() != null) {
      Value more = value(arguments.morePositional(), scope);
      positional.addAll(Sequences.iterate(more, rendering.budget()));
      rendering.budget().items(positional.size());
    }
    if (arguments.moreNamed() != null) {
      if (!(value(arguments.moreNamed(), scope) instanceof Value.Dict more)) {
        throw new Fault("'**' needs a dict.");
      }
      addTo(named, more);
    }
    if (caller != null) {
      named.put(Text.template("caller"), caller);
    }
    return new Args(callee, positional, named);
  }

  private void addTo(Map<Text, Value> named, Value.Dict more) {
    rendering.budget().values(2L * more.entries().size());
    more.entries()
        .forEach(
            (name, value) -> {
              if (!(name instanceof Value.Str str)) {
                throw new Fault("'**' needs a dict with strings for keys.");
              }
              if (named.put(str.text(), value) != null) {
                throw new Fault("The argument '" + name + "' is given twice.");
              }
            });
  }
}
