package io.edgellm.inference.template;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** All filters by name. */
final class Filters {
  private static final Map<String, Filter> BY_NAME = byName();

  private Filters() {}

  static @Nullable Filter named(String name) {
    return BY_NAME.get(name);
  }

  /** Applies a filter that a value names, as {@code map('upper')} does. */
  static Value apply(Rendering rendering, String name, Value input, Args args) {
    Filter filter = named(name);
    if (filter == null) {
      throw new Fault("There is no filter '" + name + "'.");
    }
    rendering.budget().spend(1);
    Value result = filter.apply(rendering, input, args);
    args.end();
    return result;
  }

  private static Map<String, Filter> byName() {
    Map<String, Filter> filters = new HashMap<>();
    TextFilters.addTo(filters);
    NumberFilters.addTo(filters);
    SequenceFilters.addTo(filters);
    SelectionFilters.addTo(filters);
    filters.put("tojson", JsonText::filter);
    filters.put("default", Filters::otherwise);
    filters.put("d", Filters::otherwise);
    filters.put("attr", (rendering, input, args) -> attribute(input, args));
    return Map.copyOf(filters);
  }

  private static Value otherwise(Rendering rendering, Value input, Args args) {
    Value otherwise = args.optional("default_value", Value.of(Text.EMPTY));
    boolean falseToo = args.truth("boolean", false);
    return input instanceof Value.Undefined || (falseToo && !input.isTrue()) ? otherwise : input;
  }

  private static Value attribute(Value input, Args args) {
    String name = args.text("name").toString();
    return input instanceof Value.Dict dict && !dict.entries().isEmpty()
        ? attributeOfDict(input, name)
        : Attributes.attribute(input, name);
  }

  /** The filter looks for attributes only, and the keys of a dict are none. */
  private static Value attributeOfDict(Value dict, String name) {
    Value value = Attributes.attribute(dict, name);
    return value instanceof Value.Callable
        ? value
        : new Value.Undefined("A dict has no attribute '" + name + "'.");
  }
}
