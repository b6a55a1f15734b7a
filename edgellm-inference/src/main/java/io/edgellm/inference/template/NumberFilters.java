package io.edgellm.inference.template;

import io.edgellm.inference.template.Expression.Operator;
import java.math.BigDecimal;
import java.math.BigInteger;
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
    BigInteger whole = Numbers.wholeOrNull(Operators.defined(input));
    if (whole == null) {
      throw new Fault("abs() needs a number, not a " + input.typeName() + ".");
    }
    return Value.of(whole.abs());
  }

  private static Value integer(Value input, Args args) {
    Value otherwise = args.optional("default", Value.of(0L));
    long base = args.integer("base", 10);
    Operators.defined(input);
    BigInteger whole = Numbers.wholeOrNull(input);
    if (whole != null) {
      return Value.of(whole);
    }
    if (input instanceof Value.Real number) {
      return truncated(number.value(), otherwise);
    }
    return input instanceof Value.Str str
        ? NumberTexts.integer(str.toString(), base, otherwise)
        : otherwise;
  }

  private static Value truncated(double number, Value otherwise) {
    if (Double.isInfinite(number)) {
      throw new Fault("int() needs a number that is not infinite.");
    }
    return Double.isNaN(number) ? otherwise : Value.of(new BigDecimal(number).toBigInteger());
  }

  private static Value floating(Value input, Args args) {
    Value otherwise = args.optional("default", Value.of(0.0));
    Operators.defined(input);
    Double number =
        input instanceof Value.Str str
            ? NumberTexts.floatOrNull(str.toString())
            : Numbers.doubleOrNull(input);
    return number == null ? otherwise : Value.of(number.doubleValue());
  }

  private static Value round(Value input, Args args) {
    int precision = (int) Math.max(-400, Math.min(400, args.integer("precision", 0)));
    String method = args.text("method", "common").toString();
    RoundingMode mode =
        switch (method) {
          case "common" -> RoundingMode.HALF_EVEN;
          case "ceil" -> RoundingMode.CEILING;
          case "floor" -> RoundingMode.FLOOR;
          default -> throw new Fault("round() knows common, ceil and floor, not " + method + ".");
        };
    BigInteger whole = Numbers.wholeOrNull(Operators.defined(input));
    if (whole != null && mode == RoundingMode.HALF_EVEN) {
      return Value.of(new BigDecimal(whole).setScale(Math.min(0, precision), mode).toBigInteger());
    }
    Double number = Numbers.doubleOrNull(input);
    if (number == null) {
      throw new Fault("round() needs a number, not a " + input.typeName() + ".");
    }
    if (mode == RoundingMode.HALF_EVEN) {
      return Value.of(rounded(number, precision));
    }
    double scale = Math.pow(10, precision);
    double scaled = number * scale;
    return Value.of(
        (mode == RoundingMode.CEILING ? Math.ceil(scaled) : Math.floor(scaled)) / scale);
  }

  private static double rounded(double number, int precision) {
    if (Double.isNaN(number) || Double.isInfinite(number)) {
      return number;
    }
    double rounded =
        new BigDecimal(number).setScale(precision, RoundingMode.HALF_EVEN).doubleValue();
    return Math.copySign(rounded, number);
  }

  private static Value sum(Rendering rendering, Value input, Args args) {
    Value attribute = args.optional("attribute", Value.None.NONE);
    Value total = args.optional("start", Value.of(0L));
    for (Value item : SequenceFilters.items(rendering, input)) {
      Value part = SequenceFilters.part(rendering, item, attribute);
      total = Operators.apply(rendering, Operator.ADD, total, part);
    }
    return total;
  }
}
