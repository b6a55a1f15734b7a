package io.edgellm.inference.template;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** The entries of a dict in the making. */
final class Entries {
  private final Map<Value, Value> entries = new LinkedHashMap<>();
  private final Budget budget;

  Entries(Budget budget) {
    this.budget = budget;
  }

  /** Puts a value; of two equal keys the first stays, with the last value. */
  Entries put(Value key, Value value) {
    budget.values(2);
    entries.put(Keys.hashable(key, budget), value);
    return this;
  }

  Entries putAll(Map<Value, Value> more) {
    more.forEach(this::put);
    return this;
  }

  Value dict() {
    return new Value.Dict(Collections.unmodifiableMap(entries));
  }
}
