package io.edgellm.inference.template;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A value with the keys of all its dicts in order, as Python's pprint shows it. */
final class Ordered {
  private Ordered() {}

  static Value keys(Value value, Rendering rendering) {
    rendering.budget().spend(1);
    if (value instanceof Value.Items items && !(items.values() instanceof Range)) {
      List<Value> parts = new ArrayList<>(items.values().size());
      items.values().forEach(part -> parts.add(keys(part, rendering)));
      return new Value.Items(parts, items.kind());
    }
    if (value instanceof Value.Dict dict) {
      List<Map.Entry<Value, Value>> sorted = new ArrayList<>(dict.entries().entrySet());
      sorted.sort((a, b) -> rendering.comparisons().compare(a.getKey(), b.getKey()));
      Entries entries = new Entries(rendering.budget());
      sorted.forEach(entry -> entries.put(entry.getKey(), keys(entry.getValue(), rendering)));
      return entries.dict();
    }
    return value;
  }
}
