package io.edgellm.inference.template;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Filters that choose or change the items of a sequence one by one. */
final class SelectionFilters {
  private SelectionFilters() {}

  static void addTo(Map<String, Filter> filters) {
    filters.put("map", SelectionFilters::map);
    filters.put("select", (rendering, input, args) -> select(rendering, input, args, true));
    filters.put("reject", (rendering, input, args) -> select(rendering, input, args, false));
    filters.put("selectattr", (rendering, input, args) -> byPart(rendering, input, args, true));
    filters.put("rejectattr", (rendering, input, args) -> byPart(rendering, input, args, false));
  }

  private static Value map(Rendering rendering, Value input, Args args) {
    List<Value> mapped = new ArrayList<>();
    List<Value> items = SequenceFilters.items(rendering, input);
    if (!args.hasPositional()) {
      Value path = args.required("attribute");
      Value otherwise = args.optional("default", Value.None.NONE);
      for (Value item : items) {
        Value part = SequenceFilters.part(item, path);
        boolean missing = part instanceof Value.Undefined && !(otherwise instanceof Value.None);
        mapped.add(missing ? otherwise : part);
      }
      return new Value.Generator(mapped);
    }
    String name = args.text("filter").toString();
    List<Value> positional = args.restPositional();
    Map<String, Value> named = args.restNamed();
    for (Value item : items) {
      mapped.add(Filters.apply(rendering, name, item, new Args(name, positional, named)));
    }
    return new Value.Generator(mapped);
  }

  private static Value select(Rendering rendering, Value input, Args args, boolean wanted) {
    return chosen(rendering, input, Value.None.NONE, args, wanted);
  }

  private static Value byPart(Rendering rendering, Value input, Args args, boolean wanted) {
    return chosen(rendering, input, args.required("attr"), args, wanted);
  }

  private static Value chosen(
      Rendering rendering, Value input, Value path, Args args, boolean wanted) {
    String test = args.hasPositional() ? args.text("test").toString() : "";
    List<Value> positional = args.restPositional();
    Map<String, Value> named = args.restNamed();
    List<Value> chosen = new ArrayList<>();
    for (Value item : SequenceFilters.items(rendering, input)) {
      Value part = SequenceFilters.part(item, path);
      boolean holds =
          test.isEmpty()
              ? part.isTrue()
              : Tests.holds(rendering, test, part, new Args(test, positional, named));
      if (holds == wanted) {
        chosen.add(item);
      }
    }
    return new Value.Generator(chosen);
  }
}
