package io.edgellm.inference.template;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Takes over the host's values: what JSON has, with every string marked as input. */
final class InputValues {
  private static final int MAX_DEPTH = 100;

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
    } else if (value instanceof Integer || value instanceof Long) {
      return Value.of(((Number) value).longValue());
    } else if (value instanceof Double || value instanceof Float) {
      return Value.of(((Number) value).doubleValue());
    } else if (value instanceof List<?> list) {
      return list(list, depth);
    } else if (value instanceof Map<?, ?> map) {
      return dict(map, depth);
    }
    throw new IllegalArgumentException(
        "A variable of a template is a "
            + value.getClass().getName()
            + "; use null, String, Boolean, Integer, Long, Double, List and Map.");
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
    return Value.dict(entries);
  }
}
