package io.edgellm.inference.template;

import io.edgellm.inference.template.Expression.Operator;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Map;

/** Filters that give numbers. */
final class NumberFilters {
  private NumberFilters() {}

  static void addTo(Map<String, Filter> filters) {
    filters.put("abs", (rendering, input, args) -> absolute(input));
    filters.put("int", (rendering, input, args) -> integer(input, args));
    filters.put("float", (rendering, input, args) -> floating(input, args));
    filters.put("round", (rendering, input, args) -> round(input, args));
    filters.put("length", (rendering, input, args) -> Value.of((long) Sequences.length(input)));
    filters.put("count", (rendering, input, args) -> Value.of((long) Sequences.length(input)));
    filters.put("sum", NumberFilters::sum);
  }

  private static Value absolute(Value input) {
    if (input instanceof Value.Real number) {
      return Value.of(Math.abs(number.value()));
    }
    return Value.of(Math.abs(Numbers.integer(Operators.defined(input), "abs()")));
  }

  private static Value integer(Value input, Args args) {
    Value otherwise = args.optional("default", Value.of(0L));
    Operators.defined(input);
    long base = args.integer("base", 10);
    if (input instanceof Value.Real number && !Double.isNaN(number.value())) {
      return Value.of((long) number.value());
    }
    Long integer = Numbers.integerOrNull(input);
    if (integer != null) {
      return Value.of(integer.longValue());
    }
    if (input instanceof Value.Str str) {
      return integer(Strings.strip(str.text()).toString(), (int) base, otherwise);
    }
    return otherwise;
  }

  private static Value integer(String text, int base, Value otherwise) {
    String digits = text.replace("_", "");
    boolean prefixed =
        (base == 16 && digits.startsWith("0x"))
            || (base == 8 && digits.startsWith("0o"))
            || (base == 2 && digits.startsWith("0b"));
    try {
      return Value.of(Long.parseLong(prefixed ? digits.substring(2) : digits, base));
    } catch (NumberFormatException e) {
      try {
        return Value.of((long) Double.parseDouble(digits));
      } catch (NumberFormatException notANumber) {
        return otherwise;
      }
    }
  }

  private static Value floating(Value input, Args args) {
    Value otherwise = args.optional("default", Value.of(0.0));
    Operators.defined(input);
    Double number = Numbers.doubleOrNull(input);
    if (number != null) {
      return Value.of(number.doubleValue());
    }
    try {
      return input instanceof Value.Str str
          ? Value.of(Double.parseDouble(Strings.strip(str.text()).toString()))
          : otherwise;
    } catch (NumberFormatException e) {
      return otherwise;
    }
  }

  private static Value round(Value input, Args args) {
    int precision = (int) Math.max(-300, Math.min(300, args.integer("precision", 0)));
    String method = args.text("method", "common").toString();
    RoundingMode mode =
        switch (method) {
          case "common" -> RoundingMode.HALF_EVEN;
          case "ceil" -> RoundingMode.CEILING;
          case "floor" -> RoundingMode.FLOOR;
          default -> throw new Fault("round() knows common, ceil and floor, not " + method + ".");
        };
    Double number = Numbers.doubleOrNull(input);
    if (number == null) {
      throw new Fault("round() needs a number, not a " + input.typeName() + ".");
    }
    if (input instanceof Value.Int && precision >= 0 && mode == RoundingMode.HALF_EVEN) {
      return input;
    }
    return Value.of(new BigDecimal(number).setScale(precision, mode).doubleValue());
  }

  private static Value sum(Rendering rendering, Value input, Args args) {
    Value attribute = args.optional("attribute", Value.None.NONE);
    Value total = args.optional("start", Value.of(0L));
    for (Value item : Sequences.iterate(input)) {
      rendering.budget().spend(1);
      total =
          Operators.apply(rendering, Operator.ADD, total, SequenceFilters.part(item, attribute));
    }
    return total;
  }
}
