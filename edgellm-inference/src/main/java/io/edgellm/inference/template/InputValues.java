package io.edgellm.inference.template;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Takes over the host's values: what JSON has, with every string marked as input. */
final class InputValues {
  private static final int MAX_DEPTH = 100;
  private static final int MAX_BITS = 14_284;

  private InputValues() {}

  static Value of(@Nullable Object value) {
    return of(value, 0);
  }

  private static Value of(@Nullable Object value, int depth) {
    if (depth > MAX_DEPTH) {
      throw new IllegalArgumentException(
          "A variable of a template is nested more than " + MAX_DEPTH + " deep.");
    }
    if (value == null) {
      return Value.None.NONE;
    } else if (value instanceof String text) {
      return Value.of(Text.of(text, Provenance.INPUT));
    } else if (value instanceof TrustedText trusted) {
      return Value.ofTemplate(trusted.text());
    } else if (value instanceof Boolean bool) {
      return Value.of(bool.booleanValue());
    } else if (value instanceof Number number) {
      return number(number);
    } else if (value instanceof List<?> list) {
      return list(list, depth);
    } else if (value instanceof Map<?, ?> map) {
      return dict(map, depth);
    }
    throw new IllegalArgumentException(
        "A variable of a template is a "
            + value.getClass().getName()
            + "; use null, String, Boolean, Integer, Long, BigInteger, Double, BigDecimal, List and"
            + " Map.");
  }

  private static Value number(Number number) {
    if (number instanceof Integer || number instanceof Long || number instanceof Short) {
      return Value.of(number.longValue());
    } else if (number instanceof BigInteger big && big.bitLength() <= MAX_BITS) {
      return Value.of(big);
    } else if (number instanceof Double
        || number instanceof Float
        || number instanceof BigDecimal) {
      return Value.of(number.doubleValue());
    }
    throw new IllegalArgumentException(
        "A variable of a template is the number " + number.getClass().getName() + ".");
  }

  private static Value list(List<?> list, int depth) {
    List<Value> values = new ArrayList<>(list.size());
    for (Object item : list) {
      values.add(of(item, depth + 1));
    }
    return Value.list(values);
  }

  private static Value dict(Map<?, ?> map, int depth) {
    LinkedHashMap<Value, Value> entries = new LinkedHashMap<>();
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      entries.put(of(entry.getKey(), depth + 1), of(entry.getValue(), depth + 1));
    }
    return new Value.Dict(Collections.unmodifiableMap(entries));
  }
}
