package io.edgellm.llm;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.util.Arrays;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The shapes of values without parts. */
final class ScalarShapes {
  /** Of the durations of ISO 8601, those without years, months and weeks. */
  private static final String FIXED_LENGTH = "^P(\\d+D)?(T.*)?$";

  /** An offset of less than 18 hours, which {@link java.time.ZoneOffset} ends at. */
  private static final String JAVA_OFFSET = "(Z|[+-](0\\d|1[0-7]):\\d\\d)$";

  private static final Map<Class<?>, JsonShape> BY_TYPE =
      Map.ofEntries(
          Map.entry(boolean.class, new Truth()),
          Map.entry(byte.class, whole(Byte.MIN_VALUE, Byte.MAX_VALUE, BigInteger::byteValue)),
          Map.entry(short.class, whole(Short.MIN_VALUE, Short.MAX_VALUE, BigInteger::shortValue)),
          Map.entry(int.class, whole(Integer.MIN_VALUE, Integer.MAX_VALUE, BigInteger::intValue)),
          Map.entry(long.class, whole(Long.MIN_VALUE, Long.MAX_VALUE, BigInteger::longValue)),
          Map.entry(BigInteger.class, new Whole(null, null, n -> n)),
          Map.entry(float.class, new Decimal(null, null, ScalarShapes::finiteFloat)),
          Map.entry(double.class, new Decimal(null, null, ScalarShapes::finiteDouble)),
          Map.entry(BigDecimal.class, new Decimal(null, null, n -> n)),
          Map.entry(String.class, new Text(0, null)),
          Map.entry(LocalDate.class, new Formatted("date", LocalDate::parse)),
          Map.entry(OffsetTime.class, new Formatted("time", JAVA_OFFSET, OffsetTime::parse)),
          Map.entry(
              OffsetDateTime.class, new Formatted("date-time", JAVA_OFFSET, OffsetDateTime::parse)),
          Map.entry(Duration.class, new Formatted("duration", FIXED_LENGTH, Duration::parse)),
          Map.entry(
              Instant.class,
              new Formatted(
                  "date-time", JAVA_OFFSET, text -> OffsetDateTime.parse(text).toInstant())),
          Map.entry(UUID.class, new Formatted("uuid", UUID::fromString)));

  private ScalarShapes() {}

  /** Returns the shape of a primitive or another type without parts; null for others. */
  static @Nullable JsonShape of(Class<?> type) {
    return type.isEnum() ? new Name(type) : BY_TYPE.get(type);
  }

  private static Whole whole(long min, long max, Function<BigInteger, Object> convert) {
    return new Whole(BigInteger.valueOf(min), BigInteger.valueOf(max), convert);
  }

  private static @Nullable Object finiteFloat(BigDecimal number) {
    float value = number.floatValue();
    return Float.isFinite(value) ? value : null;
  }

  private static @Nullable Object finiteDouble(BigDecimal number) {
    double value = number.doubleValue();
    return Double.isFinite(value) ? value : null;
  }

  private static ObjectNode type(String name) {
    return JsonNodeFactory.instance.objectNode().put("type", name);
  }

  /** True or false. */
  record Truth() implements JsonShape {
    @Override
    public ObjectNode schema(SchemaDefinitions definitions) {
      return type("boolean");
    }

    @Override
    public Object read(JsonNode value, String path) {
      if (!value.isBoolean()) {
        throw JsonShape.mismatch(path, "true or false", value);
      }
      return value.booleanValue();
    }
  }

  /**
   * A whole number. Its type's own bounds are part of the schema: a model that cannot write a
   * larger number writes none that cannot be read.
   */
  record Whole(
      @Nullable BigInteger min, @Nullable BigInteger max, Function<BigInteger, Object> convert)
      implements JsonShape {
    @Override
    public ObjectNode schema(SchemaDefinitions definitions) {
      ObjectNode schema = type("integer");
      if (min != null) {
        schema.put("minimum", min);
      }
      if (max != null) {
        schema.put("maximum", max);
      }
      return schema;
    }

    @Override
    public Object read(JsonNode value, String path) {
      BigDecimal number = value.isNumber() ? value.decimalValue() : null;
      // 30.0 is an integer in JSON Schema.
      if (number == null || number.stripTrailingZeros().scale() > 0) {
        throw JsonShape.mismatch(path, "a whole number", value);
      }
      BigInteger whole = number.toBigInteger();
      if ((min != null && whole.compareTo(min) < 0) || (max != null && whole.compareTo(max) > 0)) {
        throw JsonShape.mismatch(path, Bound.between(min, max), value);
      }
      return convert.apply(whole);
    }

    @Override
    public JsonShape within(Range range) {
      BigInteger least = Bound.whole(range.min());
      BigInteger most = Bound.whole(range.max());
      if ((least != null && min != null && least.compareTo(min) < 0)
          || (most != null && max != null && most.compareTo(max) > 0)) {
        throw new IllegalArgumentException("its type holds values " + Bound.between(min, max));
      }
      Bound.requireOrder(least, most);
      return new Whole(least == null ? min : least, most == null ? max : most, convert);
    }
  }

  /** A number; {@code convert} gives null for what the Java type has no finite value for. */
  record Decimal(
      @Nullable BigDecimal min,
      @Nullable BigDecimal max,
      Function<BigDecimal, @Nullable Object> convert)
      implements JsonShape {
    @Override
    public ObjectNode schema(SchemaDefinitions definitions) {
      ObjectNode schema = type("number");
      if (min != null) {
        schema.set("minimum", Bound.json(min));
      }
      if (max != null) {
        schema.set("maximum", Bound.json(max));
      }
      return schema;
    }

    @Override
    public Object read(JsonNode value, String path) {
      if (!value.isNumber()) {
        throw JsonShape.mismatch(path, "a number", value);
      }
      BigDecimal number = value.decimalValue();
      if ((min != null && number.compareTo(min) < 0)
          || (max != null && number.compareTo(max) > 0)) {
        throw JsonShape.mismatch(path, Bound.between(min, max), value);
      }
      Object converted = convert.apply(number);
      if (converted == null) {
        throw JsonShape.mismatch(path, "a number that its type can hold", value);
      }
      return converted;
    }

    @Override
    public JsonShape within(Range range) {
      BigDecimal least = Bound.decimal(range.min());
      BigDecimal most = Bound.decimal(range.max());
      Bound.requireOrder(least, most);
      return new Decimal(least, most, convert);
    }
  }

  /** A text, of so many code points. */
  record Text(int min, @Nullable Integer max) implements JsonShape {
    @Override
    public ObjectNode schema(SchemaDefinitions definitions) {
      ObjectNode schema = type("string");
      if (min > 0) {
        schema.put("minLength", min);
      }
      if (max != null) {
        schema.put("maxLength", max);
      }
      return schema;
    }

    @Override
    public Object read(JsonNode value, String path) {
      if (!value.isTextual()) {
        throw JsonShape.mismatch(path, "a text", value);
      }
      String text = value.textValue();
      int length = text.codePointCount(0, text.length());
      if (length < min || (max != null && length > max)) {
        throw JsonShape.mismatch(path, "a text whose length is " + Bound.between(min, max), value);
      }
      return text;
    }

    @Override
    public JsonShape within(Range range) {
      Integer least = Bound.length(range.min());
      Integer most = Bound.length(range.max());
      Bound.requireOrder(least, most);
      return new Text(least == null ? 0 : least, most);
    }
  }

  /** A text of a format, read into a type of its own, and of a pattern if that holds less. */
  record Formatted(String format, @Nullable String pattern, Function<String, Object> parse)
      implements JsonShape {
    Formatted(String format, Function<String, Object> parse) {
      this(format, null, parse);
    }

    @Override
    public ObjectNode schema(SchemaDefinitions definitions) {
      ObjectNode schema = type("string").put("format", format);
      return pattern == null ? schema : schema.put("pattern", pattern);
    }

    @Override
    public Object read(JsonNode value, String path) {
      if (!value.isTextual()) {
        throw JsonShape.mismatch(path, "a text of the format " + format, value);
      }
      try {
        return parse.apply(value.textValue());
      } catch (DateTimeException | IllegalArgumentException e) {
        throw JsonShape.fault(path, "is no " + format + ": " + e.getMessage(), e);
      }
    }
  }

  /** The name of a constant. */
  record Name(Class<?> type) implements JsonShape {
    @Override
    public ObjectNode schema(SchemaDefinitions definitions) {
      ObjectNode schema = ScalarShapes.type("string");
      var names = schema.putArray("enum");
      for (Object constant : type.getEnumConstants()) {
        names.add(((Enum<?>) constant).name());
      }
      return schema;
    }

    @Override
    public Object read(JsonNode value, String path) {
      for (Object constant : type.getEnumConstants()) {
        if (value.isTextual() && ((Enum<?>) constant).name().equals(value.textValue())) {
          return constant;
        }
      }
      throw JsonShape.mismatch(path, "one of " + Arrays.toString(type.getEnumConstants()), value);
    }
  }
}
